// What the pending changes of a dry run leave, for tests of `pending`.
import { Content, type Foreseen, type Left, type Secret, type Settled } from '../../../engine/module/index.ts';

export function foreseen(left: readonly Left[], settled: Settled['as'] = {}): Foreseen {
  return {
    left: (path) => left.find((one) => one.path === path),
    below: (path) => left.some((one) => one.path.startsWith(`${path}/`)),
    leftBelow: (path) => left.filter((one) => one.path.startsWith(`${path}/`)),
    settled: () => settled,
  };
}

/** A file that was written there. */
export function written(path: string, text: string | Secret): Foreseen {
  return foreseen([{ path, kind: 'file', content: Content.of(text), mode: 0o644 }]);
}
