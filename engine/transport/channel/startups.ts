// How many logins may be under way at once at one server: an sshd drops what is too many for it.
import { ProblemError } from '../../language/problem/problem.ts';

/**
 * Logins at one server that are begun and not yet over. sshd takes ten (sshd_config(5), MaxStartups 10:30:100) and drops
 * each further one with a probability of 30 percent and more; others may log in there, too.
 */
const AT_ONE_SERVER = 8;

/** A server that may be one with others of the run. */
const ANY = Symbol('any server');

/** How a login ended: authenticated, dropped by a server that had too many of them, or for any other reason. */
export type StartupEnd = 'authenticated' | 'dropped' | 'over';

/** A login under way. Whoever began it ends it. */
export interface Startup {
  /** Gives its place to the next; called again it does nothing. */
  end(how: StartupEnd): void;
}

/** How a login ended that failed: what is worth trying for as long as there is time was refused by a server that is busy. */
export function startupEnd(error: unknown): StartupEnd {
  return error instanceof ProblemError && error.problems[0]?.retry === 'patiently' ? 'dropped' : 'over';
}

interface Waiting {
  readonly servers: readonly Server[];
  readonly begin: () => void;
}

/**
 * The logins under way in a run. Who is dropped all the same halves what its server is given at once, and each login that
 * succeeds widens it again, as TCP does with what is on its way (RFC 5681, 3.1).
 */
export class Startups {
  readonly #servers = new Map<string | symbol, Server>();
  #waiting: Waiting[] = [];

  /**
   * Resolves once a login may begin at a server that goes by all of these names: its address and port, and each of its
   * keys, by which one that answers at many addresses is known. Rejects with the signal's reason.
   */
  begin(names: readonly string[], signal: AbortSignal): Promise<Startup> {
    const servers = [ANY, ...new Set(names)].map((name) => this.#server(name));
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        reject(signal.reason);
      };
      const waiting = {
        servers,
        begin: () => {
          signal.removeEventListener('abort', onAbort);
          resolve(this.#begun(servers));
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #server(name: string | symbol): Server {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const server = name === ANY ? new Server(AT_ONE_SERVER, Number.POSITIVE_INFINITY) : new Server(1, AT_ONE_SERVER);
    this.#servers.set(name, server);
    return server;
  }

  #begun(servers: readonly Server[]): Startup {
    const began = performance.now();
    let isOver = false;
    return {
      end: (how) => {
        if (isOver) return;
        isOver = true;
        for (const server of servers) server.leave(how, began);
        this.#admit();
      },
    };
  }

  /** In the order in which they came, those for whom there is room at each of their servers. */
  #admit(): void {
    this.#waiting = this.#waiting.filter(({ servers, begin }) => {
      if (servers.some((server) => server.isFull)) return true;
      for (const server of servers) server.enter();
      begin();
      return false;
    });
  }
}

/** One server, or what goes by one name. */
class Server {
  readonly #least: number;
  readonly #most: number;
  #limit: number;
  #under = 0;
  /** When the limit was lowered, in milliseconds of the monotonic clock. */
  #lowered = Number.NEGATIVE_INFINITY;

  constructor(least: number, most: number) {
    this.#least = least;
    this.#most = most;
    this.#limit = most;
  }

  get isFull(): boolean {
    return this.#under >= Math.floor(this.#limit);
  }

  enter(): void {
    this.#under += 1;
  }

  /** `began`: when the login did. What was under way when the limit was lowered doesn't lower it once more. */
  leave(how: StartupEnd, began: number): void {
    if (how === 'dropped' && began > this.#lowered) {
      this.#limit = Math.max(this.#least, Math.min(this.#limit, this.#under) / 2);
      this.#lowered = performance.now();
    }
    if (how === 'authenticated') this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
    this.#under -= 1;
  }
}
