// Which algorithms we offer. What ssh's configuration leaves out isn't offered, and what it adds is.
import type { CipherAlgorithm, ConnectConfig, KexAlgorithm, MacAlgorithm } from 'ssh2';
import { fail } from '../../language/problem/problem.ts';
import type { SshOptions } from './options.ts';

/** What is cheap and current: no Diffie-Hellman group exchange (slow), no compression, ciphers that OpenSSL does in hardware. */
const usual = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
} satisfies Lists;

/** What ssh2 has besides; offered where ssh's configuration names it. */
const onRequest = {
  kex: [
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group1-sha1',
  ],
  cipher: ['aes128-cbc', 'aes192-cbc', 'aes256-cbc', '3des-cbc'],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-md5'],
} satisfies Lists;

interface Lists {
  readonly kex: readonly KexAlgorithm[];
  readonly cipher: readonly CipherAlgorithm[];
  readonly hmac: readonly MacAlgorithm[];
}

/**
 * The algorithms to offer under ssh's configuration.
 * @throws ProblemError `config` where it allows none that ssh2 has
 */
export function algorithmsFor(
  options: Pick<SshOptions, 'kexAlgorithms' | 'ciphers' | 'macs'>,
): NonNullable<ConnectConfig['algorithms']> {
  return {
    kex: chosen(usual.kex, onRequest.kex, options.kexAlgorithms, 'KexAlgorithms'),
    cipher: chosen(usual.cipher, onRequest.cipher, options.ciphers, 'Ciphers'),
    hmac: chosen(usual.hmac, onRequest.hmac, options.macs, 'MACs'),
    compress: ['none'],
  };
}

function chosen<Name extends string>(
  own: readonly Name[],
  more: readonly Name[],
  configured: readonly string[] | undefined,
  option: string,
): Name[] {
  if (configured === undefined) return [...own];
  const allowed = [...own, ...more].filter((name) => configured.includes(name));
  if (allowed.length > 0) return allowed;
  return fail({
    code: 'config',
    summary: `ssh's configuration allows no ${option} that vrun has`,
    detail: `${option} ${configured.join(',')}`,
    hint: 'That needs the stock client: ansible_connection=openssh.',
  });
}
