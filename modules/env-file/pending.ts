// What the module env-file will find once the pending changes of a dry run are made.
import type { Foreseen } from '../../engine/module/define.ts';
import { Missing } from '../../engine/module/resource.ts';
import { untold } from '../../engine/resources/file/pending.ts';
import { planEnv } from './plan.ts';
import type { EnvState } from './state.ts';
import { type EnvWant, namesOf } from './want.ts';

/**
 * It can't be told where the file is written as a whole, or made; where another task only edits it, nothing is to be
 * done if that is so now, and the names are others.
 */
export function pendingEnv(
  have: EnvState | Missing<EnvState>,
  want: EnvWant,
  foreseen: Foreseen,
): EnvState | Missing<EnvState> {
  const left = foreseen.at(want.path)?.kind;
  if (left === undefined) return have;
  if (want.state === 'absent') {
    if (left !== 'nothing' || have instanceof Missing) return untold(want.path);
    return { ...have, file: { ...have.file, entry: undefined } };
  }
  if (left !== 'anything' && left !== 'same') return untold(want.path);
  const edited = foreseen.settled(`path:${want.path}`);
  const ours = namesOf(want).some((name) => name in edited);
  const plan = have instanceof Missing || ours ? undefined : planEnv(have, want);
  return plan && plan.changes.length === 0 && !plan.failure ? have : untold(want.path);
}
