// What the module git will find at its path once the pending changes of a dry run are made.
import type { Foreseen } from '../../engine/module/define.ts';
import { type Missing, stateIfThere, withState } from '../../engine/module/resource.ts';
import { untold } from '../../engine/resources/file/pending.ts';
import type { GitState, GitWant } from './state.ts';

/** Nothing, an empty directory, or what is there now; Missing where that can't be told. */
export function pendingGit(
  have: GitState | Missing<GitState>,
  { dest }: GitWant,
  foreseen: Foreseen,
): GitState | Missing<GitState> {
  const known = stateIfThere(have);
  if (foreseen.at(dest) === undefined && foreseen.isChangedBelow(dest)) return untold(dest);
  const kind = foreseen.at(dest)?.kind;
  if (known === undefined || kind === undefined || kind === 'same') return have;
  const isEmpty = kind === 'directory' && known.kind === 'none';
  if (kind !== 'nothing' && !isEmpty) return untold(dest);
  const bare = {
    broken: undefined,
    cut: false,
    modified: [],
    submodules: [],
    verified: false,
    head: undefined,
    remote: undefined,
  };
  const then: GitState = isEmpty
    ? { ...known, ...bare, kind: 'empty' }
    : { ...known, ...bare, entry: undefined, kind: 'none' };
  return withState(have, then);
}
