// A project whose runs workers perform: a real nats-server with its permissions, enrolled workers as processes of their own.
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Server } from '../../dispatch/broker/server.ts';
import { RELEASES } from '../../nats-server/install.js';
import { chosenSuite, SUITES } from '../lab-api.js';
import { LabProject, type Said, until } from './project.ts';

/** The nats-server of the hosts' own release. */
function release(): string {
  const { release: own = '' } = SUITES[chosenSuite()] ?? {};
  return Object.keys(RELEASES).includes(own) ? own : 'sid';
}

export interface WorkerProcess {
  readonly name: string;
  readonly process: ChildProcess;
  /** What it has said so far. */
  readonly said: () => string;
}

export class DispatchedProject extends LabProject {
  readonly #workers: WorkerProcess[] = [];
  #broker: Server | undefined;

  get broker(): Server {
    if (!this.#broker) throw new Error('set up first');
    return this.#broker;
  }

  get url(): string {
    return `nats://${this.broker.address}`;
  }

  /** Enrolls workers, each `NAME` or `NAME@REGION`, and starts the broker that lets them in. */
  async setUp(...workers: readonly string[]): Promise<void> {
    for (const worker of workers) {
      const [name = '', region = 'main'] = worker.split('@');
      const enrolled = await this.vrun('worker', 'enroll', '--name', name, '--region', region, '--directory', name);
      this.write(`${name}.yml`, enrolled.stdout);
      await this.vrun('worker', 'add', `${name}.yml`);
      this.write(`${name}/operators`, (await this.vrun('worker', 'operator')).stdout);
    }
    await this.vrun('worker', 'coordinator');
    this.#broker = await Server.start({
      release: release(),
      config: (await this.vrun('worker', 'permissions')).stdout,
    });
  }

  /** Starts a worker, and waits until it is ready. */
  async startWorker(worker: string): Promise<WorkerProcess> {
    const [name = '', region = 'main'] = worker.split('@');
    const process = this.start([
      ...['worker', '--name', name, '--region', region, '--directory', name, '--dispatch', this.url],
    ]);
    let text = '';
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    const started = { name, process, said: () => text };
    this.#workers.push(started);
    await until(() => /: (ready|waiting)/.test(text) || process.exitCode !== null);
    return started;
  }

  /** Runs `vrun … --dispatch`. */
  dispatched(...args: readonly string[]): Promise<Said> {
    return this.json(...args, '--dispatch', this.url);
  }

  override start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return super.start(args, { XDG_CONFIG_HOME: join(this.directory, 'config'), ...env });
  }

  async stop(): Promise<void> {
    for (const { process } of this.#workers) process.kill('SIGKILL');
    await this.#broker?.remove();
    this.remove();
  }
}
