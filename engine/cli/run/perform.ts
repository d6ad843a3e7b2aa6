// A run whose runbooks are read and checked: hosts reached, the record opened, the plays run, the record sealed. The command line
// and the library both come here.
import { setMaxListeners } from 'node:events';
import type { Signer } from '../../audit/chain/signer.ts';
import { witnessLine } from '../../audit/chain/witness.ts';
import type { DeadRun } from '../../audit/dead-run.ts';
import { newRunId, type RunOpening, RunRecord } from '../../audit/record.ts';
import { recording, requireRoom } from '../../audit/unwritable.ts';
import type { Emit, Event } from '../../event/event.ts';
import { Redactor } from '../../event/redact.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { HostStates } from '../../run/host/hosts.ts';
import type { HostState } from '../../run/host/state.ts';
import { batchesOf } from '../../run/plan/pace.ts';
import { playsOf, type RunPlan } from '../../run/plan/run-plan.ts';
import type { Dispatcher } from '../../run/play/dispatcher.ts';
import { type RunResult, run } from '../../run/play/run.ts';
import { type ConnectContext, closeJumpHosts } from '../../transport/ssh/context.ts';
import { collectView } from '../../view/summary/summary-view.ts';
import type { Environment } from '../shared/environment.ts';
import type { Interrupts } from '../shared/interrupts.ts';
import { reportProblems } from '../shared/problems.ts';
import { connectContext, pinnedKeys } from '../shared/reach.ts';
import { signerOf } from '../shared/signer.ts';
import { VERSION } from '../shared/version.ts';
import type { Questions } from './ask.ts';
import type { Dispatching } from './coordinate.ts';
import { usualForks } from './forks.ts';
import { givenOf } from './given.ts';
import { KeptRecord } from './kept-record.ts';
import { foreseen } from './last-dry-run.ts';
import type { LoadedRun } from './load-run.ts';
import type { RunOptions } from './options.ts';
import { hiding, type Identity, planOf, reachHosts } from './reach-hosts.ts';
import { operatorOf, seal } from './record.ts';
import { identityAgain, resumingOf, resumptionOf } from './resumption.ts';
import { requireSameFiles, requireSameVariables } from './same-run.ts';
import { tracesFor } from './traces.ts';

/** Who sees a run. */
export interface Audience {
  /** Gets each event once it is redacted and recorded. */
  readonly show: (event: Event) => void;
  /** Gets those of a resumed run from before it died, to tell of the whole of it at the end; `at` as for `View.recall`. */
  readonly recall?: (event: Event, at: number) => void;
  readonly questions: Questions | undefined;
  /** The run is over; `closing` are the last lines for a person. */
  readonly close: (closing: readonly string[]) => Promise<void> | void;
}

export interface Conduct {
  readonly environment: Environment;
  readonly interrupts: Interrupts;
  /** The commit of the runbooks' repository. */
  readonly commit: Promise<string | null>;
  /** Of sudo, with -K. */
  readonly password: Secret | undefined;
  /** False: nothing is kept, and no host is given a witness. */
  readonly record: boolean;
  /** The run that died and goes on; undefined for a new one. */
  readonly dead?: DeadRun | undefined;
  /** Called when all is ready, just before the first event. */
  readonly begin: () => Audience;
  /** Called when hosts may have been contacted. */
  readonly begun: () => void;
}

/** How a run ended. */
export interface Performed {
  readonly id: string;
  readonly result: RunResult;
  /** Undefined where none was to be written. */
  readonly kept: KeptRecord | undefined;
}

/** A run that is read, and its hosts. */
interface Ready {
  readonly plan: RunPlan;
  readonly gathered: LoadedRun;
  readonly options: RunOptions;
  readonly hosts: HostStates;
  readonly redactor: Redactor;
  /** Undefined where nothing is recorded. */
  readonly signer: Signer | undefined;
}

/** Performs a run. @throws ProblemError before any host was contacted, or once one may have been: see `begun` */
export async function performRun(gathered: LoadedRun, options: RunOptions, conduct: Conduct): Promise<Performed> {
  const context = connectContext(conduct.environment, conduct.interrupts.stop);
  // Jump hosts are kept to the end: what goes through them next is only known by then.
  return perform(gathered, options, { ...conduct, context }).finally(() => closeJumpHosts(context.cache));
}

async function perform(
  gathered: LoadedRun,
  options: RunOptions,
  conduct: Conduct & { readonly context: ConnectContext },
): Promise<Performed> {
  const { prepared } = gathered;
  const { environment, interrupts, password } = conduct;
  setMaxListeners(0, interrupts.stop, interrupts.abort); // every host that waits listens to them
  const redactor = new Redactor();
  const hide = hiding(redactor, environment);
  for (const secret of [...prepared.secrets, ...(password ? [password] : [])]) hide(secret);
  const given = givenOf(options, prepared.extra, {
    sudoUser: environment.variables.SUDO_USER,
    hide: (text) => redactor.text(text),
  });
  const { dead } = conduct;
  if (dead) requireSameVariables(dead, given);
  const began = { version: VERSION, given, check: options.check };
  const plan = planOf(
    gathered,
    dead ? { ...began, ...identityAgain(dead) } : { ...began, ...newIdentity(environment) },
  );
  const hosts = reachHosts(plan, gathered, options, { ...conduct, hide });
  const { config } = gathered.project;
  const signer = conduct.record ? await recording(config.record, () => signerOf(config, environment)) : undefined;
  const dispatched =
    signer && (await dispatch({ plan, gathered, options, hosts, password, environment, interrupts, signer }));
  try {
    const ready = { plan, gathered, options, hosts, redactor, signer };
    return await recordAndRun(ready, conduct, dispatched?.dispatcher);
  } finally {
    await dispatched?.end();
  }
}

