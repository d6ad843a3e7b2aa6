// `vrun RUNBOOK… -i INVENTORY`: read and check, run, and the exit status of what came of it.
import type { DeadRun } from '../../audit/dead-run.ts';
import type { HostTotals } from '../../event/event.ts';
import type { RunResult } from '../../run/play/run.ts';
import { jsonLinesView } from '../../view/json-lines.ts';
import type { View } from '../../view/summary/view.ts';
import { terminalView } from '../../view/terminal/terminal.ts';
import { type Environment, wantsColor } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { listenToInterrupts } from '../shared/interrupts.ts';
import { problemsIn, refuse, reportProblems } from '../shared/problems.ts';
import { askSecret } from '../shared/prompt.ts';
import { questionsOf } from './ask.ts';
import { listRunbooks } from './listing.ts';
import { loadRun } from './load-run.ts';
import type { RunOptions } from './options.ts';
import { performRun } from './perform.ts';
import { commitOf } from './record.ts';
import { relocatable } from './relocatable.ts';
import { wrongUse } from './wrong-use.ts';

/**
 * Runs the command; resolves with its exit status. `dead`: the run that died which it goes on with.
 * @throws ProblemError before any host was contacted
 */
export async function runFiles(
  named: readonly string[],
  given: RunOptions,
  environment: Environment,
  dead?: DeadRun,
): Promise<number> {
  const interrupts = listenToInterrupts(environment);
  let begun = false;
  // git looks while the runbooks are read.
  const commit = commitOf(named[0] ?? '.');
  try {
    const { files, options } =
      given.dispatch === undefined ? { files: named, options: given } : relocatable(named, given, environment.cwd);
    const gathered = await loadRun(files, options, environment, interrupts.stop);
    if (options.listHosts || options.listTasks || options.listTags) {
      environment.stdout.write(listRunbooks(gathered.runbooks, gathered.prepared.hosts, options));
      return EXIT.ok;
    }
    refuse(await wrongUse(options, gathered, environment), environment);
    const password = options.askBecomePass
      ? await askSecret(environment, 'become_password', 'Sudo password', interrupts.stop)
      : undefined;
    if (options.askBecomePass && password === undefined) return EXIT.interrupted;
    const { result, kept } = await performRun(gathered, options, {
      environment,
      interrupts,
      commit,
      password,
      record: true,
      dead,
      begin: () => {
        const view = viewOf(options, environment);
        return {
          show: (event) => view.event(event),
          recall: (event, at) => view.recall?.(event, at),
          questions: questionsOf(environment, view, interrupts.stop),
          close: (closing) => view.close(closing),
        };
      },
      begun: () => {
        begun = true;
      },
    });
    const status = exitStatus(result, options);
    return kept?.exitStatus(status) ?? status;
  } catch (error) {
    if (!begun) throw error;
    reportProblems(problemsIn(error), environment);
    return EXIT.failed; // 1 would say that no host was contacted
  } finally {
    interrupts.end();
  }
}

function viewOf({ output, verbose, diff }: RunOptions, environment: Environment): View {
  const { stdout, variables } = environment;
  if (output === 'json') return jsonLinesView({ stream: stdout });
  return terminalView({
    stream: stdout,
    color: wantsColor(environment, stdout),
    live: variables.TERM !== 'dumb',
    verbose,
    diff,
    clock: Date.now,
  });
}

/** The status that language.md gives to a run's end. */
export function exitStatus(
  { status, hosts }: RunResult,
  options: Pick<RunOptions, 'check' | 'detailedExitcode'>,
): number {
  if (status === 'interrupted') return EXIT.interrupted;
  const some = (test: (totals: HostTotals) => boolean) => [...hosts.values()].some(test);
  const failed = some((totals) => totals.failed > 0);
  const unreachable = some((totals) => totals.unreachable);
  if (failed && unreachable) return EXIT.failedAndUnreachable;
  if (failed) return EXIT.failed;
  if (unreachable) return EXIT.unreachable;
  const changes = some((totals) => totals.changed > 0 || totals.unknown > 0);
  return options.detailedExitcode && options.check && changes ? EXIT.wouldChange : EXIT.ok;
}
