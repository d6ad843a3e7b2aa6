// Secrets at rest: `name: !secret |` with armored age (age-encryption.org/v1), decrypted before anything is evaluated.
import { hasCode } from '../../base/file-error.ts';
import { NotPlain, readPlainText } from '../../base/plain-file.ts';
import type { Position } from '../problem/position.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import { Secret } from '../value/secret.ts';
import type { YamlNode, YamlScalar } from './node.ts';

/** What can decrypt: `AGE-SECRET-KEY-1…` lines, or a passphrase. */
export type AgeIdentity = { readonly key: string } | { readonly passphrase: string };

/** Decrypted secrets by their node. */
export interface SecretSource {
  get(node: YamlScalar): Secret | undefined;
}

const KEY = /^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/;
const PLUGIN_KEY = /^AGE-PLUGIN-[0-9A-Z._+-]+-1[0-9A-Z]*$/;
/** A recipient whose key a quantum computer doesn't find. */
const POST_QUANTUM = /^age1(tag)?pq1/;

/**
 * The keys of an identity file as age reads it: one a line, comments start with `#`. Those of plugins, which aren't run here, are
 * passed over where there are others.
 * @throws ProblemError `file-missing`, `file-unreadable`; `secret-unreadable` when it holds no key, or anything else. Never quotes it.
 */
export async function readAgeIdentity(file: string): Promise<AgeIdentity[]> {
  let text: string;
  try {
    text = await readPlainText(file);
  } catch (error) {
    const missing = hasCode(error, 'ENOENT');
    throw new ProblemError([
      {
        code: missing ? 'file-missing' : 'file-unreadable',
        summary: `The identity file ‹${file}› ${missing ? 'does not exist' : 'cannot be read'}`,
        ...(error instanceof NotPlain ? { detail: `${error.message}.` } : {}),
        hint: 'Make one with:\n    vrun secrets init',
      },
    ]);
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const given = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const keys = given.filter((line) => !PLUGIN_KEY.test(line));
  const odd = keys.find((key) => !KEY.test(key));
  if (keys.length > 0 && odd === undefined) return keys.map((key) => ({ key }));
  const plugins = odd === undefined && given.length > 0;
  throw new ProblemError([
    {
      code: 'secret-unreadable',
      summary: `The identity file ‹${file}› holds ${plugins ? 'keys of plugins alone' : odd === undefined || keys.length === 1 ? 'no age key' : `what is no age key, in line ${lines.indexOf(odd) + 1}`}`,
      detail: plugins
        ? 'Lines that start with ‹AGE-PLUGIN-› name a program that holds the key, and vrun runs none.'
        : 'It has lines that start with ‹AGE-SECRET-KEY-1› or ‹AGE-SECRET-KEY-PQ-1›, and comments.',
      hint: 'Make one with:\n    vrun secrets init',
    },
  ]);
}

/**
 * The plain text of one armored age file (X25519, hybrid or scrypt), decoded as UTF-8.
 * @throws Error with a reason that quotes neither the key nor the text.
 */
export async function decryptSecret(armored: string, identities: readonly AgeIdentity[]): Promise<string> {
  // most runbooks have no secret, and the library takes long to load
  const { armor, Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    for (const identity of identities) {
      if ('key' in identity) decrypter.addIdentity(identity.key);
      else decrypter.addPassphrase(identity.passphrase);
    }
  } catch {
    throw new Error('the identity is not a valid age key');
  }
  let encrypted: Uint8Array;
  try {
    encrypted = armor.decode(armored.trim());
  } catch {
    throw new Error('it is not armored age text, or it was cut or changed');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await decrypter.decrypt(encrypted));
  } catch (error) {
    if (error instanceof Error && /no identity matched/.test(error.message)) {
      throw new Error('it is encrypted for another identity');
    }
    throw new Error(
      error instanceof TypeError ? 'its plain text is not UTF-8' : 'it was cut or changed, or the passphrase is wrong',
    );
  }
}

/** An identity that nobody has, and the recipient to encrypt for (X25519). */
export async function newIdentity(): Promise<{ readonly key: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const key = await generateX25519Identity();
  return { key, recipient: await identityToRecipient(key) };
}

/** The public half of a key of an identity file. */
export async function recipientOf(key: string): Promise<string> {
  const { identityToRecipient } = await import('age-encryption');
  return identityToRecipient(key);
}

/**
 * What makes armored age of a text, for every one of the recipients (`age1…`); at least one.
 * @throws ProblemError `usage` for what is no recipient, and for recipients that age would not have together
 */
