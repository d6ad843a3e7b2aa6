// A login made into a Connection: shells with their hello, channels for large contents and for kills.
import type { Duplex } from 'node:stream';
import { fail, type Problem, ProblemError } from '../language/problem/problem.ts';
import { type Channel, duplexOf, gatherOutput, type Login } from './channel/channel.ts';
import type { Connection, DownloadOptions, Opened, OpenShellOptions, Target } from './channel/connection.ts';
import { Deadline, unlessAborted } from './channel/deadline.ts';
import { Tempo } from './channel/tempo.ts';
import { type Become, startShell, sudoProblem } from './shell/become.ts';
import { download } from './shell/download.ts';
import { overrunScript } from './shell/overrun.ts';
import { FramedShell, type ShellSupport } from './shell/shell.ts';
import { upload } from './shell/upload.ts';

/** Seconds that the second channel has to become who the shell is and to kill. */
const killPatience = 10;

/** A shell that has said nothing is given this many times what one is given that has. */
const SILENT = 3;

/** Seconds of silence after which a host is gone: once the run is to end, and where nothing else limits a wait. */
const HURRY = 8;
const GONE = 10;

export class HostConnection implements Connection {
  readonly #login: Login;
  readonly #target: Target;
  readonly #tempo: Tempo;
  readonly #shells = new Set<FramedShell>();

  constructor(login: Login, target: Target, tempo = new Tempo()) {
    this.#login = login;
    this.#target = target;
    this.#tempo = tempo;
  }

  get hostKey(): Connection['hostKey'] {
    return this.#login.hostKey;
  }

  get user(): string {
    return this.#login.user;
  }

  get closed(): Promise<Error | undefined> {
    return this.#login.closed;
  }

  hurry(): void {
    this.#login.hurry(HURRY);
  }

  /**
   * The host has let us in, so it is there: a shell that says nothing yet may be one that a busy host hasn't come to,
   * and is waited for longer, all the more where logins take long and while other hosts of the run are heard. Once it
   * speaks it is to go on speaking.
   */
  async openShell({ root, hello, atExit, signal }: OpenShellOptions): Promise<Opened> {
    const speaking = this.#tempo.patience(this.#target.connectTimeout);
    const silent = this.#tempo.patience(SILENT * this.#target.connectTimeout);
    const deadline = new Deadline(silent, signal, this.#tempo);
    deadline.answered = true;
    const become: Become = { root, password: this.#target.become.password };
    let shell: FramedShell | undefined;
    const opening = async (): Promise<Opened> => {
      const channel = await startShell(this.#login, become, deadline.signal);
      shell = new FramedShell(channel, this.#support(become), () => deadline.renew(speaking));
      deadline.signal.addEventListener('abort', () => shell?.destroy(), { once: true });
      const answers = shell.boot(atExit ?? '', { script: hello, timeout: speaking }, signal);
      const first = answers.next();
      first.catch(() => undefined); // reported by `ready`, unless the shell was ready
      await shell.ready;
      deadline.clear();
      this.#tempo.hear();
      const { value } = await first;
      if (value === undefined) throw new TypeError('the shell answered nothing to its hello');
      this.#shells.add(shell);
      return { shell, hello: value };
    };
    try {
      const opened = unlessAborted(opening(), deadline.signal, ({ shell: late }) => void late.close());
      // While logins take long the host has better to do than to say that it is there.
      return await this.#listening(
        () => opened,
        () => this.#tempo.patience(GONE),
      );
    } catch (error) {
      signal.throwIfAborted();
      const broken = this.#brokenOff(error, shell);
      if (broken !== undefined) fail(broken);
      if (shell?.isReady === true) throw error;
      this.#explain(shell?.noise() ?? '', become, deadline.passed ? deadline.seconds : undefined, error);
    } finally {
      deadline.clear();
    }
  }

  async exec(command: string): Promise<Duplex> {
    return duplexOf(await this.#login.open(command, new AbortController().signal));
  }

  async *download(options: DownloadOptions): AsyncGenerator<Uint8Array, void> {
    const become = { root: options.root, password: this.#target.become.password };
    const done = this.#listen();
    try {
      yield* download(await startShell(this.#login, become, options.signal), this.#target.name, options);
    } finally {
      done();
    }
  }

  /** Closes the shells, so that they run what they were given for their end, and then the connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#shells].map((shell) => shell.close()));
    await this.#login.close();
  }

  /** Until it is called off, a host that falls silent is given up soon: after `gone` seconds. */
  #listen(gone: () => number = () => GONE): () => void {
    const timer = setInterval(() => {
      if (this.#login.silence() > gone()) this.#login.hurry(gone());
    }, 500);
    return () => clearInterval(timer);
  }

  async #listening<T>(work: () => Promise<T>, gone?: () => number): Promise<T> {
    const done = this.#listen(gone);
    return work().finally(done);
  }

  #support(become: Become): ShellSupport {
    const start = (signal: AbortSignal) => startShell(this.#login, become, signal);
    return {
      host: this.#target.name,
      upload: (content, token, signal) =>
        this.#listening(async () => upload(await start(signal), this.#target.name, content, token, signal)),
      kill: async (overrun) => {
        const deadline = new Deadline(killPatience);
        let channel: Channel | undefined;
        const work = async (): Promise<void> => {
          channel = await start(deadline.signal);
          await gatherOutput(channel, overrunScript(overrun).text);
        };
        await unlessAborted(work(), deadline.signal, () => undefined).finally(() => {
          deadline.clear();
          channel?.destroy();
        });
      },
      silence: () => this.#login.silence(),
    };
  }

  /** A connection that breaks while a shell is opened: nothing was done yet, so it is worth another try. */
  #brokenOff(error: unknown, shell: FramedShell | undefined): Problem | undefined {
    const [problem] = error instanceof ProblemError ? error.problems : [];
    if (problem?.code !== 'connection-lost' || shell?.endedItself === true) return undefined;
    const { detail = problem.summary } = problem;
    return { code: 'unreachable', summary: `${this.#target.name} broke the connection off after the login`, detail };
  }

  #explain(said: string, become: Become, waited: number | undefined, error: unknown): never {
    const [problem] = error instanceof ProblemError ? error.problems : [];
    if (problem?.code === 'become-failed') throw error;
    const { name } = this.#target;
    if (waited !== undefined && said === '') {
      fail({
        code: 'unreachable',
        summary: `${name} did not answer in time`,
        detail: `It let ${this.#login.user} in, and then no shell answered within ${waited} s.`,
        hint: `If it is only slow, set ansible_ssh_timeout to more seconds; else look at what the start files of ${this.#login.user} do.`,
      });
    }
    if (become.root && !this.#login.root && waited === undefined && /sudo|password/i.test(said)) {
      fail(sudoProblem(this.#login.user, said));
    }
    const how =
      waited === undefined
        ? (problem?.detail?.split('.')[0] ?? (error instanceof Error ? error.message : String(error)))
        : `There was no answer from it within ${waited} s`;
    fail({
      code: 'shell-unusable',
      summary: `${this.#login.user} has no usable shell on ${name}`,
      detail: `${how}. ` + (said === '' ? 'It printed nothing.' : `It printed:\n${said}`),
      hint: 'Give that user a login shell that runs commands, such as /bin/sh, and look at what its start files do.',
    });
  }
}
