// A login made into a Connection: shells with their hello, channels for large contents and for kills.
import type { Duplex } from 'node:stream';
import { fail, ProblemError } from '../language/problem.ts';
import { type Become, startShell, sudoProblem } from './become.ts';
import { duplexOf, gather, type Login } from './channel.ts';
import type { Connection, DownloadOptions, Opened, OpenShellOptions, Target } from './connection.ts';
import { Deadline } from './deadline.ts';
import { download } from './download.ts';
import { overrunScript } from './overrun.ts';
import { FramedShell, type ShellSupport } from './shell.ts';
import { upload } from './upload.ts';

/** Seconds that the second channel has to become who the shell is. */
const killPatience = 10;

export class Session implements Connection {
  readonly #login: Login;
  readonly #target: Target;
  readonly #shells = new Set<FramedShell>();

  constructor(login: Login, target: Target) {
    this.#login = login;
    this.#target = target;
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

  async openShell({ root, hello, atExit, signal }: OpenShellOptions): Promise<Opened> {
    const seconds = this.#target.connectTimeout;
    const deadline = new Deadline(seconds, signal);
    const become: Become = { root, password: this.#target.become.password };
    let shell: FramedShell | undefined;
    const onHurry = (): void => shell?.destroy();
    deadline.signal.addEventListener('abort', onHurry, { once: true });
    try {
      const channel = await startShell(this.#login, become, deadline.signal);
      shell = new FramedShell(channel, this.#support(become));
      const answers = shell.boot(atExit ?? '', { script: hello, timeout: seconds }, signal);
      const first = answers.next();
      first.catch(() => undefined); // reported by `ready`, unless the shell was ready
      await shell.ready;
      deadline.clear();
      const { value } = await first;
      if (value === undefined) throw new TypeError('the shell answered nothing to its hello');
      this.#shells.add(shell);
      return { shell, hello: value };
    } catch (error) {
      signal.throwIfAborted();
      if (shell?.isReady === true) throw error;
      this.#explain(shell?.noise() ?? '', become, deadline.passed ? seconds : undefined, error);
    } finally {
      deadline.clear();
    }
  }

  async exec(command: string): Promise<Duplex> {
    return duplexOf(await this.#login.open(command));
  }

  async *download(options: DownloadOptions): AsyncGenerator<Uint8Array, void> {
    const become = { root: options.root, password: this.#target.become.password };
    yield* download(await startShell(this.#login, become, options.signal), this.#target.name, options);
  }

  /** Closes the shells, so that they run what they were given for their end, and then the connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#shells].map((shell) => shell.close()));
    await this.#login.close();
  }

  #support(become: Become): ShellSupport {
    const start = (signal: AbortSignal) => startShell(this.#login, become, signal);
    return {
      host: this.#target.name,
      upload: async (content, token, signal) => upload(await start(signal), this.#target.name, content, token, signal),
      kill: async (pid, timeout) => {
        const deadline = new Deadline(killPatience);
        const channel = await start(deadline.signal).finally(() => deadline.clear());
        await gather(channel, overrunScript(pid, timeout));
      },
    };
  }

  #explain(said: string, become: Become, waited: number | undefined, error: unknown): never {
    const [problem] = error instanceof ProblemError ? error.problems : [];
    if (problem?.code === 'become-failed') throw error;
    if (become.root && !this.#login.root && waited === undefined && /sudo|password/i.test(said)) {
      fail(sudoProblem(this.#login.user, said));
    }
    const how =
      waited === undefined
        ? (problem?.detail?.split('.')[0] ?? (error instanceof Error ? error.message : String(error)))
        : `There was no answer from it within ${waited} s`;
    fail({
      code: 'shell-unusable',
      summary: `${this.#login.user} has no usable shell on ${this.#target.name}`,
      detail: `${how}. ` + (said === '' ? 'It printed nothing.' : `It printed:\n${said}`),
      hint: 'Give that user a login shell that runs commands, such as /bin/sh, and look at what its start files do.',
    });
  }
}
