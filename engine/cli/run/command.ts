// `vrun RUNBOOK… -i INVENTORY`: read and check, open the record, run, seal.

import { witnessLine } from '../../audit/chain/witness.ts';
import { newRunId, RunRecord } from '../../audit/record.ts';
import { recording, requireRoom } from '../../audit/unwritable.ts';
import type { Emit, HostTotals } from '../../event/event.ts';
import { Redactor } from '../../event/redact.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { Registry } from '../../module/registry.ts';
import { hostStates } from '../../run/host/hosts.ts';
import type { RunPlan } from '../../run/plan/run-plan.ts';
import { type RunResult, run } from '../../run/play/run.ts';
import { connect } from '../../transport/connect.ts';
import { jsonLinesView } from '../../view/json-lines.ts';
import { collectView } from '../../view/summary/summary-view.ts';
import type { View } from '../../view/summary/view.ts';
import { terminalView } from '../../view/terminal/terminal.ts';
import { type Environment, wantsColor } from '../shared/environment.ts';
import { type Interrupts, listenToInterrupts } from '../shared/interrupts.ts';
import { EXIT, isError, problemsIn, refuse, reportProblems } from '../shared/problems.ts';
import { askSecret } from '../shared/prompt.ts';
import { connectContext, pinnedKeys, reachOf } from '../shared/reach.ts';
import { signerOf } from '../shared/signer.ts';
import { VERSION } from '../shared/version.ts';
import { questionsOf } from './ask.ts';
import { givenOf } from './given.ts';
import { KeptRecord } from './kept-record.ts';
import { foreseen } from './last-dry-run.ts';
import { listRunbooks } from './listing.ts';
import { type Gathered, gather } from './load-run.ts';
import type { RunOptions } from './options.ts';
import { commitOf, seal } from './record.ts';
import { wrongUse } from './wrong-use.ts';

/** Hosts at work at the same time unless set. */
const FORKS = 50;

/** Runs the command; resolves with its exit status. @throws ProblemError before any host was contacted */
export async function runCommand(
  files: readonly string[],
  options: RunOptions,
  environment: Environment,
  registry: Registry,
): Promise<number> {
  const interrupts = listenToInterrupts(environment);
  const progress = { begun: false };
  // git looks while the runbooks are read.
  const commit = commitOf(files[0] ?? '.');
  try {
    const gathered = await gather(files, options, environment, { registry, signal: interrupts.stop });
    if (options.listHosts || options.listTasks || options.listTags) {
      environment.stdout.write(listRunbooks(gathered.runbooks, gathered.prepared.hosts, options));
      return EXIT.ok;
    }
    refuse(await wrongUse(options, gathered, environment), environment);
    const password = options.askBecomePass
      ? await askSecret(environment, 'become_password', 'Sudo password', interrupts.stop)
      : undefined;
    if (options.askBecomePass && password === undefined) return EXIT.interrupted;
    return await execute(gathered, options, environment, { interrupts, commit, password, progress });
  } catch (error) {
    if (!progress.begun) throw error;
    reportProblems(problemsIn(error), environment);
    return EXIT.failed; // 1 would say that no host was contacted
  } finally {
    interrupts.end();
  }
}

interface Asked {
  readonly interrupts: Interrupts;
  readonly commit: Promise<string | null>;
  /** Of sudo, with -K. */
  readonly password: Secret | undefined;
  /** `begun` once hosts may have been contacted. */
  readonly progress: { begun: boolean };
}

