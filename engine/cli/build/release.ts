// A release as it is put down for a deployment: its tree, signed, the archive of it, and what a deployment has to know.
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { tarOf } from '../../archive/tar-writer.ts';
import { replaceDurably } from '../../audit/chain/durable-file.ts';
import { signalReaches } from '../../audit/run-process.ts';
import { readPlainText } from '../../base/plain-file.ts';
import type { TreeItem } from '../../module/index.ts';
import { localTree } from '../../run/controller/local-tree.ts';

/** What deploy.yml reads of a build, as `release` in release.json. */
export interface Release {
  readonly id: string;
  readonly commit: string;
  /** Of the archive, in hex. */
  readonly sha256: string;
  readonly builtAt: string;
  /** The command that starts it, in its directory. */
  readonly start: string;
}

/** How the names of directories begin in which a build is being put together; the id of the process follows. */
const DRAFT = '.vrun-build-';

/** The release of that id, as it was put down; undefined where none is. */
export async function releaseIn(out: string, id: string): Promise<string | undefined> {
  const record = await readPlainText(join(out, `${id}.json`)).catch(() => undefined);
  const there = await Promise.all([id, `${id}.tar.gz`].map((name) => lstat(join(out, name)).catch(() => undefined)));
  return there.includes(undefined) ? undefined : record;
}

/** A private directory beside the releases. What a build that was killed left there goes. */
export async function openDraft(out: string): Promise<{ readonly directory: string; done(): Promise<void> }> {
  await mkdir(out, { recursive: true });
  for (const name of await readdir(out)) {
    const [, pid] = name.startsWith(DRAFT) ? (/^(\d+)-/.exec(name.slice(DRAFT.length)) ?? []) : [];
    if (pid !== undefined && !signalReaches(Number(pid))) await rm(join(out, name), { recursive: true, force: true });
  }
  const directory = join(out, `${DRAFT}${process.pid}-${randomUUID().slice(0, 8)}`);
  await mkdir(directory, { mode: 0o755 });
  await chmod(directory, 0o755);
  return { directory, done: () => rm(directory, { recursive: true, force: true }) };
}

/** Packs a tree's content, with no directory around it: the same tree gives the same bytes. @returns sha256 and bytes of the archive */
export async function packTree(
  tree: string,
  archive: string,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const items = localTree(tree, tree).items.map(
    (item): TreeItem => ({
      ...item,
      modified: 0,
      mode: item.kind === 'file' ? (item.mode & 0o100 ? 0o755 : 0o644) : 0o755,
    }),
  );
  const bytes = tarOf(items).outgoing();
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    bytes instanceof Uint8Array ? [bytes] : bytes.chunks(),
    createGzip(),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(archive, { flags: 'wx', mode: 0o644, flush: true }),
  );
  return { sha256: hash.digest('hex'), size };
}

/** Moves tree and archive to where deployments look for them, the record last: without it there is no release. */
export async function putDown(
  out: string,
  draft: { readonly tree: string; readonly archive: string },
  release: Release,
): Promise<void> {
  const { id } = release;
  // What lies there without its record is left of a build that was cut off here.
  for (const name of [id, `${id}.tar.gz`]) await rm(join(out, name), { recursive: true, force: true });
  await rename(draft.archive, join(out, `${id}.tar.gz`));
  await rename(draft.tree, join(out, id));
  await writeRecord(out, id, `${JSON.stringify({ release }, undefined, 2)}\n`);
}

/** Makes a release the one that is deployed. */
export async function writeRecord(out: string, id: string, record: string): Promise<void> {
  await replaceDurably(join(out, `${id}.json`), record, 0o644);
  await replaceDurably(join(out, 'release.json'), record, 0o644);
}
