// Logging in to a host: connecting, opening its shells, and what that tells.

import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { bearingOf, type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import { mainTasks } from '../../language/runbook/task-tree.ts';
import type { HostState } from '../host/state.ts';
import type { ActsAs } from '../list/acting-as.ts';
import { factsValue } from '../session/facts.ts';
import { takeAway } from '../session/leftovers.ts';
import { FQDN_SECONDS } from '../session/opening.ts';
import type { Welcome } from '../session/session.ts';
import type { PlayServices } from '../together/services.ts';
import { ownFrame } from './parts.ts';
import { failureOf } from './report.ts';

/**
 * Logs in, or reports why it can't; true when the host can go on. Facts that were asked for are learned. Where a task of
 * the play says `ignore_unreachable`, the host goes on unreached: each task that needs it tries again.
 */
export async function logIn(host: HostState, services: PlayServices): Promise<boolean> {
  try {
    await logInAtLast(host, services);
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [problem] = error.problems;
    if (!problem) throw error;
    if (isAway(host, problem) && mainTasks(services.play.tasks).some(({ ignoreUnreachable }) => ignoreUnreachable)) {
      host.life.stayAway(problem);
      return true;
    }
    await giveUp(host, services, problem);
    return false;
  }
}

/** Logs in where a task needs it and the login of the play was in vain. @throws ProblemError when it still is */
export function logInAtLast(host: HostState, services: PlayServices): Promise<void> {
  return open(host, services, { lent: false, places: placesOf(host, services) });
}

/**
 * Logs in where a task is delegated to, unless somebody is logged in there.
 * @throws ProblemError which says that it is the delegate that can't be reached
 */
export async function logInToDelegate(delegate: HostState, services: PlayServices, place: ActsAs): Promise<void> {
  try {
    await open(delegate, services, { lent: true, places: [place] });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const told = `The task is delegated to ‹${delegate.name}›, which it can't do without.`;
    throw new ProblemError(
      error.problems.map((problem) => ({
        ...problem,
        detail: problem.detail === undefined ? told : `${problem.detail}\n${told}`,
      })),
    );
  }
}

/**
 * A host that was only lent to tasks of others is logged in to again for its own: its notes lie with shells that may not
 * have been opened yet. True when it has to be.
 */
export async function giveBack(host: HostState, services: PlayServices): Promise<boolean> {
  if (!(await host.life.isLent())) return false;
  // A task that is delegated to it meanwhile may be the first to log in again.
  host.session.expect(placesOf(host, services));
  await host.session.reset();
  return true;
}

function open(
  host: HostState,
  services: PlayServices,
  { lent, places }: { readonly lent: boolean; readonly places: readonly ActsAs[] },
): Promise<void> {
  const began = performance.now();
  return host.life.open(
    lent,
    () => host.session.start(places),
    async (welcome) => {
      host.variables.facts = factsValue(welcome.hello, services.run.facts);
      host.notes = welcome.notes.filter((note) => services.run.runbookKeys.has(note.runbook));
      await greet(host, services, welcome, performance.now() - began);
      await tidyUp(host, services, welcome);
    },
  );
}

/** A failure of the host itself, not of one of its tasks: it is out. */
export async function giveUp(host: HostState, services: PlayServices, problem: Problem): Promise<void> {
  const unreachable = isAway(host, problem);
  host.life.leave();
  await services.events.happen({ type: 'host.failed', host: host.name, unreachable, failure: failureOf(problem) });
}

/** True when the problem means that the host was not reached. */
function isAway({ life }: HostState, problem: Problem): boolean {
  return bearingOf(problem).away === true || (!life.isOpen && problem.code === 'timed-out');
}

async function greet(host: HostState, services: PlayServices, welcome: Welcome, ms: number): Promise<void> {
  const { hello, hostKey, user } = welcome;
  const ofRun = services.delegates.has(host.name);
  await services.events.happen({
    type: 'host.connected',
    host: host.name,
    address: host.session.target.address,
    user,
    hostKey: hostKey ?? null,
    witness: hello.witness.length > 0 ? hello.witness.join('\n') : null,
    ...(ofRun ? {} : { delegate: true }),
    ms: Math.round(ms),
  });
  for (const { file, why } of hello.local.refused) {
    const summary = `‹${file}› is no fact of the host`;
    await services.events.happen({
      type: 'warning',
      host: host.name,
      problem: { code: 'bad-value', summary, detail: `It is left out, since ${why}.` },
    });
  }
  for (const fact of hello.unsure) {
    await services.events.happen({
      type: 'warning',
      host: host.name,
      problem: {
        code: 'bad-value',
        summary: `‹facts.${fact}› is only the host's own name`,
        detail: `The name server that the host asks for the full one gave no answer within ${FQDN_SECONDS} s.`,
      },
    });
  }
  const handlers = [...new Set(host.notes.map(({ handler }) => handler))];
  const staleLock = hello.lock.state === 'stale' ? hello.lock.detail : null;
  // Handlers run where their play runs.
  if (!ofRun || (handlers.length === 0 && staleLock === null)) return;
  await services.events.happen({ type: 'host.recovered', host: host.name, handlers, staleLock });
}

/** Removes what runs that died in the middle of a write have left beside its target. */
async function tidyUp(host: HostState, services: PlayServices, { left }: Welcome): Promise<void> {
  if (services.run.check) return;
  const shells = new Set(left.flatMap(({ run, shell }) => (run === services.run.id ? [] : [shell])));
  for (const shell of shells) {
    const frame = ownFrame(takeAway(services.run.id).text, { accept: 'any' });
    const [answer] = await host.session.send(shell, [frame]);
    const removed = Buffer.from(answer?.stdout ?? '')
      .toString('utf8')
      .trim();
    if (removed === '') continue;
    const summary = 'an earlier run had left files behind';
    const detail = `It died in the middle of a write. They were removed:\n${removed}`;
    await services.events.happen({
      type: 'warning',
      host: host.name,
      problem: { code: 'interrupted', summary, detail },
    });
  }
}

/**
 * The shells to open at once: those that the play's tasks will surely need. What `become` says can be a template; then
 * the shell is opened when it is first needed.
 */
function placesOf({ become }: HostState, { play }: PlayServices): readonly ActsAs[] {
  const users = new Set<string | undefined>();
  const fallback = literal(play.become) ?? become.on;
  for (const task of mainTasks([...play.tasks, ...play.handlers])) {
    const on = task.become === undefined ? fallback : literal(task.become);
    if (on !== undefined) users.add(on ? become.user : undefined);
  }
  // Root's first: it can always take the lock, and read every note.
  return [...users]
    .sort((one, other) => Number(one === undefined) - Number(other === undefined))
    .map((user) => ({ on: 'host', user }));
}

function literal(dynamic: Dynamic | undefined): boolean | undefined {
  return dynamic?.kind === 'literal' && typeof dynamic.value === 'boolean' ? dynamic.value : undefined;
}

/** The tasks that a host comes to when nothing fails: for a progress figure. */
export function countTasks(play: Play): number {
  return mainTasks(play.tasks).length;
}
