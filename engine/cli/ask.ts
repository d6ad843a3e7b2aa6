// What a run asks the person at the terminal, and the tasks that can't be run without one.
import type { Problem } from '../language/problem.ts';
import type { Runbook, Task, TaskNode } from '../language/runbook.ts';
import type { View } from '../view/view.ts';
import type { Environment } from './environment.ts';
import { askToGoOn } from './prompt.ts';

/** Asks at the terminal, with nothing else moving on it; undefined where there is none. One question at a time. */
export function askOf(
  environment: Environment,
  view: View,
  stop: AbortSignal,
): ((prompt: string) => Promise<boolean>) | undefined {
  if (environment.stdin.isTTY !== true) return undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (prompt) => {
    const answer = last.then(async () => {
      await view.pause?.();
      try {
        return await askToGoOn(environment, prompt, stop);
      } finally {
        view.resume?.();
      }
    });
    last = answer;
    return answer;
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
