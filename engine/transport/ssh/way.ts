// The way to where a host's sshd listens: straight, or through a jump host.
import type { Duplex } from 'node:stream';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Target } from '../channel/connection.ts';
import type { ConnectContext } from './context.ts';
import { dial, unreachable } from './dial.ts';
import { type JumpLogins, jumpHostOf, lostWith } from './jump-host.ts';
import type { SshLogin } from './login.ts';
import type { Route } from './route.ts';

export interface Way {
  /** Where it leads to, for telling one server from another. */
  readonly end: string;
  /** Opens a connection. @throws ProblemError `unreachable` */
  open(signal: AbortSignal): Promise<Duplex>;
  /** Why what was opened has ended, where that is the way's fault. */
  lost(): Promise<Problem | undefined>;
}

/**
 * The way to a host; the jump host on it is logged in to, which all hosts behind it share.
 * @throws ProblemError whatever the login on a jump host may throw
 */
export async function wayTo(
  route: Route,
  target: Target,
  {
    context,
    logIn,
    signal,
  }: {
    readonly context: ConnectContext;
    readonly logIn: JumpLogins<SshLogin>['logIn'];
    readonly signal: AbortSignal;
  },
): Promise<Way> {
  const { host, address, port, jump } = route;
  const where = `${address}:${port}`;
  if (jump === undefined) {
    return {
      end: where,
      open: (opening) => dial(route, opening).catch((error) => failed(error, host, where, opening)),
      lost: async () => undefined,
    };
  }
  const logins = { transport: 'ssh', shared: context.cache.jumps.ssh, logIn } as const;
  const via = await jumpHostOf(jump, target, { context, logins, signal });
  return {
    end: `${where} from ${via.key}`,
    open: (opening) =>
      via.login
        .forward(address, port, opening)
        .catch((error) => failed(error, host, `${where} from ${via.name}`, opening)),
    lost: () => lostWith(via, host),
  };
}

function failed(error: unknown, host: string, where: string, signal: AbortSignal): never {
  signal.throwIfAborted();
  throw error instanceof ProblemError ? error : new ProblemError([unreachable(error, host, where)]);
}
