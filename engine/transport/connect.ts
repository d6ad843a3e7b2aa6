// One door to every transport.
import { setMaxListeners } from 'node:events';
import pRetry from 'p-retry';
import { ProblemError } from '../language/problem.ts';
import type { Connection, Target } from './connection.ts';
import type { ConnectContext } from './context.ts';
import { Deadline } from './deadline.ts';
import { loginLocally } from './local.ts';
import { loginByOpenssh } from './openssh.ts';
import { Session } from './session.ts';
import { loginBySsh } from './ssh.ts';

/**
 * Connects to a target by its transport and logs in. An unreachable host is tried three times within the target's
 * time; a refused login or a wrong host key never is.
 * @throws ProblemError `unreachable`, `host-key-*`, `auth-failed`, `config`; the signal's reason when aborted
 */
export async function connect(target: Target, context: ConnectContext, signal: AbortSignal): Promise<Connection> {
  setMaxListeners(0, signal); // one signal ends a whole run: every host listens to it, and warnings help nobody
  if (target.transport === 'local') return new Session(loginLocally(context), target);
  const logIn = target.transport === 'openssh' ? loginByOpenssh : loginBySsh;
  const deadline = new Deadline(target.connectTimeout, signal);
  try {
    const login = await pRetry(() => logIn(target, context, deadline.signal), {
      retries: 2,
      minTimeout: 400,
      signal: deadline.signal,
      shouldRetry: ({ error }) => !deadline.signal.aborted && isWorthRetrying(error),
    });
    return new Session(login, target);
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.passed || error instanceof ProblemError) throw error;
    throw new ProblemError([
      {
        code: 'unreachable',
        summary: `${target.name} did not answer in time`,
        detail: `No login at ${target.address}${target.port === undefined ? '' : `:${target.port}`} within ${target.connectTimeout} s.`,
      },
    ]);
  } finally {
    deadline.clear();
  }
}

function isWorthRetrying(error: Error): boolean {
  const [problem] = error instanceof ProblemError ? error.problems : [];
  return (
    problem?.code === 'unreachable' && !problem.summary.includes('resolved') && !problem.summary.includes('algorithm')
  );
}
