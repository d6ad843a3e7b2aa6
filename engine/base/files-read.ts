// Every file that decided a run, by its digest, noted where it is read: what the record signs.

import { relative, resolve } from 'node:path';
import { sha256 } from './digest.ts';

/**
 * A file as it was read: `file:site.yml`. A directory that is sent as a whole is one, `tree:files/site`, over the list
 * that `sha256sum` prints of the files read in it, sorted by name; what a dynamic inventory printed is `output:PATH`.
 */
export interface FileDigest {
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

export class FilesRead {
  readonly #cwd: string;
  /** By name; a file that was another one when it was read again stands there with both. */
  readonly #files = new Map<string, Set<string>>();
  readonly #trees = new Map<string, Map<string, string>>();
  /** Absolute paths, and what programs printed there. */
  readonly #paths = new Set<string>();
  readonly #printed = new Map<string, readonly Uint8Array[]>();

  /** Names are relative to `cwd`. */
  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** These were the bytes of the file at `path`. */
  file(path: string, bytes: string | Uint8Array): void {
    this.digest(path, sha256(bytes));
  }

  /** The same by its digest. */
  digest(path: string, digest: string): void {
    this.#paths.add(resolve(this.#cwd, path));
    this.#add(`file:${this.#shown(path)}`, digest);
  }

  /** A file below the directory `root`, by the name that it has there. */
  inTree(root: string, name: string, digest: string): void {
    const tree = this.#trees.get(root) ?? new Map<string, string>();
    this.#trees.set(root, tree.set(name, digest));
  }

  /** What the program at `path` printed, in the order of its calls. */
  output(path: string, printed: readonly Uint8Array[]): void {
    this.#printed.set(resolve(this.#cwd, path), printed);
    this.#add(`output:${this.#shown(path)}`, sha256(Buffer.concat(printed)));
  }

  /** The absolute paths of all files and trees. */
  get paths(): readonly string[] {
    return [...this.#paths, ...this.#trees.keys()];
  }

  /** What each program printed, in the order of its calls, by its absolute path. */
  get printed(): ReadonlyMap<string, readonly Uint8Array[]> {
    return this.#printed;
  }

  /** All of them, sorted by name. */
  list(): readonly FileDigest[] {
    const files = [...this.#files].flatMap(([name, digests]) =>
      [...digests].map((digest) => ({ name, sha256: digest })),
    );
    const trees = [...this.#trees].map(([root, tree]) => ({
      name: `tree:${this.#shown(root)}`,
      sha256: sha256(listOf(tree)),
    }));
    return [...files, ...trees].sort((one, other) => compare(one.name, other.name));
  }

  #add(name: string, digest: string): void {
    const known = this.#files.get(name) ?? new Set<string>();
    this.#files.set(name, known.add(digest));
  }

  #shown(path: string): string {
    return relative(this.#cwd, resolve(this.#cwd, path)) || path;
  }
}

function listOf(tree: ReadonlyMap<string, string>): string {
  const names = [...tree.keys()].sort(compare);
  return names.map((name) => `${tree.get(name) ?? ''}  ${name}\n`).join('');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
