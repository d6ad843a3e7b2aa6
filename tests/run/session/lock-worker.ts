// A worker of a dispatched run at a host of the lock's tests: its session is a real one, over real shells of the host's.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { HostSession, type ShellName } from '../../../engine/run/session/session.ts';
import type { Channel, Login } from '../../../engine/transport/channel/channel.ts';
import type { Answer, Connection, Frame, Target } from '../../../engine/transport/channel/connection.ts';
import { HostConnection } from '../../../engine/transport/host-connection.ts';
import { type Host, holder, type Who } from './lock-host.ts';

const TARGET: Target = {
  name: 'web1',
  transport: 'ssh',
  address: '192.0.2.1',
  port: undefined,
  user: 'ops',
  identityFile: undefined,
  jump: undefined,
  knownHosts: [],
  become: { password: undefined },
  connectTimeout: 20,
};

export interface Coming {
  readonly epoch: number | undefined;
  readonly who?: Who;
  readonly run?: string;
}

export class Worker {
  readonly name: string;
  readonly session: HostSession;
  readonly #host: Host;
  readonly #who: Who;
  readonly #shells: ChildProcess[] = [];
  readonly #stop = new AbortController();

  constructor(host: Host, { epoch, who = 'root', run = 'one' }: Coming) {
    this.name = `${run}/${epoch}`;
    this.#host = host;
    this.#who = who;
    this.session = new HostSession({
      target: TARGET,
      connect: async () => this.#connection(),
      facts: new Set(),
      lock: holder(run),
      stop: this.#stop.signal,
      signal: this.#stop.signal,
    });
    this.session.epoch = epoch;
    host.workers.push(this);
  }

  /** One that has logged in, and has the lock. @throws ProblemError */
  static async at(host: Host, coming: Coming): Promise<Worker> {
    const worker = new Worker(host, coming);
    await worker.start();
    return worker;
  }

  /** Opens its shells, one as the worker's user unless it says otherwise. */
  async start(...all: readonly Who[]): Promise<void> {
    const users = all.length > 0 ? all : [this.#who];
    await this.session.start(users.map((who) => ({ on: 'host', user: who === 'root' ? 'root' : undefined })));
  }

  /** The processes that are its shells on the host. */
  get pids(): readonly number[] {
    return this.#shells.map(({ pid = 0 }) => pid);
  }

  send(...frames: readonly Partial<Frame>[]): Promise<Answer[]> {
    return this.#send(this.#who === 'root' ? 'root' : 'login', frames);
  }

  /** Sends a message of steps, each of which writes into the host's log when it begins and, after so many ms, ends. */
  work(...ms: readonly number[]): Promise<Answer[]> {
    return this.send(...ms.map((length) => ({ script: this.#step(length), step: { accept: [0] } })));
  }

  #step(ms: number): string {
    const say = (word: string) => `echo "${word} ${this.name}" >>${this.#host.at}/log`;
    return `${say('begin')}; ${sleeping(ms)}; ${say('end')}`;
  }

  async #send(shell: ShellName, frames: readonly Partial<Frame>[]): Promise<Answer[]> {
    return this.session.send(
      shell,
      frames.map((frame) => ({ script: ':', timeout: 30, ...frame })),
    );
  }

  /** The connection breaks: nothing goes either way any more, and what runs on the host goes on. */
  lose(): void {
    for (const shell of this.#shells) drop(shell);
  }

  /** Gives up what it is at. */
  stop(): void {
    this.#stop.abort();
  }

  /** It is gone, and its shells on the host with it. */
  async die(): Promise<void> {
    this.stop();
    this.signal('SIGKILL');
    this.lose();
    while (this.pids.some((pid) => existsSync(`/proc/${pid}`))) await sleep(10);
  }

  signal(name: NodeJS.Signals): void {
    for (const pid of this.pids) kill(pid, name);
  }

  /** Ends all that is left of it, also what runs below its shells. */
  remove(): void {
    this.stop();
    for (const pid of this.pids) kill(-pid, 'SIGKILL');
  }

  #connection(): Connection {
    const login: Login = {
      user: 'ops',
      root: true,
      hostKey: undefined,
      closed: new Promise(() => undefined),
      open: async () => this.#open(),
      silence: () => 0,
      hurry: () => undefined,
      close: async () => undefined,
    };
    const inner = new HostConnection(login, TARGET);
    return {
      hostKey: undefined,
      user: 'ops',
      closed: inner.closed,
      exec: (command) => inner.exec(command),
      download: (options) => inner.download(options),
      hurry: () => undefined,
      close: () => inner.close(),
      openShell: async (options) => {
        const on = (text: string) => this.#host.on(options.root ? 'root' : 'ops', text);
        const atExit = options.atExit === undefined ? {} : { atExit: on(options.atExit) };
        const { shell, hello } = await inner.openShell({ ...options, ...atExit, hello: on(options.hello) });
        const own = {
          get messages() {
            return shell.messages;
          },
          send: (frames: readonly Frame[], signal: AbortSignal, stop?: AbortSignal) =>
            shell.send(
              frames.map((frame) => ({ ...frame, script: on(frame.script) })),
              signal,
              stop,
            ),
          guard: (text: string) => shell.guard(this.#held(on(text))),
          close: () => shell.close(),
        };
        return { shell: own, hello };
      },
    };
  }

  /** A guard that stops before it looks for as long as the host has a file `before`, and after that for one `after`. */
  #held(guard: string): string {
    const hold = (name: string) => `while [ -e ${this.#host.at}/${name} ]; do sleep 0.05; done`;
    const looks = guard.replace('vrun_guard()', 'vrun_looks()');
    return `${looks}\nvrun_guard() { ${hold('before')}; vrun_looks || return; ${hold('after')}; }`;
  }

  /** As an SSH server has it: what is dropped loses its pipes, and isn't killed. */
  #open(): Channel {
    const child = spawn(this.#host.shell, [], { env: this.#host.env, cwd: '/', detached: true, stdio: 'pipe' });
    this.#shells.push(child);
    const { stdin, stdout, stderr } = child;
    for (const one of [stdin, stdout, stderr]) one.on('error', () => undefined);
    const closed = Promise.all([stdout, stderr].map((one) => new Promise((resolve) => one.once('close', resolve))));
    return {
      stdin,
      stdout,
      stderr,
      ended: closed.then(() => ({ status: child.exitCode ?? undefined, signal: child.signalCode ?? undefined })),
      destroy: () => drop(child),
    };
  }
}

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}

function drop({ stdin, stdout, stderr }: ChildProcess): void {
  for (const one of [stdin, stdout, stderr]) one?.destroy();
}

/** The code of what it rejects with, `none` where it doesn't. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]?.code ?? '';
    throw error;
  }
}

/** What steps have written, in its order. */
export function logOf(host: Host): readonly string[] {
  const path = join(host.at, 'log');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** The workers in the order in which they worked, each once for steps in a row; fails where two were at work at once. */
export function turnsOf(log: readonly string[]): readonly string[] {
  const turns: string[] = [];
  let open = 0;
  for (const line of log) {
    const [word, name = ''] = line.split(' ');
    if (name !== turns.at(-1)) {
      if (open > 0) throw new Error(`two at work at once:\n${log.join('\n')}`);
      turns.push(name);
    }
    open += word === 'begin' ? 1 : -1;
  }
  return turns;
}

function sleeping(ms: number): string {
  return ms === 0 ? ':' : `sleep ${ms / 1000}`;
}
