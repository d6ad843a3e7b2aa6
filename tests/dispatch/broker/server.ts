// A real nats-server for a test, of each Debian release: on a free port of the loopback, its files in a temporary directory.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { type BrokerOptions, connectBroker } from '../../../engine/dispatch/broker/connect.ts';
import type { ProblemCode } from '../../../engine/language/problem/problem.ts';
import { RELEASES, serverOf } from '../../nats-server/install.js';
import { QUICK } from './quick.ts';

/** Runs the tests with the nats-server of each release. One that isn't here is skipped and says so; in CI that is a failure. */
export function describeServers(title: string, body: (release: string) => void): void {
  for (const release of Object.keys(RELEASES)) {
    const name = `${title}, with nats-server of Debian ${release}`;
    // Mostly they wait: those of several releases can do so side by side, and each for itself in order.
    if (existsSync(serverOf(release)))
      describe.concurrent(name, () => void describe.sequential('', () => body(release)));
    else if (process.env.CI === 'true') test(name, () => expect.unreachable('it could not be fetched'));
    else describe.skip(`${name} (npm test fetches it)`, () => test('is not here', () => undefined));
  }
}

export interface ServerOptions {
  readonly release: string;
  /** Lines of nats-server.conf beside the address and the store; `store: false` leaves JetStream out. */
  readonly config?: string;
  readonly store?: boolean;
  readonly domain?: string;
  /** It takes leaf nodes. */
  readonly isHub?: boolean;
}

const running = new Set<Server>();
process.once('exit', () => {
  for (const server of running) server.signal('SIGKILL');
});

export class Server {
  readonly directory = mkdtempSync(join(tmpdir(), 'nats-'));
  readonly #options: ServerOptions;
  #process: ChildProcess | undefined;
  #ports: { readonly nats: number; readonly leaf: number } | undefined;
  config: string;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.config = options.config ?? '';
  }

  static async start(options: ServerOptions): Promise<Server> {
    const server = new Server(options);
    await server.start();
    return server;
  }

  get port(): number {
    return this.#ports?.nats ?? expect.unreachable('it was never started');
  }

  get leafPort(): number {
    return this.#ports?.leaf ?? expect.unreachable('it was never started');
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Where its streams lie. */
  get store(): string {
    return join(this.directory, 'store');
  }

  /** Starts it, the second time on the port and the files of the first. */
  async start(): Promise<void> {
    const places = join(this.directory, 'ports');
    rmSync(places, { recursive: true, force: true });
    mkdirSync(places);
    const file = join(this.directory, 'nats-server.conf');
    writeFileSync(file, this.#lines(places));
    const child = spawn(serverOf(this.#options.release), ['-c', file, '-l', join(this.directory, 'log')], {
      stdio: 'ignore',
    });
    this.#process = child;
    running.add(this);
    const portsFile = join(places, `nats-server_${child.pid}.ports`);
    await until(() => child.exitCode !== null || readPorts(portsFile) !== undefined, 20_000);
    const found = readPorts(portsFile) ?? expect.unreachable(readFileSync(join(this.directory, 'log'), 'utf8'));
    const leafs = /Listening for leafnode connections on [^:]*:(\d+)/.exec(
      readFileSync(join(this.directory, 'log'), 'utf8'),
    );
    this.#ports ??= { nats: Number(/:(\d+)$/.exec(found)?.[1]), leaf: Number(leafs?.[1]) };
  }

  #lines(places: string): string {
    const { store = true, domain, isHub = false } = this.#options;
    const named = domain === undefined ? '' : `domain: ${domain}, `;
    return [
      `listen: "127.0.0.1:${this.#ports?.nats ?? -1}"`,
      `ports_file_dir: "${places}"`,
      store ? `jetstream { ${named}store_dir: "${this.store}", max_file_store: 1GB, max_memory_store: 64MB }` : '',
      isHub ? `leafnodes { listen: "127.0.0.1:${this.#ports?.leaf ?? -1}" }` : '',
      this.config,
    ].join('\n');
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** Ends it, by default as a power cut does: it has no time to say anything. */
  async stop(name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(name);
    await ended;
    running.delete(this);
  }

  /** Ends it and takes away its files. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A connection to it. */
  connect(options: Partial<BrokerOptions> = {}): Promise<Broker> {
    const all = { servers: [this.address], name: 'test', times: QUICK, ...options };
    return connectBroker(all, AbortSignal.timeout(20_000));
  }
}

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>, limit = 10_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await isSo())) {
    if (performance.now() > end) expect.unreachable(`it was not so within ${limit} ms: ${isSo}`);
    await delay(10);
  }
}

/** A program that lies beside this, as one file in a directory: a process of its own runs it. */
export function bundle(program: string, directory: string): string {
  const outfile = join(directory, program.replace(/ts$/, 'mjs'));
  const entryPoints = [fileURLToPath(new URL(program, import.meta.url))];
  // The client is CommonJS and requires parts of Node.
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'error' });
  return outfile;
}

/** A run's name that no other test has. */
export function newRun(): string {
  return `run-${++runs}.of tests`;
}
let runs = 0;

/** Bytes of a text, and the other way. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** What `expect(…).rejects` is to match. */
export function problem(code: ProblemCode, detail?: RegExp): object {
  const found = { code, ...(detail === undefined ? {} : { detail: expect.stringMatching(detail) }) };
  return { problems: [expect.objectContaining(found)] };
}

/** The address that a server wrote down once it listened. */
function readPorts(file: string): string | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).nats[0];
  } catch {
    return undefined; // not there, or half written
  }
}
