// What the pending changes of a dry run make of a host, for tests of `pending`.
import { Content, type Foreseen, type PathEffect, type Secret, type Settled } from '../../../engine/module/index.ts';

export function foreseen(effects: readonly PathEffect[], settled: Settled = {}): Foreseen {
  return {
    at: (path) => effects.find((one) => one.path === path),
    isChangedBelow: (path) => effects.some((one) => one.path.startsWith(`${path}/`)),
    below: (path) => effects.filter((one) => one.path.startsWith(`${path}/`)),
    settled: () => settled,
  };
}

/** A file that was written there. */
export function written(path: string, text: string | Secret): Foreseen {
  return foreseen([{ path, kind: 'file', content: Content.of(text), mode: 0o644 }]);
}
