// A host of the harness: a real shell of this machine whose lock and state lie in the host's own directory.
import { mkdirSync } from 'node:fs';
import { ProblemError } from '../../engine/language/problem/problem.ts';
import type { Answer, Connection, Frame, Shell, Target } from '../../engine/transport/channel/connection.ts';
import { HostConnection } from '../../engine/transport/host-connection.ts';
import { loginLocally } from '../../engine/transport/local.ts';

/** One message as it was sent. */
export interface SentMessage {
  readonly host: string;
  readonly shell: 'login' | 'root' | 'controller';
  readonly frames: readonly Frame[];
}

/** What goes wrong with a host's message, numbered from 1 over all its shells and connections. */
export type Fault =
  /** The connection breaks before anything of it arrives, or after all of it was done. */
  | 'lost-before'
  | 'lost-after'
  /** Every probe's answer of it is lost to a time limit. */
  | 'probes-time-out'
  | undefined;

export type Faults = (host: string, message: number, frames: readonly Frame[]) => Fault | Promise<Fault>;

export interface FakeHostOptions {
  /** The host's own directory. */
  readonly directory: string;
  readonly faults: Faults | undefined;
  /** How to log in; by default this machine itself, without a network. */
  readonly dial: (() => Promise<Connection>) | undefined;
  /** Where messages are counted. */
  readonly sent: SentMessage[];
}

/** A connection to the host. Who logs in is `ops`, who is not root: so both shells are there, as on a real host. */
export async function fakeHost(target: Target, options: FakeHostOptions): Promise<Connection> {
  const inner =
    (await options.dial?.()) ?? new HostConnection(loginLocally({ localUser: 'nobody', home: '/' }), target);
  let lost: ProblemError | undefined;
  return {
    hostKey: inner.hostKey,
    user: 'ops',
    closed: inner.closed,
    exec: (command) => inner.exec(command),
    download: (options) => inner.download({ ...options, root: false }),
    hurry: () => inner.hurry(),
    close: () => inner.close(),
    async openShell({ root, hello, atExit, signal }) {
      const own = (script: string) => relocated(script, options.directory, root);
      const name = hello === ':' ? 'controller' : root ? 'root' : 'login';
      // One user serves for both: what sets the two apart here is where they keep their state.
      const opened = await inner.openShell({
        root: false,
        hello: own(hello),
        ...(atExit === undefined ? {} : { atExit: own(atExit) }),
        signal,
      });
      const shell: Shell = {
        get messages() {
          return opened.shell.messages;
        },
        guard: (script) => opened.shell.guard(own(script)),
        close: () => opened.shell.close(),
        async *send(frames, sending, stop) {
          if (lost) throw lost;
          const { sent, faults } = options;
          sent.push({ host: target.name, shell: name, frames });
          const number = sent.filter(({ host }) => host === target.name).length;
          const fault = await faults?.(target.name, number, frames);
          if (fault === 'lost-before') lost = lostConnection();
          if (lost) throw lost;
          const answers: Answer[] = [];
          const scripts = frames.map((frame) => ({ ...frame, script: own(frame.script) }));
          for await (const answer of opened.shell.send(scripts, sending, stop)) answers.push(answer);
          if (fault === 'lost-after') lost = lostConnection();
          if (lost) throw lost;
          for (const [index, answer] of answers.entries()) {
            yield fault === 'probes-time-out' && !frames[index]?.step ? { ...answer, timedOut: true } : answer;
          }
        },
      };
      return { shell, hello: opened.hello };
    },
  };
}

function lostConnection(): ProblemError {
  return new ProblemError([{ code: 'connection-lost', summary: 'The connection was lost', detail: 'On purpose.' }]);
}

/** The host's own lock, and each shell's own state directory. */
function relocated(script: string, directory: string, root: boolean): string {
  mkdirSync(`${directory}/lock`, { recursive: true });
  return script
    .replaceAll('d=/etc/vrun/facts.d', `d=${directory}/facts.d`)
    .replaceAll('u=$(id -u);', 'u=0;')
    .replaceAll('/run/vrun.lock', `${directory}/lock/vrun`)
    .replaceAll('/var/lib/vrun', `${directory}/state-${root ? 'root' : 'login'}`);
}
