// A TCP connection to where sshd listens, and what it means when there is none.
import { connect, isIP, type Socket } from 'node:net';
import type { Problem } from '../../language/problem/problem.ts';

/** Where to dial, and what ssh's configuration says of how. */
export interface Line {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6 | undefined;
  /** The address to dial from. */
  readonly bindAddress: string | undefined;
}

/** Opens a TCP connection. Rejects with the system's error. `signal` ends a connection attempt, not the connection. */
export function dial(line: Line, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { address: host, port, family, bindAddress } = line;
    if (family !== undefined && isIP(host) !== 0 && isIP(host) !== family) {
      reject(new Error(`${host} is no IPv${family} address, and ssh's configuration wants one (AddressFamily)`));
      return;
    }
    const how = {
      ...(family === undefined ? {} : { family }),
      ...(bindAddress === undefined ? {} : { localAddress: bindAddress }),
    };
    // Node's default of 250 ms for each of a name's addresses is too short for a far host.
    const socket = connect({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout: 2000, ...how });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    const settle = (done: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      done();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', (error) => settle(() => reject(error)));
    socket.once('connect', () => settle(() => resolve(socket)));
  });
}

/** Why a host could not be reached, from the error of the attempt (connect(2), getaddrinfo(3)). */
export function unreachable(error: unknown, host: string, where: string): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const say = (summary: string, detail: string, more: Pick<Problem, 'hint' | 'retry'> = {}): Problem => ({
    code: 'unreachable',
    summary,
    detail,
    ...more,
  });
  switch (code) {
    case 'ECONNREFUSED':
      return say(`${host} refused the connection`, `Nothing listens at ${where}.`, {
        hint: 'Is sshd running there, on that port?',
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN': // a name server that may answer in a moment
      return say(`The address of ${host} cannot be resolved`, `${where}: ${message}`, {
        hint: 'Set ansible_host to an address, or repair the name.',
        ...(code === 'ENOTFOUND' ? { retry: 'never' } : {}),
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return brokenOff(error, host, where);
    default:
      return say(`${host} cannot be reached`, `${where}: ${message}`);
  }
}

/** A host that took the connection and ended it before we were in: sshd does so when too many come at once. */
export function brokenOff(error: unknown, host: string, where: string): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'unreachable',
    summary: `${host} broke the connection off`,
    detail: `${where}: ${message}`,
    retry: 'patiently',
  };
}
