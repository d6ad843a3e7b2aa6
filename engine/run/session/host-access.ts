// A host as whoever acts there sees it: its session, who has it to himself, and how often anything was changed there.
import { Semaphore } from './semaphore.ts';
import type { HostSession } from './session.ts';

/** Shared by the host's own loop and by every task that is delegated to it. */
export class Site {
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

  /** From what was read to what is changed nobody else may come between. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn.enter();
    try {
      return await work();
    } finally {
      this.#turn.leave();
    }
  }
}
