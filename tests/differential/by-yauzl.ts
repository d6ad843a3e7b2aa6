// A zip archive as yauzl reads it, which looks at the same central directory and at nothing else of vrun's.
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';

export interface ReadEntry {
  readonly kind: 'file' | 'directory' | 'link';
  /** Where a Unix wrote the archive. */
  readonly mode: number | undefined;
  /** A file's SHA-256, a link's target. */
  readonly holds: string | undefined;
}

const UNIX = 3;
const TYPE = 0o170000;

/**
 * What is in the archive, by path; of several with one name the last.
 * @throws Error where yauzl refuses it
 */
export async function byYauzl(archive: Buffer): Promise<Map<string, ReadEntry>> {
  const zip = await yauzl.fromBufferPromise(archive, { decodeStrings: false });
  const read = new Map<string, ReadEntry>();
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileNameRaw.toString('utf8');
    const path = name.replace(/^(\.\/)+|\/+$/g, '');
    const mode = entry.versionMadeBy >>> 8 === UNIX ? entry.externalFileAttributes >>> 16 : 0;
    const kind =
      name.endsWith('/') || (mode & TYPE) === 0o040000 ? 'directory' : (mode & TYPE) === 0o120000 ? 'link' : 'file';
    const bytes = kind === 'directory' ? Buffer.alloc(0) : await buffer(await zip.openReadStreamPromise(entry));
    const digest = () => createHash('sha256').update(bytes).digest('hex');
    const holds = kind === 'link' ? bytes.toString('utf8') : kind === 'file' ? digest() : undefined;
    read.delete(path);
    if (path !== '' && path !== '.') read.set(path, { kind, mode: mode === 0 ? undefined : mode & 0o7777, holds });
  }
  return read;
}
