// A run that is read, with its hosts: how each is reached, none of them connected to yet.
import type { Redactor } from '../../event/redact.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import { type HostStates, hostStates } from '../../run/host/hosts.ts';
import type { RunPlan } from '../../run/plan/run-plan.ts';
import { connect } from '../../transport/connect.ts';
import type { ConnectContext } from '../../transport/ssh/context.ts';
import type { Environment } from '../shared/environment.ts';
import type { Interrupts } from '../shared/interrupts.ts';
import { isError, refuse, reportProblems } from '../shared/problems.ts';
import { reachOf } from '../shared/reach.ts';
import type { LoadedRun } from './load-run.ts';
import type { RunOptions } from './options.ts';

/** How hosts are reached, and what that depends on. */
export interface Reaching {
  readonly environment: Environment;
  readonly interrupts: Pick<Interrupts, 'stop' | 'abort'>;
  /** Of sudo, with -K. */
  readonly password: Secret | undefined;
  readonly context: ConnectContext;
  readonly hide: (secret: Secret) => void;
}

/** What takes a secret out of all that is shown; of one that is too short for that everywhere a person is told once. */
export function hiding(redactor: Redactor, environment: Environment): (secret: Secret) => void {
  const told = new Set<string>();
  return (secret) => {
    if (redactor.add(secret) !== 'word' || told.has(secret.name)) return;
    told.add(secret.name);
    reportProblems([shortSecret(secret)], environment);
  };
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

/** The run by its identity, with what was read for it. */
export function planOf({ runbooks, inventory, prepared }: LoadedRun, identity: Identity): RunPlan {
  const { hosts, extra, paces, files, facts } = prepared;
  return { ...identity, runbooks, inventory, hosts, extra, paces, files, facts };
}

export type Identity = Pick<RunPlan, 'id' | 'check' | 'operator' | 'version' | 'started' | 'given' | 'part'>;

/** The hosts, none of them connected to yet. @throws ProblemError with all that is wrong in how they are reached */
export function reachHosts(
  plan: RunPlan,
  { project: { config } }: LoadedRun,
  { user, privateKey, become }: RunOptions,
  conduct: Reaching,
): HostStates {
  const { environment, interrupts, password, context, hide } = conduct;
  const problems: Problem[] = [];
  let checked = false;
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
  return hosts;
}
