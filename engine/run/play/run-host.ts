// One host through one play: its login, what it does there, and how it goes on after a failure.
import { ProblemError } from '../../language/problem/problem.ts';
import type { HostState } from '../host/state.ts';
import { Interrupted } from '../session/interrupted.ts';
import { giveBack, giveUp, logIn } from '../task/login.ts';
import type { PlayServices } from '../together/services.ts';
import { HostPlay } from './host.ts';

/** `untouched`: the play never began there. `stopped`: it was in the middle of it. */
export type HostOutcome = 'done' | 'stopped' | 'untouched';

/** Brings a host through a play, whatever comes. Never throws for what the host does. */
export async function runHost(host: HostState, services: PlayServices): Promise<HostOutcome> {
  const { forks, stop } = services;
  await forks.enter();
  try {
    if (stop.aborted || services.playEnd.isStopped()) return 'untouched';
    // Another play may want another user or transport.
    if ((await host.session.retarget(host.reach(services.play))) || (await giveBack(host, services))) host.life.close();
    if (!host.life.isOpen && !(await logIn(host, services))) {
      services.playEnd.failed(host.name);
      return 'done';
    }
    if (services.playEnd.isStopped()) return 'untouched';
    services.events.note(services.play, host.name, { of: 'play begun' });
    const reconnect = async () => {
      await host.session.reset();
      host.reader.forgetAll();
      await host.session.start();
    };
    const end = await new HostPlay(host, services, reconnect).run();
    if (end === 'failed' || end === 'unreachable') host.life.leave();
    return end === 'stopped' ? end : 'done';
  } catch (error) {
    // After the second Ctrl-C whatever was under way breaks off.
    if (error instanceof Interrupted || stop.aborted) return 'done';
    const [problem] = error instanceof ProblemError ? error.problems : [];
    if (!problem) throw error;
    services.playEnd.failed(host.name);
    await giveUp(host, services, problem);
    return 'done';
  } finally {
    services.together.leave(host.name);
    if (services.isLast(services.play, host.name)) await release(host);
    forks.leave();
  }
}

/** Of a thousand hosts those that are done with would be a thousand connections, here and there, and all that was read. */
function release({ session, reader }: HostState): Promise<void> {
  reader.clear();
  return session.close();
}
