// What a run asks the person at the terminal, and the tasks that can't be run without one.
import type { Problem } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import type { Runbook, Task, TaskNode } from '../../language/runbook/runbook.ts';
import type { View } from '../../view/summary/view.ts';
import type { Environment } from '../shared/environment.ts';
import { askToGoOn, askToPerform } from '../shared/prompt.ts';

/** What a run asks of a person. */
export interface Questions {
  /** Whether to go on; false ends the run. */
  readonly ask: (prompt: string) => Promise<boolean>;
  /** With --step: whether to perform the task. */
  readonly step: (title: string) => Promise<boolean>;
}

/** Asks at the terminal, with nothing else moving on it; undefined where there is none. One question at a time. */
export function questionsOf(environment: Environment, view: View, stop: AbortSignal): Questions | undefined {
  if (environment.stdin.isTTY !== true) return undefined;
  let last: Promise<unknown> = Promise.resolve();
  let unasked = false;
  const inTurn = <T>(question: () => Promise<T>): Promise<T> => {
    const answer = last.then(async () => {
      await view.pause?.();
      try {
        return await question();
      } finally {
        view.resume?.();
      }
    });
    last = answer;
    return answer;
  };
  return {
    ask: (prompt) => inTurn(() => askToGoOn(environment, prompt, stop)),
    step: async (title) => {
      if (unasked) return true;
      const answer = await inTurn(async () => (unasked ? 'continue' : askToPerform(environment, visible(title), stop)));
      unasked ||= answer === 'continue';
      return answer !== 'no';
    },
  };
}

/** Tasks that are certain to ask where nobody can answer: better told before anything is begun. */
export function unansweredPauses(runbooks: readonly Runbook[], { stdin }: Environment): readonly Problem[] {
  if (stdin.isTTY === true) return [];
  return runbooks
    .flatMap(({ plays }) => plays)
    .flatMap((play) => certainTasks(play.tasks))
    .filter(({ module, args }) => module === 'pause' && args.entries.some(({ key }) => key === 'prompt'))
    .map((task) => ({
      code: 'usage',
      summary: 'there is no terminal to ask at',
      detail: `‹${task.title}› waits for a person, and standard input is no terminal.`,
      hint: 'Run it at a terminal, or leave the task out with --skip-tags.',
      at: task.at,
    }));
}

/** The tasks that no condition keeps from being run, unless another fails. */
function certainTasks(nodes: readonly TaskNode[]): readonly Task[] {
  return nodes
    .filter(({ when }) => when.length === 0)
    .flatMap((node) => {
      if (node.kind === 'task') return [node];
      return certainTasks(node.kind === 'block' ? [...node.tasks, ...node.always] : node.tasks);
    });
}