async function execute(
  gathered: Gathered,
  options: RunOptions,
  environment: Environment,
  { interrupts, commit, password, progress }: Asked,
): Promise<number> {
  const { project, runbooks, inventory, prepared, sources } = gathered;
  const { config, registry } = project;
  const redactor = new Redactor();
  const told = new Set<string>();
  const hide = (secret: Secret) => {
    if (redactor.add(secret) !== 'word' || told.has(secret.name)) return;
    told.add(secret.name);
    reportProblems([shortSecret(secret)], environment);
  };
  for (const secret of [...prepared.secrets, ...(password ? [password] : [])]) hide(secret);
  const signer = await recording(config.record, () => signerOf(config, environment));
  const operator = `${environment.user}@${environment.machine}`;
  const started = new Date();
  const context = connectContext(environment, interrupts.stop);
  const given = givenOf(options, prepared.extra, {
    sudoUser: environment.variables.SUDO_USER,
    hide: (text) => redactor.text(text),
  });
  const plan: RunPlan = {
    runbooks,
    inventory,
    hosts: prepared.hosts,
    extra: prepared.extra,
    paces: prepared.paces,
    files: prepared.files,
    facts: prepared.facts,
    id: newRunId(started),
    check: options.check,
    operator,
    version: VERSION,
    started,
    given,
  };
  const problems: Problem[] = [];
  let checked = false;
  const { user, privateKey, become } = options;
  const hosts = hostStates(plan, {
    reach: (host, play) => {
      const found: Problem[] = [];
      const reach = reachOf(
        host,
        play,
        { user, privateKey, become, becomePassword: password },
        { config, environment, problems: found },
      );
      // Once the run is under way it is the task's own failure.
      if (checked && found.some(isError)) throw new ProblemError(found);
      problems.push(...found);
      return reach;
    },
    connect: (target, signal) => {
      // Whom a task is delegated to may only be known by now.
      if (target.become.password) hide(target.become.password);
      return connect(target, context, signal);
    },
    controller: environment.machine,
    stop: interrupts.stop,
    abort: interrupts.abort,
  });
  refuse(problems, environment);
  checked = true;
  for (const { session } of hosts.everyone()) if (session.target.become.password) hide(session.target.become.password);
  const opening = {
    run: plan.id,
    check: options.check,
    operator,
    version: VERSION,
    runbooks: runbooks.map(({ file, files }) => ({ file, sha256: files.digest() })),
    commit: await commit,
    inventory: { sources: inventory.sources, sha256: inventory.digest },
    files: project.read.list(),
    given,
    hosts: await pinnedKeys(
      hosts.everyone().map(({ session }) => session.target),
      context,
    ),
  };
  const prediction = options.check ? undefined : await foreseen(config.record, opening);
  const record = await recording(config.record, async () => {
    await requireRoom(config.record);
    return RunRecord.open(config.record, signer, opening);
  });
  const summary = collectView({ clock: Date.now });
  const view = viewOf(options, environment);
  const kept = new KeptRecord(record, {
    halt: interrupts.halt,
    show: (event) => {
      summary.event(event);
      view.event(event);
    },
  });
  const emit: Emit = async (event) => {
    await kept.emit(redactor.event(event));
    progress.begun = true;
  };
  const questions = questionsOf(environment, view, interrupts.stop);
  let closing: readonly string[] | undefined;
  try {
    const result = await run(plan, hosts, {
      diff: options.diff,
      registry,
      sources,
      emit,
      ask: questions?.ask,
      step: options.step ? questions?.step : undefined,
      witness: options.check ? undefined : witnessLine(record.opened),
      stop: interrupts.stop,
      forks: options.forks ?? config.forks ?? FORKS,
    });
    const sealing = { record, signer, opening, summary: summary.summary, result, prediction, read: project.read };
    closing = await kept.end(() => seal(sealing, environment));
    return kept.exitStatus(exitStatus(result, options));
  } finally {
    await view.close([...signer.notices, ...(closing ?? [])]);
    if (kept.problem) reportProblems([kept.problem], environment);
  }
}

function shortSecret(secret: Secret): Problem {
  return {
    code: 'secret-short',
    severity: 'warning',
    summary: `the secret ‹${secret.name}› has fewer than six characters`,
    detail: 'In what comes back from hosts it is hidden only where it stands as a word of its own.',
    hint: 'Make it longer.',
  };
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
