// Logging in to a host: connecting, opening its shells, and what that tells.
import { type Problem, ProblemError } from '../language/problem.ts';
import type { Play } from '../language/runbook.ts';
import { mainTasks } from '../language/task-tree.ts';
import type { Dynamic } from '../language/value.ts';
import { factsValue } from './facts.ts';
import type { HostState } from './host-state.ts';
import { isUnreachable } from './outcome.ts';
import { happen, type PlayServices } from './play-services.ts';
import { failureOf } from './report-task.ts';
import type { Place, Welcome } from './session.ts';

/** Logs in, or reports why it can't; true when the host can go on. Facts that were asked for are learned. */
export async function logIn(host: HostState, services: PlayServices, facts: ReadonlySet<string>): Promise<boolean> {
  const started = performance.now();
  try {
    const welcome = await host.session.start(placesOf(host, services));
    host.started = true;
    host.variables.facts = factsValue(welcome.hello, facts);
    host.notes = welcome.notes.filter((note) => services.runbookKeys.has(note.runbook));
    await greet(host, services, welcome, performance.now() - started);
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [problem] = error.problems;
    if (!problem) throw error;
    await giveUp(host, services, problem);
    return false;
  }
}

/** A failure of the host itself, not of one of its tasks: it is out. */
export async function giveUp(host: HostState, services: PlayServices, problem: Problem): Promise<void> {
  const unreachable = isUnreachable(problem) || (!host.started && problem.code === 'timed-out');
  host.out = true;
  host.tally.add(unreachable ? 'unreachable' : 'failed');
  await happen(services, { type: 'host.failed', host: host.name, unreachable, failure: failureOf(problem) });
}

async function greet(host: HostState, services: PlayServices, welcome: Welcome, ms: number): Promise<void> {
  const { hello, hostKey, user } = welcome;
  await happen(services, {
    type: 'host.connected',
    host: host.name,
    address: host.session.target.address,
    user,
    hostKey: hostKey ?? null,
    witness: hello.witness.length > 0 ? hello.witness.join('\n') : null,
    ms: Math.round(ms),
  });
  for (const { file, why } of hello.local.refused) {
    const summary = `‹${file}› is no fact of the host`;
    await happen(services, {
      type: 'warning',
      host: host.name,
      problem: { code: 'bad-value', summary, detail: `It is left out, since ${why}.` },
    });
  }
  const handlers = [...new Set(host.notes.map(({ handler }) => handler))];
  const staleLock = hello.lock.state === 'stale' ? hello.lock.detail : null;
  if (handlers.length === 0 && staleLock === null) return;
  await happen(services, { type: 'host.recovered', host: host.name, handlers, staleLock });
}

/**
 * The shells to open at once: those that the play's tasks will surely need. What `become` says can be a template; then
 * the shell is opened when it is first needed.
 */
function placesOf({ become }: HostState, { play }: PlayServices): readonly Place[] {
  const users = new Set<string | undefined>();
  const fallback = literal(play.become) ?? become.on;
  for (const task of [...mainTasks(play.tasks), ...play.handlers]) {
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
