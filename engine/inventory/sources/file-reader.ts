// Every file of an inventory is read here, once: as text with positions, and into the inventory's digest.

import { basename, relative } from 'node:path';
import { sha256 } from '../../base/digest.ts';
import type { FilesRead } from '../../base/files-read.ts';
import { readPlain } from '../../base/plain-file.ts';
import { holdsSecret } from '../../language/problem/confidential.ts';
import { type Position, SourceText } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';

/** Reads files, remembers what was read, and turns failures into Problems. */
export class FileReader {
  readonly problems: Problem[];
  readonly #read: FilesRead | undefined;
  /** As `sha256sum` prints them. */
  readonly #seen: string[] = [];

  constructor(problems: Problem[], read?: FilesRead) {
    this.problems = problems;
    this.#read = read;
  }

  /**
   * The file's text (a byte order mark removed), or undefined and a Problem. `shown` is its name in positions, which show
   * nothing of a file of `values` or with a secret in it.
   */
  async read(path: string, shown: string, directory: string, values = false): Promise<SourceText | undefined> {
    let bytes: Buffer;
    try {
      bytes = await readPlain(path);
    } catch (error) {
      this.problems.push(unreadable(shown, error));
      return undefined;
    }
    this.remember(relative(directory, path), bytes);
    this.#read?.file(path, bytes);
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return new SourceText(shown, text, values || holdsSecret(text));
    } catch {
      this.problems.push({
        code: 'file-unreadable',
        summary: 'The file is not UTF-8 text',
        detail: `‹${shown}› holds bytes that are no UTF-8.`,
        hint: `Convert it:\n    iconv -t UTF-8 ${shown}`,
        at: badLine(shown, bytes),
      });
      return undefined;
    }
  }

  /** Counts what the program at `path` printed, call by call. */
  rememberOutput(path: string, printed: readonly Uint8Array[]): void {
    for (const output of printed) this.remember(basename(path), output);
    this.#read?.output(path, printed);
  }

  /** Counts `bytes` as part of the inventory under `name`. */
  remember(name: string, bytes: Uint8Array | string): void {
    this.#seen.push(`${sha256(bytes)}  ${name}\n`);
  }

  /** sha256 (hex) over a list as `sha256sum` prints it: digest, two spaces, name, newline, in the order of reading. */
  digest(): string {
    return sha256(this.#seen.join(''));
  }
}

function unreadable(shown: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return {
    code: missing ? 'file-missing' : 'file-unreadable',
    summary: missing ? 'The file is missing' : 'The file can’t be read',
    detail: `‹${shown}›: ${error instanceof Error ? error.message : String(error)}`,
  };
}

/** The first line that isn’t UTF-8. */
function badLine(shown: string, bytes: Buffer): Position {
  let line = 0;
  for (let from = 0; from <= bytes.length; line += 1) {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline;
    const part = bytes.subarray(from, end);
    if (!Buffer.from(part.toString('utf8')).equals(part)) break;
    from = end + 1;
  }
  return { file: shown, line: line + 1, column: 1, length: 1, text: '' };
}
