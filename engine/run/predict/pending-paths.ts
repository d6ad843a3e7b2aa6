// What is at the paths of one host once a dry run's pending changes are made, one change after the other.
import type { PathEffect } from '../../module/index.ts';

export class PendingPaths {
  readonly #effects = new Map<string, PathEffect>();
  /** What was below a path is gone, or nobody knows: also once a directory is made there again. */
  readonly #below = new Map<string, 'nothing' | 'anything'>();
  /** Directories below which something is changed: only there is it looked for what goes with one. */
  readonly #holding = new Set<string>();

  add(effect: PathEffect): void {
    const { path, kind } = effect;
    const before = this.at(path);
    if (kind !== 'same' && kind !== 'directory') {
      if (this.#holding.has(path)) this.#forgetBelow(path);
      this.#below.set(path, kind === 'link' || kind === 'anything' ? 'anything' : 'nothing');
    }
    this.#set(path, kind === 'same' && before !== undefined ? merged(before, effect) : effect);
  }

  /** Something is there then, of which nobody tells more. What is below it stays, or comes with changes of its own. */
  promise(path: string): void {
    this.#set(path, { path, kind: 'anything' });
  }

  /** Undefined where the pending changes leave a path alone. */
  at(path: string): PathEffect | undefined {
    const own = this.#effects.get(path);
    if (own) return own;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const kind = this.#below.get(path.slice(0, end));
      if (kind !== undefined) return { path, kind };
    }
    return undefined;
  }

  /** Whether the pending changes change anything below a path. */
  isChangedBelow(path: string): boolean {
    return this.#holding.has(path);
  }

  below(path: string): readonly PathEffect[] {
    const holds = this.isChangedBelow(path);
    return holds ? [...this.#effects.values()].filter((effect) => effect.path.startsWith(`${path}/`)) : [];
  }

  /** Whether the pending changes change anything at a path; with a slash at its end, or below it. */
  touches(path: string): boolean {
    const own = path.replace(/\/$/, '');
    return this.at(own) !== undefined || (own !== path && this.isChangedBelow(own));
  }

  #set(path: string, effect: PathEffect): void {
    this.#effects.set(path, effect);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = path.slice(0, end);
      if (this.#holding.has(above)) return; // and so are those above it
      this.#holding.add(above);
    }
  }

  #forgetBelow(path: string): void {
    for (const known of this.#effects.keys()) if (known.startsWith(`${path}/`)) this.#effects.delete(known);
  }
}

/** New attributes of what an earlier change made. */
function merged(before: PathEffect, { mode, owner, group }: Extract<PathEffect, { kind: 'same' }>): PathEffect {
  if (before.kind === 'nothing' || before.kind === 'anything') return before;
  return { ...before, mode: mode ?? before.mode, owner: owner ?? before.owner, group: group ?? before.group };
}
