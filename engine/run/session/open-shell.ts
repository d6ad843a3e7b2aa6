// Opening a shell on a host: what it must answer before anything is done there, above all whether the host is free.
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Problem } from '../../language/problem/problem.ts';
import type { Answer, Connection, Shell } from '../../transport/channel/connection.ts';
import { guardScript, isHeldBy, type LockHolder, lockScript, unlockScript } from './host-lock.ts';
import { STATE } from './notes.ts';
import { type Hello, helloScript, parseHello } from './opening.ts';

/** How often a lock is asked for again, once a second, whose run has lost its connection and is about to be done. */
const ORPHAN_TRIES = 8;

/**
 * Seconds that what an earlier worker of this run had sent to the host is waited for, and between two questions in the end.
 * Nobody may be there to stop a step whose time is over; it may be an upgrade of the whole host.
 */
const AWAITED_SECONDS = 3600;
const AWAITED_PAUSE = 5;

/** Seconds that the lock alone may take to answer. */
const LOCK_SECONDS = 15;

export interface Asking {
  readonly root: boolean;
  readonly facts: Iterable<string>;
  /** Undefined where the lock isn't to be taken. */
  readonly lock: LockHolder | undefined;
  readonly signal: AbortSignal;
}

/**
 * Opens the shell and asks.
 * @throws ProblemError also when lock or notes weren't answered: nobody goes on without them
 */
export async function openShell(
  connection: Connection,
  { root, facts, lock, signal }: Asking,
): Promise<{ readonly shell: Shell; readonly hello: Hello }> {
  const login = connection.user;
  const script = helloScript({ facts, lock, login }).text;
  const atExit = lock ? { atExit: unlockScript(lock).text } : {};
  const { shell, hello: answer } = await connection.openShell({ root, hello: script, ...atExit, signal });
  let hello = readHello(answer);
  const again = lock && { script: `${STATE.text}\n${lockScript(lock, login).text}`, timeout: LOCK_SECONDS };
  const begun = performance.now();
  for (let tries = 0; again && isToBeAskedAgain(hello, lock, tries, (performance.now() - begun) / 1000); tries += 1) {
    const pause = hello.lock.state === 'awaited' && tries >= ORPHAN_TRIES ? AWAITED_PAUSE : 1;
    await sleep(pause * 1000, undefined, { signal });
    for await (const told of shell.send([again], signal)) hello = { ...hello, lock: readHello(told).lock };
  }
  if (!hello.answered || (lock && hello.lock.state === 'none')) fail(unanswered(answer));
  if (answer.timedOut || answer.truncated) fail(incomplete(answer));
  const { state, detail } = hello.lock;
  if (state === 'fenced') fail(fenced(detail));
  if (state === 'awaited') fail(stillAtWork(detail));
  if (state === 'held') fail(locked(detail));
  if (state === 'orphaned') fail(locked(`${detail} (its connection is gone, but what it had sent last still runs)`));
  if (state === 'refused') fail(noLock(detail));
  const guard = lock && guardScript(lock, login);
  if (guard) shell.guard(guard.text);
  return { shell, hello };
}

/** Whoever holds it has lost its connection: as the host sees it, or since it is the same run in a process that is gone. */
function isAboutToEnd({ lock: { state, detail } }: Hello, { earlier = [] }: LockHolder): boolean {
  return state === 'orphaned' || (state === 'held' && isHeldBy(earlier, detail));
}

function isToBeAskedAgain(hello: Hello, lock: LockHolder, tries: number, seconds: number): boolean {
  return hello.lock.state === 'awaited' ? seconds < AWAITED_SECONDS : tries < ORPHAN_TRIES && isAboutToEnd(hello, lock);
}

function readHello({ stdout }: Answer): Hello {
  return parseHello(Buffer.from(stdout).toString('utf8'));
}

function unanswered({ timedOut, stderr }: Answer) {
  const said = Buffer.from(stderr).toString('utf8').trim().slice(-500);
  return {
    code: timedOut ? 'timed-out' : 'step-failed',
    summary: 'the host didn’t say whether it is free',
    detail: `vrun asks first for the host's lock and for what an earlier run has left to do, and got no whole answer${timedOut ? ' in time' : ''}.${said === '' ? '' : `\nIt said: ${said}`}`,
    hint: 'Look at /run/vrun.lock and /var/lib/vrun there, without root at ~/.local/state/vrun.',
  } as const;
}

function incomplete({ timedOut }: Answer) {
  return {
    code: timedOut ? 'timed-out' : 'step-failed',
    summary: 'the facts of the host couldn’t be read',
    detail: timedOut ? 'They were not told in time.' : 'They are more than 1 MiB.',
    hint: 'Look at what a fact asks there: name services, /etc/vrun/facts.d.',
  } as const;
}

function noLock(path: string) {
  return {
    code: 'step-failed',
    summary: 'the host’s lock can’t be taken',
    detail: `The directory ${path} can’t be made, so nothing would keep another run away.`,
    hint: 'Look at the free space and the permissions there. Without root the lock is in the home directory of the login user, who has to be able to write there.',
  } as const;
}

function locked(detail: string) {
  return {
    code: 'locked',
    summary: 'another run is at work on this host',
    detail: `The host's lock is held by ${detail}.`,
    hint: 'Wait for that run to end. A lock whose run has died is taken over by itself.',
  } as const;
}

function stillAtWork(detail: string): Problem {
  return {
    code: 'locked',
    summary: 'another worker of this run is still at work on this host',
    detail: `What it had sent runs there since more than ${AWAITED_SECONDS / 60} minutes: it is ${detail}. Nothing was changed by this worker.`,
    hint: 'Look at what runs there below that worker’s shell (the host’s lock names it: /run/vrun.lock, without root below ~/.local/state/vrun), and end it if it hangs. Then run again.',
  };
}

/** Said to a worker that has come too late, before anything of its own is done. `epoch` is the other’s. */
function fenced(epoch: string): Problem {
  return {
    code: 'fenced',
    summary: 'another worker has this host now',
    detail: `It came later, with epoch ${epoch}, since this one was thought to be gone. Nothing was changed by this one.`,
    hint: FENCED_HINT,
  };
}

/**
 * The answers to a message.
 * @throws ProblemError `fenced` where the host has refused any of it, since the lock isn't this worker's any more
 */
export function unlessFenced(answers: readonly Answer[]): Answer[] {
  if (!answers.some(({ refused }) => refused)) return [...answers];
  const ran = answers.some(({ refused, skipped }) => !refused && !skipped);
  return fail({
    code: 'fenced',
    summary: 'another worker has this host now',
    detail: `The host's lock isn't this worker's any more, so the host ran ${ran ? 'only a part' : 'nothing'} of what it was sent.`,
    hint: FENCED_HINT,
  });
}

const FENCED_HINT = 'There is nothing to do: the other worker brings the host to its end.';