function newIdentity(environment: Environment): Pick<Identity, 'id' | 'started' | 'operator'> {
  const started = new Date();
  return { id: newRunId(started), started, operator: operatorOf(environment) };
}

/** Has workers reach the hosts, where the command line says so. */
async function dispatch({
  options,
  environment,
  ...rest
}: Omit<Dispatching, 'attended' | 'options'> & Pick<Ready, 'options'>) {
  const { dispatch } = options;
  if (dispatch === undefined) return undefined;
  const isAttended = environment.stdin.isTTY === true;
  const attended = { ask: isAttended, step: isAttended && options.step };
  // the broker's client is loaded only for such a run
  const { coordinate } = await import('./coordinate.ts');
  return coordinate({ ...rest, options: { ...options, dispatch }, environment, attended });
}

async function recordAndRun(
  { plan, gathered, options, hosts, redactor, signer }: Ready,
  conduct: Conduct & { readonly context: ConnectContext },
  dispatcher: Dispatcher | undefined,
): Promise<Performed> {
  const { project, runbooks, inventory, sources } = gathered;
  const { environment, interrupts, context } = conduct;
  const { config, registry } = project;
  const { given } = plan;
  const forks = options.forks ?? config.forks ?? usualForks();
  const [pinned, commit] = await Promise.all([
    pinnedKeys(
      hosts.everyone().map(({ session }) => session.target),
      context,
    ),
    conduct.commit,
  ]);
  const opening: RunOpening = {
    run: plan.id,
    check: plan.check,
    operator: plan.operator,
    version: VERSION,
    runbooks: runbooks.map(({ file, files }) => ({ file, sha256: files.digest() })),
    commit,
    inventory: { sources: inventory.sources, sha256: inventory.digest },
    files: project.read.list(),
    ...(given ? { given } : {}),
    hosts: pinned,
  };
  const { dead } = conduct;
  if (dead) requireSameFiles(dead, opening);
  const logInAhead = () => {
    conduct.begun();
    if (!dispatcher) for (const { session } of firstHosts(plan, hosts, forks)) session.logInAhead();
  };
  const traces = await tracesFor(environment);
  const record = (directory: string, by: Signer) =>
    dead
      ? RunRecord.resume(directory, by, resumingOf(dead, operatorOf(environment)))
      : RunRecord.open(directory, by, opening, logInAhead);
  const open = signer && (await openRecord(config.record, signer, opening, record).catch(hangUp(hosts)));
  const summary = collectView({ clock: Date.now });
  const audience = conduct.begin();
  const show = (event: Event) => {
    summary.event(event);
    traces?.event(event);
    audience.show(event);
  };
  const kept = open && new KeptRecord(open.record, { halt: interrupts.halt, show });
  const emit: Emit = async (event) => {
    const redacted = redactor.event(event);
    if (kept) await kept.emit(redacted);
    else show(redacted);
    conduct.begun();
  };
  let closing: readonly string[] | undefined;
  try {
    const result = await run(plan, hosts, {
      diff: options.diff,
      registry,
      sources,
      emit,
      ask: audience.questions?.ask,
      step: options.step ? audience.questions?.step : undefined,
      witness: open === undefined || options.check ? undefined : witnessLine(open.record.opened),
      stop: interrupts.stop,
      forks,
      dispatcher,
      resumed: dead && open && resumptionOf(open.record, operatorOf(environment), [summary, audience]),
    });
    if (open) {
      const sealing = { ...open, opening, summary: summary.summary, result, read: project.read };
      closing = await kept?.end(() => seal(sealing, environment));
    }
    return { id: plan.id, result, kept };
  } finally {
    const [missing] = await Promise.all([
      traces?.close(),
      audience.close([...(signer?.notices ?? []), ...(closing ?? [])]),
    ]);
    reportProblems(
      [kept?.problem, missing].filter((problem) => problem !== undefined),
      environment,
    );
  }
}

/** Those that a run begins with, as many as may be at work at a time. */
function firstHosts(plan: RunPlan, states: HostStates, forks: number): readonly HostState[] {
  const hostsOf = (play: Play) => plan.hosts.get(play) ?? [];
  const first = playsOf(plan).find((play) => hostsOf(play).length > 0);
  const [batch = []] = first ? batchesOf(hostsOf(first), plan.paces.get(first)?.sizes ?? []) : [];
  return batch.slice(0, forks).flatMap((name) => states.get(name) ?? []);
}

/** Ends the logins that were begun, and throws what went wrong. */
function hangUp(hosts: HostStates): (error: unknown) => Promise<never> {
  return async (error) => {
    await Promise.allSettled(hosts.everyone().map(({ session }) => session.close()));
    throw error;
  };
}

/** Opens the record, and looks in it for what the last dry run predicted. */
async function openRecord(
  directory: string,
  signer: Signer,
  opening: RunOpening,
  open: (directory: string, signer: Signer) => Promise<RunRecord>,
) {
  const prediction = opening.check ? undefined : await foreseen(directory, opening);
  const record = await recording(directory, async () => {
    await requireRoom(directory);
    return open(directory, signer);
  });
  return { signer, record, prediction };
}
