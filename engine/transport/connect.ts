// One door to every transport.
import { setMaxListeners } from 'node:events';
import pRetry from 'p-retry';
import type { Transport } from '../base/transports.ts';
import { bearingOf, ProblemError } from '../language/problem/problem.ts';
import type { Login } from './channel/channel.ts';
import type { Connection, Target } from './channel/connection.ts';
import { type Deadline, inTime } from './channel/deadline.ts';
import { HostConnection } from './host-connection.ts';
import { loginLocally } from './local.ts';
import { loginByOpenssh } from './openssh/openssh.ts';
import type { ConnectContext } from './ssh/context.ts';
import { loginBySsh } from './ssh/ssh.ts';

/** How each transport logs in. */
const LOGINS: {
  readonly [name in Transport]: (target: Target, context: ConnectContext, deadline: Deadline) => Promise<Login>;
} = {
  ssh: loginBySsh,
  openssh: loginByOpenssh,
  local: async (_, context) => loginLocally(context),
};

/** Retries of what may be over at once, and the longest pause between those of a host that is only busy, in ms. */
const RETRIES = 2;
const LONGEST_PAUSE = 2000;

/**
 * Connects to a target by its transport and logs in. An unreachable host is tried three times within the target's
 * time, one that is too busy to let us in for all of it; a refused login or a wrong host key never is.
 * @throws ProblemError `unreachable`, `host-key-*`, `auth-failed`, `config`; the signal's reason when aborted
 */
export async function connect(target: Target, context: ConnectContext, signal: AbortSignal): Promise<Connection> {
  setMaxListeners(0, signal); // one signal ends a whole run: every host listens to it, and warnings help nobody
  if (target.transport === 'local') return new HostConnection(loginLocally(context), target);
  const { tempo } = context.cache;
  const login = await inTime(target, { signal, tempo }, (deadline) => logIn(target, context, deadline), drop);
  return new HostConnection(login, target, tempo);
}

async function logIn(target: Target, context: ConnectContext, deadline: Deadline): Promise<Login> {
  const { tempo } = context.cache;
  const byTransport = LOGINS[target.transport];
  return pRetry(
    async () => {
      const began = performance.now();
      deadline.lastWord = undefined;
      const login = await byTransport(target, context, deadline);
      tempo.add((performance.now() - began) / 1000);
      return login;
    },
    {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 400,
      maxTimeout: LONGEST_PAUSE,
      randomize: true, // hosts that are one machine had better not come back all at once
      signal: deadline.signal,
      shouldRetry: ({ error, attemptNumber }) => {
        if (error instanceof ProblemError) deadline.lastWord = error;
        return !deadline.signal.aborted && isWorthRetrying(error, attemptNumber);
      },
    },
  );
}

/** Whether another try is worth it after `tries`, by what kind of problem it was. */
export function isWorthRetrying(error: unknown, tries: number): boolean {
  const [problem] = error instanceof ProblemError ? error.problems : [];
  if (problem === undefined || problem.retry === 'never' || !bearingOf(problem).again) return false;
  return problem.retry === 'patiently' || tries <= RETRIES;
}

function drop(login: Login): void {
  void login.close();
}
