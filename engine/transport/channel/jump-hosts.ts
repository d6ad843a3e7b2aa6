// The logins on jump hosts of a run: one for all the hosts behind it.
import { setMaxListeners } from 'node:events';
import { bearingOf, ProblemError } from '../../language/problem/problem.ts';
import type { Login } from './channel.ts';

/** Milliseconds for which a jump host that didn't let us in, or wasn't reached, isn't tried again: sshd adds up what it refuses. */
const REFUSED = 30_000;
const AWAY = 5_000;

/** A jump host that is silent for so many seconds takes on no more hosts: what asks through it first is its own keepalive. */
const SILENT = 8;

interface Entry<L> {
  readonly login: Promise<L>;
  /** The login once it is made. */
  made: L | undefined;
}

/** Logins by what tells one way of logging in from another. Made at the first need, kept until `close`. */
export class JumpHosts<L extends Login> {
  /** Whom the next host goes through. */
  readonly #current = new Map<string, Entry<L>>();
  /** All that aren't gone. */
  readonly #all = new Set<Entry<L>>();
  readonly #end = new AbortController();

  constructor() {
    setMaxListeners(0, this.#end.signal); // every jump host listens to it
  }

  /** How many are logged in to, or are about to be. */
  get size(): number {
    return this.#all.size;
  }

  /**
   * The login on a jump host, which `logIn` makes when there is none. Whoever asks meanwhile gets the same; one that failed
   * is told to all who ask for a while. The signal that `logIn` gets is aborted by `close`.
   */
  login(key: string, logIn: (signal: AbortSignal) => Promise<L>): Promise<L> {
    const current = this.#current.get(key);
    if (current !== undefined && !((current.made?.silence() ?? 0) > SILENT)) return current.login;
    const entry: Entry<L> = { login: logIn(this.#end.signal), made: undefined };
    this.#current.set(key, entry);
    this.#all.add(entry);
    const forget = (): void => {
      if (this.#current.get(key) === entry) this.#current.delete(key);
    };
    entry.login.then(
      async (login) => {
        entry.made = login;
        await login.closed;
        this.#all.delete(entry);
        forget();
      },
      (error: unknown) => {
        this.#all.delete(entry);
        setTimeout(forget, mayPass(error) ? AWAY : REFUSED).unref();
      },
    );
    return entry.login;
  }

  /** Hangs up. No host is reached through any of them afterwards. */
  async close(): Promise<void> {
    this.#end.abort(new Error('the run is over'));
    await Promise.allSettled([...this.#all].map(async ({ login }) => (await login).close()));
  }
}

function mayPass(error: unknown): boolean {
  const [problem] = error instanceof ProblemError ? error.problems : [];
  return problem !== undefined && bearingOf(problem).again === true;
}
