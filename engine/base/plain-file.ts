// Files of this machine, read: plain ones alone. A device has no end, a pipe without a writer never begins, and whoever
// names one by mistake is to be told so. Opening doesn't wait (O_NONBLOCK), and what was opened is what is looked at.

import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { hasCode } from './file-error.ts';
import { LARGEST_TEXT } from './limits.ts';

/** What can't be read since it is no plain file, or larger than text ever is. Its message follows "‹name›: ". */
export class NotPlain extends Error {}

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** The file, to be closed by the caller. @throws NotPlain, and what opening throws */
export async function openPlain(path: string): Promise<FileHandle> {
  const file = await open(path, FLAGS).catch((error: unknown) => refuseSocket(error));
  try {
    checkPlain(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The file's descriptor, to be closed by the caller. @throws NotPlain, and what opening throws */
export function openPlainSync(path: string): number {
  let file: number;
  try {
    file = openSync(path, FLAGS);
  } catch (error) {
    return refuseSocket(error);
  }
  try {
    checkPlain(fstatSync(file));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** The bytes of a file that is text, or as small. @throws NotPlain, and what opening and reading throw */
export async function readPlain(path: string): Promise<Buffer> {
  const file = await openPlain(path);
  try {
    checkSize((await file.stat()).size);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** As `readPlain`, as UTF-8. @throws NotPlain also for what is something else */
export async function readPlainText(path: string): Promise<string> {
  return textOf(await readPlain(path));
}

/** The text of bytes. @throws NotPlain where they are no UTF-8: what can't be read must not reach a host as U+FFFD */
export function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd') || Buffer.from(text).equals(bytes)) return text;
  const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length;
  throw new NotPlain(
    `line ${line} is no UTF-8 (perhaps Latin-1): convert it, for example with ‹iconv -f latin1 -t utf8›`,
  );
}

/** As `readPlain`. */
export function readPlainSync(path: string): Buffer {
  const file = openPlainSync(path);
  try {
    checkSize(fstatSync(file).size);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

type Kinds = Pick<
  Stats,
  'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket' | 'isCharacterDevice' | 'isBlockDevice' | 'isSymbolicLink'
>;

/** What a file is, with its article: "a plain file", "a directory", "a named pipe". */
export function kindOfFile(stats: Kinds): string {
  if (stats.isFile()) return 'a plain file';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isSymbolicLink()) return 'a link';
  return stats.isBlockDevice() ? 'a block device' : 'a character device';
}

function checkPlain(stats: Stats): void {
  if (!stats.isFile()) throw new NotPlain(`it is ${kindOfFile(stats)}, and only plain files are read`);
}

function checkSize(size: number): void {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
  if (size > LARGEST_TEXT) {
    throw new NotPlain(`it has ${mebibytes(size)}, and ${mebibytes(LARGEST_TEXT)} are the most for a text`);
  }
}

/** A socket can't be opened: ENXIO, open(2). */
function refuseSocket(error: unknown): never {
  const isSocket = hasCode(error, 'ENXIO');
  if (isSocket) throw new NotPlain('it is a socket, and only plain files are read');
  throw error;
}
