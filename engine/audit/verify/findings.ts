// What verification finds wrong, and where.

/** Something that isn't as it was signed. `file` is a path in the record, `line` counts from 1. */
export interface Finding {
  readonly file: string;
  readonly line?: number;
  readonly reason: string;
}

const MOST = 200;

/** Collects findings, in the order in which they are found, up to two hundred. */
export class Findings {
  readonly #list: Finding[] = [];
  readonly #files = new Set<string>();

  add(file: string, reason: string, line?: number): void {
    this.#files.add(file);
    if (this.#list.length < MOST) this.#list.push(line === undefined ? { file, reason } : { file, line, reason });
  }

  /** True when something was found in the file. */
  has(file: string): boolean {
    return this.#files.has(file);
  }

  list(): readonly Finding[] {
    return this.#list;
  }
}
