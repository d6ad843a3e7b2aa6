// Whether a new login like the one that we came by would still get through.
import { holds, parseNetwork } from './address.ts';
import type { SshConnection } from './ssh-connection.ts';
import type { UfwRule } from './ufw-rule.ts';

/**
 * The first rule that matches decides (ufw(8)), then the policy for incoming traffic.
 * What the host couldn't tell of the connection counts as not matched by a rule that lets in, and as matched by one
 * that keeps out. A profile is known only by its name: `OpenSSH` is taken for port 22.
 */
export function wouldLockOut(connection: SshConnection, rules: readonly UfwRule[], incoming: string): boolean {
  const client = connection.client === undefined ? undefined : parseNetwork(connection.client);
  // Loopback is let in by ufw's own rules.
  if (connection.client === '::1' || connection.client?.startsWith('127.')) return false;
  for (const rule of rules) {
    if (rule.route || rule.direction === 'out') continue;
    const lets = rule.action === 'allow' || rule.action === 'limit';
    const unsure = !lets;
    const fits =
      (rule.proto === 'any' || rule.proto === 'tcp') &&
      rule.sourcePort === 'any' &&
      portFits(rule, connection.port, unsure) &&
      addressFits(rule.from, client, unsure) &&
      addressFits(rule.to, connection.server === undefined ? undefined : parseNetwork(connection.server), unsure) &&
      (rule.interface === '' ||
        (connection.interface === undefined ? unsure : rule.interface === connection.interface));
    if (fits) return !lets;
  }
  return incoming !== 'ACCEPT';
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
