// What a dry run's pending changes leave at the paths of one host, one change after the other.
import type { Left } from '../../module/index.ts';

export class PendingPaths {
  readonly #left = new Map<string, Left>();
  /** What was below a path is gone, or nobody knows: also once a directory is made there again. */
  readonly #below = new Map<string, 'nothing' | 'anything'>();
  /** Directories below which something is left: only there is it looked for what goes with one. */
  readonly #holding = new Set<string>();

  add(left: Left): void {
    const { path, kind } = left;
    const before = this.at(path);
    if (kind !== 'same' && kind !== 'directory') {
      if (this.#holding.has(path)) this.#forgetBelow(path);
      this.#below.set(path, kind === 'link' || kind === 'anything' ? 'anything' : 'nothing');
    }
    this.#set(path, kind === 'same' && before !== undefined ? merged(before, left) : left);
  }

  /** Something is there then, of which nobody tells more. What is below it stays, or comes with changes of its own. */
  promise(path: string): void {
    this.#set(path, { path, kind: 'anything' });
  }

  /** Undefined where the pending changes leave a path alone. */
  at(path: string): Left | undefined {
    const own = this.#left.get(path);
    if (own) return own;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const kind = this.#below.get(path.slice(0, end));
      if (kind !== undefined) return { path, kind };
    }
    return undefined;
  }

  /** Whether the pending changes leave anything below a path. */
  below(path: string): boolean {
    return this.#holding.has(path);
  }

  leftBelow(path: string): readonly Left[] {
    return this.below(path) ? [...this.#left.values()].filter((left) => left.path.startsWith(`${path}/`)) : [];
  }

  /** Whether the pending changes leave anything at a path; with a slash at its end, or below it. */
  touches(path: string): boolean {
    const own = path.replace(/\/$/, '');
    return this.at(own) !== undefined || (own !== path && this.below(own));
  }

  #set(path: string, left: Left): void {
    this.#left.set(path, left);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = path.slice(0, end);
      if (this.#holding.has(above)) return; // and so are those above it
      this.#holding.add(above);
    }
  }

  #forgetBelow(path: string): void {
    for (const known of this.#left.keys()) if (known.startsWith(`${path}/`)) this.#left.delete(known);
  }
}

/** New attributes of what an earlier change left. */
function merged(before: Left, { mode, owner, group }: Extract<Left, { kind: 'same' }>): Left {
  if (before.kind === 'nothing' || before.kind === 'anything') return before;
  return { ...before, mode: mode ?? before.mode, owner: owner ?? before.owner, group: group ?? before.group };
}
