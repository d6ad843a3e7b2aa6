// `vrun worker permissions`: what the broker has to allow whom, to be put into its configuration.
import { isPublicNkey } from '../../dispatch/enrolment/nkey.ts';
import { authorization } from '../../dispatch/enrolment/permissions.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Environment } from '../shared/environment.ts';
import { coordinatorKey } from './keys.ts';
import { workersFile } from './list.ts';

/** Prints the block. `coordinator` is a public NKey; without one, this machine's. @throws ProblemError */
export async function printPermissions(coordinator: string | undefined, environment: Environment): Promise<void> {
  const { workers, shown } = await workersFile(environment);
  const key = coordinator ?? (await coordinatorKey(environment));
  if (!(await isPublicNkey(key))) {
    const hint = 'It begins with U: what ‹vrun worker coordinator› prints on the machine that starts runs.';
    fail({ code: 'usage', summary: '--coordinator is no public NKey of a user', hint });
  }
  const same = workers.find(({ nats }) => nats === key);
  if (same !== undefined) {
    const hint = 'A worker may not do what a coordinator may: make a key with ‹vrun worker coordinator›.';
    fail({ code: 'enrolment', summary: `The coordinator has the key of the worker ‹${same.name}›`, hint, at: same.at });
  }
  environment.stdout.write(authorization(workers, key));
  if (workers.length === 0) environment.stderr.write(`${shown} lists no workers: only the coordinator may log in.\n`);
}
