// What one item of a task is about, as far as its parameters are known: what it may change, and what it goes by.
import { evaluate } from '../../language/dynamic/evaluate.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import type { Task } from '../../language/runbook/runbook.ts';
import { type Scope, Unknown } from '../../language/value/value.ts';
import type { Given, Thing } from '../../module/index.ts';
import type { BoundItem } from '../list/bound.ts';

export interface Things {
  /** What it may change; none where it only reads. */
  readonly changes: readonly Thing[];
  /** What decides what it does: what it is about itself, and what it looks at besides. */
  readonly about: readonly Thing[];
  readonly looksAt: readonly Thing[];
}

/** Evaluates the parameters one by one: of an item of which not all is known, what is known still tells. */
export function thingsOf(task: Task, item: BoundItem, scope: Scope): Things {
  const { module } = item;
  const given = givenTo(task, scope);
  const want = item.ready ? item.want : undefined;
  const about = module.about(given, want);
  const looksAt = module.looksAt(given);
  if (task.readOnly) return { changes: [], about, looksAt };
  // What a command does hangs on its guards alone: it acts whatever is there.
  return { changes: about, about: module.command ? looksAt : about, looksAt };
}

function givenTo({ args }: Task, scope: Scope): Given {
  return Object.fromEntries(
    args.entries.map(({ key, value }) => {
      try {
        return [key, evaluate(value, scope)];
      } catch (error) {
        if (error instanceof ProblemError) return [key, new Unknown('apply', 'a value that can’t be evaluated')];
        throw error;
      }
    }),
  );
}
