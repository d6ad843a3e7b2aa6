// Where metrics are offered: a port of this machine's loopback, and nowhere else.
import { isIPv4 } from 'node:net';
import { fail } from '../../language/problem/problem.ts';

const LOCAL = '127.0.0.1';

export interface MetricsAddress {
  /** An address of the loopback, without brackets. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Reads `[HOST:]PORT`, an IPv6 address in brackets. @throws ProblemError `usage` for another host than the loopback, too */
export function parseMetricsAddress(text: string): MetricsAddress {
  const [, written = LOCAL, digits] = /^(?:(\[[^\]]*\]|[^:[\]]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return refuse(text, 'It is not of the form [HOST:]PORT.');
  const host = written === 'localhost' ? LOCAL : written.replace(/^\[(.*)\]$/, '$1');
  const isLoopback = host === '::1' || (isIPv4(host) && host.startsWith('127.'));
  if (isLoopback) return { host, port };
  return refuse(
    text,
    `${written} is not this machine’s loopback. Metrics are offered without TLS and to whoever asks, and tell which runs there are.`,
  );
}

function refuse(text: string, why: string): never {
  return fail({
    code: 'usage',
    summary: `--metrics ‹${text}› is no place for metrics`,
    detail: why,
    hint: 'Offer them on 127.0.0.1, and let what collects on this machine, or a proxy that asks who it is, pass them on:\n    --metrics 9464',
  });
}