export async function encrypterFor(recipients: readonly string[]): Promise<(text: string) => Promise<string>> {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  const quantum = recipients.find((recipient) => POST_QUANTUM.test(recipient));
  const classic = recipients.find((recipient) => !POST_QUANTUM.test(recipient));
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new ProblemError([
        {
          code: 'usage',
          summary: `‹${recipient}› is no age recipient`,
          hint: 'It starts with ‹age1›: what ‹vrun secrets init› or ‹age-keygen -y› prints.',
        },
      ]);
    }
  }
  if (quantum !== undefined && classic !== undefined) {
    throw new ProblemError([
      {
        code: 'usage',
        summary: 'Recipients of both kinds are given, post-quantum and classic',
        detail: `‹${short(quantum)}› is safe from quantum computers, and ‹${short(classic)}› is not: a text for both would be safe for neither. age refuses it, too.`,
        hint: 'Name recipients of one kind, as `recipients` in vrun.yml or with --recipient.',
      },
    ]);
  }
  return async (text) => armor.encode(await encrypter.encrypt(text));
}

function short(recipient: string): string {
  return recipient.length > 24 ? `${recipient.slice(0, 24)}…` : recipient;
}

/** A `!secret` and what it is called: its path of keys, `db.password`. */
export interface SealedSecret {
  readonly node: YamlScalar;
  readonly name: string;
}

/** Every `!secret` in a document. */
export function sealedSecrets(node: YamlNode, path: readonly string[] = []): SealedSecret[] {
  if (node.kind === 'scalar') return node.tag === '!secret' ? [{ node, name: path.join('.') || 'secret' }] : [];
  if (node.kind === 'list') return node.items.flatMap((item, index) => sealedSecrets(item, [...path, String(index)]));
  return node.entries.flatMap(({ key, value }) => sealedSecrets(value, [...path, key]));
}

/** What becomes of the `!secret` values of files. */
export interface SecretOpener {
  /** Those in `nodes`, for `toDynamic`. What can't be decrypted is a Problem at its tag and stands as an empty secret. */
  open(nodes: readonly YamlNode[], problems: Problem[]): Promise<SecretSource>;
}

/**
 * Decrypts with these identities; without any, each secret is a Problem that says where one is looked for. Each that is
 * opened is told to `known`, so that whoever hides secrets knows it from the moment on that it is one.
 */
export function secretOpener(
  identities: readonly AgeIdentity[],
  known: (secret: Secret, sealed: string) => void,
): SecretOpener {
  return {
    open: async (nodes, problems) => {
      const secrets = new Map<YamlScalar, Secret>();
      const sealed = nodes.flatMap((node) => sealedSecrets(node));
      await Promise.all(
        sealed.map(async ({ node, name }) => {
          const secret = await unseal(node, name, identities, problems);
          known(secret, String(node.value));
          secrets.set(node, secret);
        }),
      );
      return secrets;
    },
  };
}

/** Knows what others have opened: each secret by the text that it is sealed as. */
export function openedElsewhere(opened: ReadonlyMap<string, Secret>, known: (secret: Secret) => void): SecretOpener {
  return {
    open: async (nodes, problems) => {
      const secrets = new Map<YamlScalar, Secret>();
      for (const { node, name } of nodes.flatMap((inner) => sealedSecrets(inner))) {
        const secret = opened.get(String(node.value)) ?? new Secret(name, '');
        if (!opened.has(String(node.value))) {
          problems.push(unreadable(name, 'it was not opened where the run began', node.at));
        }
        known(secret);
        secrets.set(node, secret);
      }
      return secrets;
    },
  };
}

/** Leaves them shut: secrets by name with something else in them, for what will not run (`vrun lint`, `vrun inventory`). */
export function leftSealed(known: (secret: Secret) => void): SecretOpener {
  return {
    open: async (nodes) => {
      const secrets = new Map<YamlScalar, Secret>();
      for (const { node, name } of nodes.flatMap((inner) => sealedSecrets(inner))) {
        // like no text that a runbook holds: what is made with it is seen to be
        const secret = new Secret(name, `‹sealed ${name}›`);
        known(secret);
        secrets.set(node, secret);
      }
      return secrets;
    },
  };
}

async function unseal(
  node: YamlScalar,
  name: string,
  identities: readonly AgeIdentity[],
  problems: Problem[],
): Promise<Secret> {
  try {
    if (identities.length === 0) throw new Error('there is no identity to decrypt it with');
    return new Secret(name, await decryptSecret(String(node.value), identities));
  } catch (error) {
    problems.push(unreadable(name, error instanceof Error ? error.message : 'unknown reason', node.at));
    return new Secret(name, '');
  }
}

function unreadable(name: string, reason: string, at: Position): Problem {
  return {
    code: 'secret-unreadable',
    summary: `The secret ‹${name}› cannot be decrypted: ${reason}`,
    hint: 'The identity is the file that VRUN_IDENTITY names, or .vrun/identity. Encrypt with:\n    vrun secrets encrypt NAME',
    at,
  };
}
