// Serializes access to one host: its session, a mutex, and a counter that changes with every write.
import { Semaphore } from './semaphore.ts';
import type { HostSession } from './session.ts';

/** Shared by the host's own loop and by every task that is delegated to it. */
export class HostAccess {
  readonly session: HostSession;
  readonly #turn = new Semaphore(1);
  #version = 0;

  constructor(session: HostSession) {
    this.session = session;
  }

  /** Another number once anything may have changed there: what was read at an older one is worth nothing. */
  get version(): number {
    return this.#version;
  }

  /** Runs what changes something there: what others read before or meanwhile is stale by then. */
  async changing<T>(work: () => Promise<T>): Promise<T> {
    this.#version += 1;
    try {
      return await work();
    } finally {
      this.#version += 1;
    }
  }

  /** Runs `work` while nobody else reads and changes there: what it reads holds until it has changed it. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn.enter();
    try {
      return await work();
    } finally {
      this.#turn.leave();
    }
  }
}
