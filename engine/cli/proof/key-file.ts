// Where the key that signs builds lies.
import { join } from 'node:path';
import type { Environment } from '../shared/environment.ts';

/** Its path, unless another one is given. */
export function proofKeyFile({ home, variables }: Environment): string {
  return join(variables.XDG_CONFIG_HOME || join(home, '.config'), 'vrun', 'proof-key');
}

/** The path as help shows it. */
export function shownKeyFile(environment: Environment): string {
  return proofKeyFile(environment).replace(`${environment.home}/`, '~/');
}
