// What a worker's hosts tell: entries of each host's log, in their order, as many in a message as there are while one is on its way.
import type { Entry } from '../wire/entry.ts';

/** Keeps a message of a host's log; rejects where another attempt has begun with the host. */
export type Keep = (host: string, entries: readonly Entry[]) => Promise<void>;

export class HostLogs {
  readonly #keep: Keep;
  readonly #waiting = new Map<string, Entry[]>();
  readonly #sending = new Map<string, Promise<void>>();

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  /** Adds an entry; resolves once it is kept. @throws what `keep` throws: nothing more of the host is kept then */
  add(host: string, entry: Entry): Promise<void> {
    const waiting = this.#waiting.get(host);
    if (waiting) {
      waiting.push(entry);
      return this.#sending.get(host) ?? Promise.resolve();
    }
    const entries = [entry];
    this.#waiting.set(host, entries);
    const before = this.#sending.get(host) ?? Promise.resolve();
    const sent = before.then(() => {
      this.#waiting.delete(host);
      return this.#keep(host, entries);
    });
    sent.catch(() => undefined); // whoever has to know waits for it
    this.#sending.set(host, sent);
    return sent;
  }
}
