// How often a login is tried, and how long: the same for a host and for a jump host before it.
import pRetry from 'p-retry';
import { bearingOf, ProblemError } from '../../language/problem/problem.ts';
import type { Login } from './channel.ts';
import type { Target } from './connection.ts';
import { type Deadline, inTime } from './deadline.ts';
import type { Tempo } from './tempo.ts';

/** Retries of what may be over at once, and the longest pause between those of a host that is only busy, in ms. */
const RETRIES = 2;
const LONGEST_PAUSE = 2000;

/**
 * Logs in within the target's time. What is unreachable is tried three times, a host that is too busy to let us in for all
 * of the time; a refused login or a wrong host key never is tried again.
 * @throws ProblemError of the last try; the signal's reason when aborted
 */
export function logInByTries<L extends Login>(
  target: Target,
  { signal, tempo }: { readonly signal: AbortSignal; readonly tempo: Tempo },
  logIn: (deadline: Deadline) => Promise<L>,
): Promise<L> {
  const work = (deadline: Deadline): Promise<L> => tries(deadline, tempo, logIn);
  return inTime(target, { signal, tempo }, work, (late) => void late.close());
}

async function tries<L>(deadline: Deadline, tempo: Tempo, logIn: (deadline: Deadline) => Promise<L>): Promise<L> {
  return pRetry(
    async () => {
      const began = deadline.spent;
      deadline.lastWord = undefined;
      const login = await logIn(deadline);
      tempo.add((deadline.spent - began) / 1000);
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
