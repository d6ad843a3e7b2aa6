// `vrun worker --dispatch URL`: this machine takes units of dispatched runs from the broker and brings their hosts through them.
import { join, resolve } from 'node:path';
import type { Broker } from '../../dispatch/broker/broker.ts';
import { readOwnKeys } from '../../dispatch/enrolment/own-keys.ts';
import type { OfferedMetrics } from '../../dispatch/metrics/offer.ts';
import type { Said } from '../../dispatch/worker/context.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import { Semaphore } from '../../run/session/semaphore.ts';
import { AllowedSigners } from '../../signature/allowed-signers.ts';
import { usualForks } from '../run/forks.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { listenToInterrupts } from '../shared/interrupts.ts';
import { reportProblems } from '../shared/problems.ts';
import { type BrokerAddress, reachBroker } from '../shared/reach-broker.ts';
import { VERSION } from '../shared/version.ts';
import { workerDirectory } from '../shared/worker-directory.ts';
import { nameProblem } from './keys.ts';
import { readRun } from './read-run.ts';

/** Units at a time: each waits for its hosts most of the while. */
const SLOTS = 4;

export interface WorkOptions extends BrokerAddress {
  readonly name: string;
  readonly region: string;
  readonly directory?: string;
  readonly forks?: number;
  /** `[HOST:]PORT` of the loopback, where Prometheus may ask. */
  readonly metrics?: string;
}

/** Works until it is told to stop: the first signal lets it finish what it has in hand, the second gives that up. @throws ProblemError */
export async function workAs(options: WorkOptions, environment: Environment): Promise<number> {
  const { name, region, directory, forks } = options;
  const problems = [nameProblem('--name', name), nameProblem('--region', region)].filter((one) => one !== undefined);
  if (problems.length > 0) throw new ProblemError(problems);
  const place = directory === undefined ? workerDirectory(environment) : resolve(environment.cwd, directory);
  const keys = await readOwnKeys(place);
  const operators = await operatorsIn(place);
  const interrupts = listenToInterrupts(environment);
  const { work } = await import('../../dispatch/worker/work.ts');
  let broker: Broker | undefined;
  let offered: OfferedMetrics | undefined;
  const places = new Semaphore(forks ?? usualForks());
  try {
    offered = await offer(options, () => broker);
    if (offered) environment.stdout.write(`${name}: metrics at ${offered.url}\n`);
    broker = await reachBroker(options, { name: `vrun worker ${name}`, seed: keys.seed }, environment, interrupts.stop);
    await work(broker, {
      name,
      region,
      version: VERSION,
      identity: keys.identity,
      operators,
      slots: SLOTS,
      openRun: (bundle, piece, stop) => readRun(bundle, piece, { environment, forks: places, stop }),
      say: (said) => {
        offered?.see(said);
        tell(said, options, environment);
      },
      stop: interrupts.stop,
      abort: interrupts.abort,
    });
    return EXIT.ok;
  } finally {
    offered?.close();
    await broker?.close();
    interrupts.end();
  }
}

/** Offers metrics, where they are asked for; what makes them is loaded only then. @throws ProblemError where the place isn't to be had */
async function offer(
  { name, region, metrics: place }: WorkOptions,
  broker: () => Broker | undefined,
): Promise<OfferedMetrics | undefined> {
  if (place === undefined) return undefined;
  const { offerMetrics } = await import('../../dispatch/metrics/offer.ts');
  return offerMetrics(place, { name, region, version: VERSION, slots: SLOTS, broker });
}

function tell(said: Said, { name, region }: WorkOptions, environment: Environment): void {
  if (said.of === 'host done' || said.of === 'run read') return; // for figures
  if (said.of === 'problem') reportProblems(said.error.problems, environment);
  else environment.stdout.write(`${name}: ${toldOf(said, region)}\n`);
}

function toldOf(said: Exclude<Said, { of: 'problem' | 'host done' | 'run read' }>, region: string): string {
  if (said.of === 'waiting') return `waiting until a run sets up the broker (${said.error.problems[0]?.detail ?? ''})`;
  if (said.of === 'ready') return `ready for work of the region ${region}`;
  const why = said.of === 'given up' ? ` (${said.why})` : '';
  return `${said.of} ${said.run} unit ${said.unit}, ${said.hosts} ${said.hosts === 1 ? 'host' : 'hosts'}${why}`;
}

/** Who may begin runs here, in the form of allowed_signers (ssh-keygen(1)). @throws ProblemError where nobody is listed */
async function operatorsIn(directory: string): Promise<AllowedSigners> {
  const file = join(directory, 'operators');
  const operators = await AllowedSigners.read(file);
  if (operators) return operators;
  return fail({
    code: 'enrolment',
    summary: 'This worker knows nobody who may begin runs',
    detail: `There is no ${file}.`,
    hint: 'Put into it what this prints on the operator’s machine, in the project:\n    vrun worker operator',
  });
}
