// `--dispatch`: this process as the coordinator of a run whose hosts workers reach.
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Bundle, BundledFile } from '../../dispatch/bundle/bundle.ts';
import { gather } from '../../dispatch/bundle/gather.ts';
import type { Coordinator } from '../../dispatch/coordinator/coordinate.ts';
import { regionOf } from '../../dispatch/enrolment/region.ts';
import { readWorkersFile } from '../../dispatch/enrolment/workers-file.ts';
import type { Operator } from '../../dispatch/seal/commission.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { HostStates } from '../../run/host/hosts.ts';
import type { HostState } from '../../run/host/state.ts';
import type { RunPlan } from '../../run/plan/run-plan.ts';
import type { Attended } from '../../run/together/services.ts';
import type { Environment } from '../shared/environment.ts';
import type { Interrupts } from '../shared/interrupts.ts';
import { refuse, reportProblems } from '../shared/problems.ts';
import { coordinatorSeed, reachBroker } from '../shared/reach-broker.ts';
import type { LoadedRun } from './load-run.ts';
import type { RunOptions } from './options.ts';

/** Directories that hold what a task's source may turn out to be, once its host is known. */
const SOUGHT = ['files', 'templates', 'vars'];

export interface Dispatching {
  readonly plan: RunPlan;
  readonly gathered: LoadedRun;
  readonly options: RunOptions & { readonly dispatch: string };
  readonly hosts: HostStates;
  readonly attended: Attended;
  readonly password: Secret | undefined;
  readonly environment: Environment;
  readonly interrupts: Pick<Interrupts, 'stop' | 'halt'>;
  /** Who signs the record, too. */
  readonly signer: Operator;
}

/**
 * Sets up all that the run's workers need: nothing is begun on any host. Resolves with what dispatches the run, and what ends it.
 * @throws ProblemError where the broker is away or not fit, or a region has no worker
 */
export async function coordinate(dispatching: Dispatching): Promise<Pick<Coordinator, 'dispatcher' | 'end'>> {
  const { plan, gathered, options, hosts, environment, interrupts } = dispatching;
  const { workers } = await readWorkersFile(gathered.project.config.workers, environment.cwd);
  const remote = [...hosts.values()].filter(({ session }) => session.target.transport !== 'local');
  const regions = regionsOf(remote, environment);
  const seed = await coordinatorSeed(environment);
  const name = `vrun ${plan.id}`;
  const broker = await reachBroker(options, { name, seed }, environment, interrupts.stop);
  try {
    const paths = await pathsOf(gathered, environment);
    const { Coordinator } = await import('../../dispatch/coordinator/coordinate.ts');
    const coordinator = await Coordinator.begin(broker, {
      plan,
      regionOf: ({ name: host }) => regions.get(host),
      regions: [...new Set(regions.values())],
      workers,
      replicas: 1,
      operator: dispatching.signer,
      gather: (keep) => gather(paths, keep),
      bundle: (files) => bundleOf(dispatching, files),
      stop: interrupts.stop,
      halt: interrupts.halt,
      warn: ({ problems }) => reportProblems(problems, environment),
    });
    const end = async () => {
      await coordinator.end();
      await broker.close();
    };
    return { dispatcher: coordinator.dispatcher, end };
  } catch (error) {
    await broker.close();
    throw error;
  }
}

function regionsOf(hosts: readonly HostState[], environment: Environment): ReadonlyMap<string, string> {
  const problems: Problem[] = [];
  const regions = new Map<string, string>();
  for (const { name, variables } of hosts) {
    const region = regionOf(variables.host, variables.connectionScope(undefined), problems);
    if (region !== undefined) regions.set(name, region);
  }
  refuse(problems, environment);
  return regions;
}

/** Every file that decided the run so far, the project's host keys, and where else sources are sought. */
async function pathsOf({ project, runbooks, sources }: LoadedRun, { cwd }: Environment): Promise<readonly string[]> {
  const { config, read } = project;
  const beside = runbooks.map(({ file }) => sources.directoryOf(file));
  const sought = [...beside, ...beside.map(dirname), config.root].flatMap((directory) =>
    SOUGHT.map((name) => join(directory, name)),
  );
  const wanted = [...sought, ...config.knownHosts, ...(config.modules === undefined ? [] : [config.modules])];
  const there = await Promise.all(wanted.map(isThere));
  return [...read.paths, ...read.printed.keys(), ...wanted.filter((_, index) => there[index])].map((path) =>
    resolve(cwd, path),
  );
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function bundleOf(
  { plan, gathered, options, attended, password, environment }: Dispatching,
  files: readonly BundledFile[],
): Bundle<RunOptions> {
  const { id, check, operator, version, started } = plan;
  const { unsealed, read } = gathered.project;
  const base64 = (outputs: readonly Uint8Array[]) => outputs.map((bytes) => Buffer.from(bytes).toString('base64'));
  return {
    version,
    run: { id, check, diff: options.diff },
    operator,
    started: started.getTime(),
    controller: environment.machine,
    home: environment.home,
    cwd: environment.cwd,
    runbooks: gathered.runbooks.map(({ file }) => file),
    options,
    attended,
    password,
    secrets: unsealed,
    printed: new Map([...read.printed].map(([path, outputs]) => [path, base64(outputs)])),
    files,
  };
}
