// A login made into a Connection: shells with their hello, channels for large contents and for kills.
import type { Duplex } from 'node:stream';
import { fail, ProblemError } from '../language/problem.ts';
import { type Become, startShell, sudoProblem } from './become.ts';
import { duplexOf, gather, type Login } from './channel.ts';
import type { Connection, Opened, OpenShellOptions, Target } from './connection.ts';
import { overrunScript } from './overrun.ts';
import { FramedShell, type ShellSupport } from './shell.ts';
import { upload } from './upload.ts';

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
    const seconds = Math.max(this.#target.connectTimeout, 15);
    const hurry = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    const become: Become = { root, password: this.#target.become.password };
    const channel = await startShell(this.#login, become, hurry);
    const shell = new FramedShell(channel, this.#support(become));
    const answers = shell.boot(atExit ?? '', { script: hello, timeout: seconds }, signal);
    const first = answers.next();
    first.catch(() => undefined); // reported by `ready`, unless the shell was ready
    const onHurry = (): void => shell.destroy();
    hurry.addEventListener('abort', onHurry, { once: true });
    try {
      await shell.ready;
    } catch (error) {
      signal.throwIfAborted();
      this.#explain(shell, become, hurry.aborted ? seconds : undefined, error);
    } finally {
      hurry.removeEventListener('abort', onHurry);
    }
    const { value } = await first;
    if (value === undefined) throw new TypeError('the shell answered nothing to its hello');
    this.#shells.add(shell);
    return { shell, hello: value };
  }

  async exec(command: string): Promise<Duplex> {
    return duplexOf(await this.#login.open(command));
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
      upload: async (content, signal) => upload(await start(signal), this.#target.name, content, signal),
      kill: async (pid, timeout) => {
        await gather(await start(AbortSignal.timeout(10_000)), overrunScript(pid, timeout));
      },
    };
  }

  #explain(shell: FramedShell, become: Become, waited: number | undefined, error: unknown): never {
    const said = shell.noise();
    if (become.root && !this.#login.root && waited === undefined && /sudo|password/i.test(said)) {
      fail(sudoProblem(this.#login.user, said));
    }
    const lost = error instanceof ProblemError ? (error.problems[0]?.detail ?? '') : '';
    fail({
      code: 'shell-unusable',
      summary: `${this.#login.user} has no usable shell on ${this.#target.name}`,
      detail:
        (waited === undefined ? lost.split('.')[0] + '.' : `No answer from it within ${waited} s.`) +
        (said === '' ? ' It printed nothing.' : ` It printed:\n${said}`),
      hint: `Give that user a login shell that runs commands, such as /bin/sh, and check what its start files do.`,
    });
  }
}
