// Where the keys of dispatched runs lie on a machine, outside of every project: a worker's, and its coordinator's.
import { join } from 'node:path';
import type { Environment } from './environment.ts';

/** The directory of this machine's worker, unless another one is given. */
export function workerDirectory(environment: Environment): string {
  return join(configDirectory(environment), 'worker');
}

/** The path as help shows it. */
export function shownWorkerDirectory(environment: Environment): string {
  return workerDirectory(environment).replace(`${environment.home}/`, '~/');
}

/** The seed by which the runs of this machine log in to the broker. */
export function coordinatorSeedFile(environment: Environment): string {
  return join(configDirectory(environment), 'coordinator.seed');
}

function configDirectory({ home, variables }: Environment): string {
  return join(variables.XDG_CONFIG_HOME || join(home, '.config'), 'vrun');
}
