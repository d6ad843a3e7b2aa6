// Whether a new login like the one that we came by would still get through.
import { holds, parseNetwork } from './address.ts';
import { lets, type UfwRule } from './rule.ts';
import type { SshConnection } from './ssh-connection.ts';

/** The first rule that matches decides (ufw(8)), then the policy for incoming traffic. Loopback is let in by ufw's own rules. */
export function wouldLockOut(connection: SshConnection, rules: readonly UfwRule[], incoming: string): boolean {
  if (connection.client === '::1' || connection.client?.startsWith('127.')) return false;
  const first = rules.find((rule) => decides(connection, rule));
  return first === undefined ? incoming !== 'ACCEPT' : !lets(first);
}

/**
 * Whether the rule matches such a login. What the host couldn't tell of the connection counts as not matched by a rule
 * that lets in, and as matched by one that keeps out. A profile is known only by its name: `OpenSSH` is taken for port 22.
 */
export function decides(connection: SshConnection, rule: UfwRule): boolean {
  if (rule.route || rule.direction === 'out') return false;
  const unsure = !lets(rule);
  const [client, server] = [connection.client, connection.server].map((text) =>
    text === undefined ? undefined : parseNetwork(text),
  );
  return (
    (rule.proto === 'any' || rule.proto === 'tcp') &&
    rule.sourcePort === 'any' &&
    rule.sourceProfile === '' &&
    portFits(rule, connection.port, unsure) &&
    addressFits(rule.from, client, unsure) &&
    addressFits(rule.to, server, unsure) &&
    (rule.interface === '' || (connection.interface === undefined ? unsure : rule.interface === connection.interface))
  );
}

function portFits({ port, profile }: UfwRule, wanted: number, unsure: boolean): boolean {
  if (profile !== '') return profile === 'OpenSSH' ? wanted === 22 : unsure;
  if (port === 'any') return true;
  return port.split(',').some((range) => {
    const [low = '', high = low] = range.split(':');
    return Number(low) <= wanted && wanted <= Number(high);
  });
}

function addressFits(text: string, address: ReturnType<typeof parseNetwork>, unsure: boolean): boolean {
  if (text === 'any') return true;
  const network = parseNetwork(text);
  return network === undefined || address === undefined ? unsure : holds(network, address);
}
