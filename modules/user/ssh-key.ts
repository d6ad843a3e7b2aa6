// A user's own SSH key, made on the host by ssh-keygen(1), as that user; the private half never leaves it.

import { lines, type Script, sh } from '../../engine/base/script.ts';
import { Secret } from '../../engine/language/value/secret.ts';
import { Unknown, type Value } from '../../engine/language/value/value.ts';
import type { Change, Output } from '../../engine/module/change.ts';
import { Content } from '../../engine/module/content.ts';
import { readSections } from '../../engine/module/sections.ts';
import { asUser } from '../../engine/resources/command/as-user.ts';
import { keyFingerprint, parseKeyLine } from '../../engine/resources/ssh-keys/lines.ts';

export const KEY_TYPES = ['rsa', 'ecdsa', 'ed25519'] as const;

export interface SshKeyWant {
  readonly type: (typeof KEY_TYPES)[number];
  readonly bits: number | undefined;
  /** Relative to the home, or absolute. */
  readonly file: string;
  readonly comment: string | undefined;
  /** Twice, a line each, as ssh-keygen asks for it. */
  readonly passphrase: Content | undefined;
}

export interface SshKey {
  readonly path: string;
  readonly there: boolean;
  /** The line of the public half; undefined where there is none. */
  readonly publicKey: string | undefined;
  /** False where there is no ssh-keygen. */
  readonly tool: boolean;
}

export interface KeyPlace {
  readonly name: string;
  /** Where the home will be, when it isn't where the host has it now. */
  readonly home: string | undefined;
  readonly key: SshKeyWant;
}

interface Wanted {
  readonly state: 'present' | 'absent';
  readonly name: string;
  readonly home: string | undefined;
  readonly move_home: boolean;
  readonly sshKey: SshKeyWant | undefined;
}

/** The key of its own that is looked for. */
export function keyPlaces({ state, name, home, move_home, sshKey: key }: Wanted): readonly KeyPlace[] {
  return state === 'present' && key ? [{ name, home: move_home ? undefined : home, key }] : [];
}

/** The key that the parameters want. */
export function sshKeyOf(params: {
  readonly ssh_key_type: SshKeyWant['type'];
  readonly ssh_key_bits?: number;
  readonly ssh_key_file?: string;
  readonly ssh_key_comment?: string;
  readonly ssh_key_passphrase?: Content;
}): SshKeyWant {
  const passphrase = params.ssh_key_passphrase?.bytes().toString('utf8');
  return {
    type: params.ssh_key_type,
    bits: params.ssh_key_bits,
    file: params.ssh_key_file ?? `.ssh/id_${params.ssh_key_type}`,
    comment: params.ssh_key_comment,
    // Always a secret, also where it was written down in the open; ssh-keygen asks twice.
    passphrase:
      passphrase === undefined
        ? undefined
        : Content.of(new Secret('ssh_key_passphrase', `${passphrase}\n${passphrase}\n`)),
  };
}

/** Bits that ssh-keygen takes; others make the task fail. */
export function bitsProblem(type: unknown, bits: unknown): string | undefined {
  if (typeof bits !== 'number') return undefined;
  if (type === 'ecdsa')
    return [256, 384, 521].includes(bits) ? undefined : 'A key of type ecdsa has 256, 384 or 521 bits';
  if (type === 'ed25519') return undefined;
  return bits >= 1024 && bits <= 16_384 ? undefined : 'A key of type rsa has 1024 to 16384 bits';
}

/** A read-only fragment for a probe: for each place the path, and what is there. Links are not followed: they are the user's. */
export function probeSshKeys(places: readonly KeyPlace[]): Script {
  return lines(
    sh`printf '@sshkeys\n'
sshkey() { printf '=%s\n' "$1"; for f in "$1" "$1.pub"; do if [ -e "$f" ] || [ -h "$f" ]; then echo there; fi; done
command -v ssh-keygen >/dev/null || echo tool
[ ! -f "$1.pub" ] || [ -h "$1.pub" ] || { echo public; head -c 16384 "$1.pub" | base64; }; }`,
    ...places.map(({ name, home, key: { file } }) => {
      if (file.startsWith('/')) return sh`sshkey ${file}`;
      // The name is a plain word, so that it stays unquoted and the tilde in front of it is expanded.
      return home === undefined ? sh`sshkey ~${name}/${file}` : sh`sshkey ${`${home}/${file}`}`;
    }),
    sh`printf '@sshkeysend\n'`,
  );
}

/** What was found, in order. */
export function parseSshKeys(out: Output): readonly SshKey[] {
  const blocks: string[][] = [];
  for (const row of readSections(out.stdout).get('sshkeys') ?? []) {
    if (row.startsWith('=')) blocks.push([row.slice(1)]);
    else blocks.at(-1)?.push(row);
  }
  return blocks.map(([path = '', ...rows]) => {
    const at = rows.indexOf('public');
    const text =
      at < 0
        ? ''
        : Buffer.from(rows.slice(at + 1).join(''), 'base64')
            .toString('utf8')
            .trim();
    // Only what is a key is told of: whatever else lies there is the user's.
    const publicKey = parseKeyLine(text) && !text.includes('\n') ? text : undefined;
    return { path, there: rows.includes('there'), publicKey, tool: !rows.includes('tool') };
  });
}

export function pathOfKey({ file }: SshKeyWant, home: string): string {
  return file.startsWith('/') ? file : `${home}/${file}`;
}

/** What `register` sees of it. */
export function sshKeyResult(want: SshKeyWant | undefined, have: SshKey | undefined): Readonly<Record<string, Value>> {
  if (!want || !have) return {};
  const key = have.publicKey === undefined ? undefined : parseKeyLine(have.publicKey);
  const later = have.there ? null : new Unknown('apply', 'the key that is only generated then');
  return {
    ssh_key_file: have.path,
    ssh_public_key: have.publicKey ?? later,
    ssh_fingerprint: key ? keyFingerprint(key) : later,
  };
}

/** A key where there is none; one that is there is never overwritten. */
export function keyChange(name: string, want: SshKeyWant, path: string): Change {
  const { type, bits, comment, passphrase } = want;
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const options = ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', `${bits}`]), '-f', path];
  const label = comment === undefined ? sh`"${name}@$(uname -n)"` : sh`${comment}`;
  // Without a terminal of its own ssh-keygen asks its standard input.
  const make =
    passphrase === undefined
      ? sh`as ssh-keygen ${options} -N '' -C ${label}`
      : sh`as setsid -w ssh-keygen ${options} -C ${label} >/dev/null`;
  return {
    op: '+',
    what: `SSH key ${path} of ${name}`,
    to: passphrase === undefined ? type : `${type}, with a passphrase (secret)`,
    steps: [
      {
        run: lines(asUser(name), sh`umask 077; [ -d ${directory} ] || as mkdir -p -- ${directory} || exit`, make),
        ...(passphrase && { stdin: passphrase }),
      },
    ],
    effects: [{ makes: `path:${path}` }, { makes: `path:${path}.pub` }],
  };
}
