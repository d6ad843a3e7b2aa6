// One door to every transport.
import pRetry from 'p-retry';
import { ProblemError } from '../language/problem.ts';
import type { Connection, Target } from './connection.ts';
import type { ConnectContext } from './context.ts';
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
  if (target.transport === 'local') return new Session(loginLocally(), target);
  const logIn = target.transport === 'openssh' ? loginByOpenssh : loginBySsh;
  const deadline = AbortSignal.timeout(target.connectTimeout * 1000);
  const both = AbortSignal.any([signal, deadline]);
  try {
    const login = await pRetry(() => logIn(target, context, both), {
      retries: 2,
      minTimeout: 400,
      signal: both,
      shouldRetry: ({ error }) => !both.aborted && isWorthRetrying(error),
    });
    return new Session(login, target);
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.aborted || error instanceof ProblemError) throw error;
    throw new ProblemError([
      {
        code: 'unreachable',
        summary: `${target.name} did not answer in time`,
        detail: `No login at ${target.address}${target.port === undefined ? '' : `:${target.port}`} within ${target.connectTimeout} s.`,
      },
    ]);
  }
}

function isWorthRetrying(error: Error): boolean {
  const [problem] = error instanceof ProblemError ? error.problems : [];
  return (
    problem?.code === 'unreachable' && !problem.summary.includes('resolved') && !problem.summary.includes('algorithm')
  );
}
