// Secrets at rest: `name: !secret |` with armored age (age-encryption.org/v1), decrypted before anything is evaluated.
import { NotPlain, readPlainText } from './plain-file.ts';
import type { Position } from './position.ts';
import { type Problem, ProblemError } from './problem.ts';
import { Secret } from './secret.ts';
import type { YamlNode, YamlScalar } from './yaml-node.ts';

/** What can decrypt: `AGE-SECRET-KEY-1…` lines, or a passphrase. */
export type Identity = { readonly key: string } | { readonly passphrase: string };

/** Decrypted secrets by their node. */
export interface SecretSource {
  get(node: YamlScalar): Secret | undefined;
}

/**
 * The keys of an identity file as `age-keygen` writes it: one a line, comments start with `#`.
 * @throws ProblemError `file-missing`, `file-unreadable`; `secret-unreadable` when it holds no key. Never quotes it.
 */
export async function readIdentity(file: string): Promise<Identity[]> {
  let text: string;
  try {
    text = await readPlainText(file);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new ProblemError([
      {
        code: missing ? 'file-missing' : 'file-unreadable',
        summary: `The identity file ‹${file}› ${missing ? 'does not exist' : 'cannot be read'}`,
        ...(error instanceof NotPlain ? { detail: `${error.message}.` } : {}),
        hint: 'Make one with:\n    vrun secrets init',
      },
    ]);
  }
  const keys = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || keys.some((key) => !/^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/.test(key))) {
    throw new ProblemError([
      {
        code: 'secret-unreadable',
        summary: `The identity file ‹${file}› holds no age key`,
        detail: 'It has lines that start with ‹AGE-SECRET-KEY-1›, and comments.',
        hint: 'Make one with:\n    vrun secrets init',
      },
    ]);
  }
  return keys.map((key) => ({ key }));
}

/**
 * The plain text of one armored age file (X25519, hybrid or scrypt), decoded as UTF-8.
 * @throws Error with a reason that quotes neither the key nor the text.
 */
export async function decryptSecret(armored: string, identities: readonly Identity[]): Promise<string> {
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
 * @throws ProblemError `usage` for what is no recipient
 */
export async function encrypterFor(recipients: readonly string[]): Promise<(text: string) => Promise<string>> {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
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
  return async (text) => armor.encode(await encrypter.encrypt(text));
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

/**
 * Decrypts every `!secret` in `nodes`, for `toDynamic`. What can't be decrypted is a Problem at its tag and stands as
 * an empty secret. Without identities each is a Problem that says where one is looked for.
 */
export async function unsealSecrets(
  nodes: readonly YamlNode[],
  identities: readonly Identity[],
  problems: Problem[],
): Promise<SecretSource> {
  const secrets = new Map<YamlScalar, Secret>();
  const sealed = nodes.flatMap((node) => sealedSecrets(node));
  await Promise.all(
    sealed.map(async ({ node, name }) => {
      secrets.set(node, await unseal(node, name, identities, problems));
    }),
  );
  return secrets;
}

/** Secrets by name with something else in them: for reading a runbook that will not run (`vrun lint`). */
export function closedSecrets(nodes: readonly YamlNode[]): SecretSource {
  const sealed = nodes.flatMap((node) => sealedSecrets(node));
  // like no text that a runbook holds: what is made with it is seen to be
  return new Map(sealed.map(({ node, name }) => [node, new Secret(name, `‹sealed ${name}›`)]));
}

async function unseal(
  node: YamlScalar,
  name: string,
  identities: readonly Identity[],
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
