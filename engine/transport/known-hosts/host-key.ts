// The host's key: which kinds we ask for, and the Problem when it isn't the pinned one.
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { fingerprint } from '../../base/digest.ts';
import { fail, type Problem } from '../../language/problem/problem.ts';
import { entriesFor, type KeyVerdict, type KnownHostsGroups, keyType, lineOf } from './known-hosts.ts';

/** In ssh's order. */
const kinds: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Asked for only where ssh's configuration says so. */
const onRequest: readonly ServerHostKeyAlgorithm[] = ['ssh-rsa'];

/**
 * Signature algorithms for host keys, those of pinned types first: the server takes the first that it has, so a host with
 * several keys presents the pinned one. The rest stay in the list so that a changed key can be shown. As with ssh, the order
 * is left alone where the best kind is pinned, or where HostKeyAlgorithms (`configured`) is a list of its own.
 */
export function hostKeyAlgorithms(
  groups: KnownHostsGroups,
  name: string,
  configured: readonly string[] | undefined,
): ServerHostKeyAlgorithm[] {
  const known = [...kinds, ...onRequest];
  const wanted = configured?.flatMap((kind) => known.filter((one) => one === kind)) ?? kinds;
  // ssh's own list with some taken from it or put behind it (`-`, `+`) still begins with certificates.
  const ordered = configured !== undefined && configured[0]?.includes('-cert-') !== true;
  const pinned = new Set(entriesFor(groups, name).keys.map(({ type }) => type));
  const isPinned = (kind: string | undefined): boolean => kind !== undefined && pinned.has(keyTypeOf(kind));
  const best = configured?.[0]?.replace(/-cert(-v\d+@openssh\.com)?$/, '') ?? wanted[0];
  if (ordered || isPinned(best)) return [...wanted];
  return [...wanted.filter(isPinned), ...wanted.filter((kind) => !isPinned(kind))];
}

/** The type of key that a signature algorithm is made with (RFC 8332). */
export function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}

/** `ED25519`, `ECDSA`, `RSA` as ssh says it. */
export function kindOfKey(type: string): string {
  if (type === 'ssh-rsa') return 'RSA';
  return type.startsWith('ecdsa-') ? 'ECDSA' : type.replace(/^ssh-/, '').toUpperCase();
}

/**
 * Throws what is wrong with a key that isn't the pinned one.
 * @throws ProblemError `host-key-unknown`, `host-key-changed`, `host-key-revoked`
 */
export function refuseHostKey(
  verdict: Exclude<KeyVerdict, { verdict: 'match' }>,
  key: Buffer,
  who: { readonly host: string; readonly name: string; readonly lenient: readonly string[] },
): never {
  const problem = hostKeyProblem(verdict, `${kindOfKey(keyType(key))} key ${fingerprint(key)}`, who.host, who.name);
  fail({ ...problem, detail: [problem.detail, ...who.lenient.map(toldOf)].join('\n') });
}

/** What is said of an option by which ssh would believe a key that isn't pinned. */
export function toldOf(option: string): string {
  return `ssh's configuration says ${option}; vrun checks all the same.`;
}

function hostKeyProblem(
  verdict: Exclude<KeyVerdict, { verdict: 'match' }>,
  shown: string,
  host: string,
  name: string,
): Problem {
  switch (verdict.verdict) {
    case 'unknown':
      return {
        code: 'host-key-unknown',
        summary: `The key of ${host} is not known`,
        detail:
          `${name} presented the ${shown}, and no known_hosts file has a key for that name` +
          verdict.foreign.map((entry) => `, except one of the type ${entry.type} (${lineOf(entry)})`).join('') +
          '.' +
          (verdict.foreign.length === 0
            ? ''
            : ' Keys of that type can only be checked with ansible_connection=openssh.') +
          (verdict.authority === undefined
            ? ''
            : ` ${lineOf(verdict.authority)} names a certificate authority for it; host certificates need ansible_connection=openssh.`),
        hint: `Compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then pin it:\n    vrun trust -i INVENTORY -l ${host}`,
      };
    case 'changed':
      return {
        code: 'host-key-changed',
        summary: `The key of ${host} has changed`,
        detail:
          `${name} presented the ${shown}; pinned is ` +
          verdict.pinned
            .map((entry) => `the ${kindOfKey(entry.type)} key ${fingerprint(entry.key)} (${lineOf(entry)})`)
            .join(' and ') +
          '. Someone may be between you and the host, or the host was installed anew.',
        hint: `If you know that it was installed anew, remove the old line and pin the new key:\n    vrun trust -i INVENTORY -l ${host}`,
      };
    case 'revoked':
      return {
        code: 'host-key-revoked',
        summary: `The key of ${host} is revoked`,
        detail: `${name} presented the ${shown}, which ${verdict.by} revokes. Whoever has that key is not to be trusted.`,
      };
  }
}
