// Leases: one holder at a time of each key. A holder that can't renew in time stops by its own clock before the broker lets another in.
import { randomUUID } from 'node:crypto';
import { type KV, Kvm } from '@nats-io/kv';
import type { Broker } from './broker.ts';
import { Fenced } from './fenced.ts';
import { isPassing, pause, persist } from './persist.ts';
import { isWrongSequence } from './publish.ts';
import { checkLeases } from './streams.ts';
import { encodeToken, LEASES } from './subjects.ts';

/** What is held: `part` is a batch, or the run's coordination. */
export interface LeaseKey {
  readonly region: string;
  readonly run: string;
  readonly part: string;
}

export class Leases {
  readonly #broker: Broker;
  readonly #bucket: KV;

  private constructor(broker: Broker, bucket: KV) {
    this.#broker = broker;
    this.#bucket = bucket;
  }

  /** @throws ProblemError `broker-unfit` where leases are missing, or last otherwise than the worker thinks */
  static async open(broker: Broker, signal?: AbortSignal): Promise<Leases> {
    await checkLeases(broker, signal);
    return new Leases(broker, await new Kvm(broker.js).open(LEASES, { bindOnly: true, allow_direct: true }));
  }

  /**
   * Takes the lease, or undefined where somebody has it. It is renewed until it is released or lost.
   * @throws the reason of `signal`; ProblemError
   */
  async acquire({ region, run, part }: LeaseKey, signal?: AbortSignal): Promise<Lease | undefined> {
    const key = [region, run, part].map(encodeToken).join('.');
    const value = JSON.stringify({ holder: this.#broker.name, token: randomUUID() });
    const began = performance.now();
    const taken = await persist(this.#broker, () => this.#create(key, value, began), signal);
    return taken && new Lease(this.#broker, this.#bucket, { key, value, ...taken });
  }

  /** Whether somebody has it, as far as the broker knows: of a holder who died for as long as the lease lasts. */
  async isTaken({ region, run, part }: LeaseKey, signal?: AbortSignal): Promise<boolean> {
    const key = [region, run, part].map(encodeToken).join('.');
    const found = await persist(this.#broker, () => this.#bucket.get(key), signal);
    return found !== null && found.operation === 'PUT';
  }

  /** A lost answer of an earlier try shows as a lease that is held with our own token, perhaps since the first, at `began`. */
  async #create(key: string, value: string, began: number): Promise<Taken | undefined> {
    const at = performance.now();
    try {
      return { epoch: await this.#bucket.create(key, value), at };
    } catch (error) {
      if (!isWrongSequence(error)) throw error;
      const found = await this.#bucket.get(key);
      return found?.string() === value ? { epoch: found.revision, at: began } : undefined;
    }
  }
}

interface Taken {
  readonly epoch: number;
  /** When the first request was sent that may have taken it: the broker counts from later. */
  readonly at: number;
}

/**
 * A lease that is held. The clock is monotonic (CLOCK_MONOTONIC), so a process that was stopped finds the time passed; that of
 * a machine that was suspended stands still meanwhile, and then it is the host's log and lock that refuse the older epoch.
 */
export class Lease {
  /** Grows from holder to holder of one key: a higher one is newer. */
  readonly epoch: number;
  readonly #broker: Broker;
  readonly #bucket: KV;
  readonly #key: string;
  readonly #value: string;
  readonly #lost = new AbortController();
  #revision: number;
  #renewedAt: number;
  #timer: NodeJS.Timeout | undefined;
  #isReleased = false;
  #renewal: Promise<void> = Promise.resolve();

  constructor(broker: Broker, bucket: KV, taken: Taken & { readonly key: string; readonly value: string }) {
    this.#broker = broker;
    this.#bucket = bucket;
    this.#key = taken.key;
    this.#value = taken.value;
    this.epoch = taken.epoch;
    this.#revision = taken.epoch;
    this.#renewedAt = taken.at;
    this.#plan();
  }

  /** Aborted with a `Fenced` once the lease may be another's, and never when it is released. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Whether it is held now, by the clock: to be asked before whatever must not be done twice. */
  isHeld(): boolean {
    if (!this.#isReleased && !this.lost.aborted && this.#left() <= 0) {
      this.#lose('the lease was not renewed in time');
    }
    return !this.#isReleased && !this.lost.aborted;
  }

  /** Gives it up, so that another can have it at once; after as long as a publish may take it is left to its time. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    const wasHeld = this.isHeld();
    this.#isReleased = true;
    clearTimeout(this.#timer);
    await this.#renewal;
    if (!wasHeld || !this.#broker.isConnected) return;
    await this.#bucket.delete(this.#key, { previousSeq: this.#revision }).catch(() => undefined); // its time ends it, too
  }

  #left(): number {
    return this.#renewedAt + this.#broker.times.selfFence - performance.now();
  }

  /** Looks again at the next heartbeat, and in any case when the time is over. */
  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.isHeld()) return;
    const wait = Math.max(0, Math.min(this.#broker.times.heartbeat, this.#left()));
    this.#timer = setTimeout(() => {
      if (!this.isHeld()) return;
      this.#renewal = this.#renew();
      this.#watch();
    }, wait);
  }

  /** While a renewal is under way, which may take longer than there is time. */
  #watch(): void {
    this.#timer = setTimeout(
      () => {
        if (this.isHeld()) this.#watch();
      },
      Math.max(1, this.#left()),
    );
  }

  async #renew(): Promise<void> {
    try {
      while (this.isHeld() && !(await this.#renewOnce())) {
        await pause(Math.min(100, this.#broker.times.heartbeat / 4));
      }
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
    if (!this.#isReleased) this.#plan();
  }

  /** @returns whether it is renewed; false where that is worth another try */
  async #renewOnce(): Promise<boolean> {
    if (this.#broker.gone.aborted) return this.#lose('the connection to the broker is closed');
    if (!this.#broker.isConnected) return false;
    const at = performance.now();
    const { publish } = this.#broker.times;
    try {
      this.#revision = await this.#bucket.update(this.#key, this.#value, this.#revision, publish);
      this.#renewedAt = at;
      return true;
    } catch (error) {
      if (isWrongSequence(error)) return this.#look();
      if (isPassing(error)) return false;
      throw error;
    }
  }

  /** After a wrong sequence: an earlier renewal whose answer was lost leaves our own value, and anything else is the end. */
  async #look(): Promise<false> {
    const found = await this.#bucket.get(this.#key).catch((error: unknown) => {
      if (isPassing(error)) return undefined;
      throw error;
    });
    if (found === undefined) return false;
    if (found?.string() !== this.#value) return this.#lose('another holds the lease, or it ended');
    this.#revision = found.revision;
    return false;
  }

  #lose(why: string): false {
    clearTimeout(this.#timer);
    if (!this.lost.aborted && !this.#isReleased) this.#lost.abort(new Fenced(why));
    return false;
  }
}
