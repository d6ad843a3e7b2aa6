// A forwarding proxy between vrun and one host's sshd, which does to the bytes what networks do: it cuts, falls silent,
// delays and trickles, at once or when a connection comes to a phase that can be told from outside.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainPackets } from './plain-packets.ts';

/** What is done to connections. */
export type Harm = 'cut' | 'silent';

/** Phases that the proxy itself can see: the rest of a connection is encrypted. */
export type WirePhase = 'dial' | 'key exchange' | 'login' | 'upload';

export interface Fault {
  readonly harm: Harm;
  /** Whether the connections that come afterwards meet the same. */
  readonly lasting: boolean;
}

/** For all bytes, in both directions: milliseconds that each waits, and how many pass a second. */
export interface Slowness {
  readonly delay?: number;
  readonly bytesPerSecond?: number;
}

/** Bytes from the client after which an upload is surely under way. */
const UPLOADING = 700_000;

/** Bytes that may be on their way before the sender has to wait. */
const MOST_WAITING = 256 * 1024;

/** How often a trickling connection lets some bytes through, in milliseconds. */
const DRIP = 20;

export class ForwardingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #links = new Set<Link>();
  #slowness: Slowness = {};
  #lasting: Harm | undefined;
  #armed: { readonly phase: WirePhase; readonly act: () => void } | undefined;

  private constructor(server: Server, target: { readonly host: string; readonly port: number }) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port; // a TCP listener's address is never a string
    server.on('connection', (client) => this.#accept(client));
  }

  /** Listens on 127.0.0.1 for connections to `target`. */
  static async start(target: { readonly host: string; readonly port: number }): Promise<ForwardingProxy> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ForwardingProxy(server, target);
  }

  /** Does it now, to every open connection. */
  harm({ harm, lasting }: Fault): void {
    if (lasting) this.#lasting = harm;
    for (const link of this.#links) link.suffer(harm);
  }

  /** Calls back once, as soon as a connection comes to `phase`. */
  at(phase: WirePhase, act: () => void): void {
    this.#armed = { phase, act };
  }

  /** Slows all bytes from now on. */
  slow(slowness: Slowness): void {
    this.#slowness = slowness;
  }

  /** The network is as it should be again: what had fallen silent is gone. */
  heal(): void {
    this.#lasting = undefined;
    this.#armed = undefined;
    this.#slowness = {};
    for (const link of this.#links) if (link.harmed) link.suffer('cut');
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.suffer('cut');
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const link = new Link(client, () => connect({ ...this.#target, noDelay: true }), {
      reached: (phase) => this.#reached(phase),
      slowness: () => this.#slowness,
      ended: () => this.#links.delete(link),
    });
    this.#links.add(link);
    if (this.#lasting) link.suffer(this.#lasting);
    this.#reached('dial');
    link.open();
  }

  #reached(phase: WirePhase): void {
    const armed = this.#armed;
    if (armed?.phase !== phase) return;
    this.#armed = undefined;
    armed.act();
  }
}

interface Watch {
  readonly reached: (phase: WirePhase) => void;
  readonly slowness: () => Slowness;
  readonly ended: () => void;
}

/** One connection and the way that its bytes take. */
class Link {
  harmed = false;
  readonly #client: Socket;
  readonly #dial: () => Socket;
  readonly #watch: Watch;
  #host: Socket | undefined;

  constructor(client: Socket, dial: () => Socket, watch: Watch) {
    this.#client = client;
    this.#dial = dial;
    this.#watch = watch;
    client.on('error', () => this.#end());
    client.on('close', () => this.#end());
  }

  /** Goes on to the host, unless the connection was harmed before. */
  open(): void {
    if (this.harmed) return;
    const host = this.#dial();
    this.#host = host;
    host.on('error', () => this.#end());
    host.on('close', () => this.#end());
    const { reached } = this.#watch;
    const fromHost = new PlainPackets((type) => type === 'KEXINIT' && reached('key exchange'));
    const fromClient = new PlainPackets((type) => type === 'NEWKEYS' && reached('login'));
    let sent = 0;
    this.#forward(host, this.#client, (bytes) => fromHost.see(bytes));
    this.#forward(this.#client, host, (bytes) => {
      fromClient.see(bytes);
      const before = sent;
      sent += bytes.length;
      if (before < UPLOADING && sent >= UPLOADING) reached('upload');
    });
  }

  suffer(harm: Harm): void {
    this.harmed = true;
    if (harm === 'silent') return;
    // RST and not FIN: what a network that fails sends, if it sends anything.
    for (const socket of [this.#client, this.#host]) socket?.resetAndDestroy();
    this.#watch.ended();
  }

  #forward(from: Socket, to: Socket, see: (bytes: Buffer) => void): void {
    let before = Promise.resolve();
    let waiting = 0;
    from.on('data', (bytes: Buffer) => {
      if (this.harmed) return;
      see(bytes);
      const { delay = 0, bytesPerSecond } = this.#watch.slowness();
      const due = performance.now() + delay;
      waiting += bytes.length;
      if (waiting > MOST_WAITING) from.pause();
      before = before
        .then(() => sleep(due - performance.now()))
        .then(() => this.#drip(to, bytes, bytesPerSecond))
        .then(() => {
          waiting -= bytes.length;
          from.resume();
        });
    });
    from.on('end', () => void before.then(() => this.harmed || to.end()));
  }

  async #drip(to: Socket, bytes: Buffer, bytesPerSecond = Number.POSITIVE_INFINITY): Promise<void> {
    const piece = Math.max(1, Math.round(Math.min(bytes.length, (bytesPerSecond * DRIP) / 1000)));
    for (let start = 0; start < bytes.length; start += piece) {
      if (start > 0) await sleep(DRIP);
      this.#pass(to, bytes.subarray(start, start + piece));
    }
  }

  #pass(to: Socket, bytes: Buffer): void {
    if (!this.harmed && to.writable) to.write(bytes);
  }

  #end(): void {
    if (this.harmed) return; // a silent network tells the other side nothing
    for (const socket of [this.#client, this.#host]) socket?.destroy();
    this.#watch.ended();
  }
}
