// The host's key: which kinds we ask for, and the Problem when it isn't the pinned one.
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { fail, type Problem } from '../language/problem.ts';
import { entriesFor, fingerprint, type KnownHost, type KnownHostsFile, keyType, type Verdict } from './known-hosts.ts';

const kinds: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/**
 * Signature algorithms for host keys, those of pinned types first: the server takes the first that it has, so a host with
 * several keys presents the pinned one. The rest stay in the list so that a changed key can be shown.
 */
export function hostKeyAlgorithms(files: readonly KnownHostsFile[], name: string): ServerHostKeyAlgorithm[] {
  const pinned = new Set(entriesFor(files, name).keys.map(({ type }) => type));
  const isPinned = (kind: string): boolean => pinned.has(kind.startsWith('rsa-sha2-') ? 'ssh-rsa' : kind);
  return [...kinds.filter(isPinned), ...kinds.filter((kind) => !isPinned(kind))];
}

/** `ED25519`, `ECDSA`, `RSA` as ssh says it. */
export function kindOf(type: string): string {
  if (type === 'ssh-rsa') return 'RSA';
  return type.startsWith('ecdsa-') ? 'ECDSA' : type.replace(/^ssh-/, '').toUpperCase();
}

const place = (entry: KnownHost): string => `${entry.file}:${entry.line}`;

/**
 * Throws what is wrong with a key that isn't the pinned one.
 * @throws ProblemError `host-key-unknown`, `host-key-changed`, `host-key-revoked`
 */
export function refuseHostKey(
  verdict: Exclude<Verdict, { verdict: 'match' }>,
  key: Buffer,
  host: string,
  name: string,
): never {
  fail(hostKeyProblem(verdict, `${kindOf(keyType(key))} key ${fingerprint(key)}`, host, name));
}

function hostKeyProblem(
  verdict: Exclude<Verdict, { verdict: 'match' }>,
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
          `${name} presented the ${shown}, and no known_hosts file has a key for that name.` +
          (verdict.authority === undefined
            ? ''
            : ` ${place(verdict.authority)} names a certificate authority for it; host certificates need ansible_connection=openssh.`),
        hint: `Compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then pin it:\n    vrun trust -i INVENTORY -l ${host}`,
      };
    case 'changed':
      return {
        code: 'host-key-changed',
        summary: `The key of ${host} has changed`,
        detail:
          `${name} presented the ${shown}; pinned is ` +
          verdict.pinned
            .map((entry) => `the ${kindOf(entry.type)} key ${fingerprint(entry.key)} (${place(entry)})`)
            .join(' and ') +
          '. Someone may be between you and the host, or the host was installed anew.',
        hint: `If you know that it was installed anew, remove the old line and pin the new key:\n    vrun trust -i INVENTORY -l ${host}`,
      };
    case 'revoked':
      return {
        code: 'host-key-revoked',
        summary: `The key of ${host} is revoked`,
        detail: `${name} presented the ${shown}, which ${place(verdict.entry)} revokes. Whoever has that key is not to be trusted.`,
      };
  }
}
