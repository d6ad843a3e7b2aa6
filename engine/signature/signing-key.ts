// Finding the signing key that a configuration names: in a file, behind a passphrase, or in ssh-agent.

import type { KeyObject } from 'node:crypto';
import { fingerprint } from '../base/digest.ts';
import { hasCode } from '../base/file-error.ts';
import { readPlainText } from '../base/plain-file.ts';
import { fail } from '../language/problem/problem.ts';
import { agentSign, agentSigningKeys } from './agent.ts';
import { readPrivateKey, signWithKey } from './private-key.ts';
import { type PublicKey, parsePublicKey, publicKeyBlob } from './public-key.ts';
import type { SignBlob } from './sshsig.ts';
import { WireReader } from './wire.ts';

/** A key that can sign; `file` when its private half is in one. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  readonly sign: SignBlob;
  readonly file?: string;
}

/** How a key is reached that isn't simply in a file. */
export interface KeyWays {
  readonly agentSocket?: string;
  readonly askPassphrase?: (file: string) => Promise<string | undefined>;
}

/** @throws ProblemError `signer` when the key isn't there or can't be used */
export async function findKey(name: string, ways: KeyWays): Promise<SigningKey> {
  if (name === 'agent' || name.startsWith('agent:')) return agentKey(name.slice('agent:'.length), ways);
  const text = await readKeyFile(name);
  const publicKey = parsePublicKey(text);
  if (publicKey !== undefined) return fromAgent(publicKey, name, ways);
  const result = readPrivateKey(text);
  switch (result.kind) {
    case 'key':
      return fileKey(result.key, name);
    case 'encrypted':
      return encryptedKey(name, text, ways);
    case 'hardware':
      return fromAgent(await publicHalf(name), name, ways);
    default:
      return fail({
        code: 'signer',
        summary: `${name} is not a key`,
        detail:
          'Neither a private key that is understood (Ed25519, ECDSA or RSA, as OpenSSH or OpenSSL write it) nor a public one.',
        hint: 'Make one with `ssh-keygen -t ed25519`, or leave `signer.key` out of vrun.yml.',
      });
  }
}

function fileKey(key: KeyObject, file: string): SigningKey {
  const blob = publicKeyBlob(key);
  const publicKey = { type: new WireReader(blob).text(), blob, comment: '' };
  return { publicKey, file, sign: (data) => signWithKey(key, data) };
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readPlainText(file);
  } catch (error) {
    return fail({
      code: 'signer',
      summary: hasCode(error, 'ENOENT') ? 'The signing key is missing' : 'The signing key cannot be read',
      detail: `${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Set `signer.key` in vrun.yml to a key file or to `agent`.',
    });
  }
}

/** An agent that has the key spares the question; so does no answer with a Problem. */
async function encryptedKey(file: string, text: string, ways: KeyWays): Promise<SigningKey> {
  const publicKey = await readPlainText(`${file}.pub`).then(parsePublicKey, () => undefined);
  if (publicKey !== undefined && ways.agentSocket !== undefined) {
    const keys = await agentSigningKeys(ways.agentSocket).catch(() => []);
    if (keys.some((key) => key.blob.equals(publicKey.blob))) return fromAgent(publicKey, file, ways);
  }
  const passphrase = await ways.askPassphrase?.(file);
  const result = passphrase === undefined ? undefined : readPrivateKey(text, passphrase);
  if (result?.kind === 'key') return fileKey(result.key, file);
  return fail({
    code: 'signer',
    summary:
      result === undefined ? 'The signing key needs its passphrase' : 'The passphrase of the signing key is wrong',
    detail: `${file} is encrypted.`,
    hint: `Load it into an agent first:\n\n    ssh-add ${file}`,
  });
}

async function publicHalf(file: string): Promise<PublicKey> {
  const publicKey = await readPlainText(`${file}.pub`).then(parsePublicKey, () => undefined);
  if (publicKey !== undefined) return publicKey;
  return fail({
    code: 'signer',
    summary: 'The signing key is in a hardware token',
    detail: `${file} is only its handle, and ${file}.pub, which tells the agent's key apart, can't be read.`,
    hint: `Load it into an agent, and name it as \`agent:\` and its fingerprint:\n\n    ssh-add ${file}`,
  });
}

async function fromAgent(publicKey: PublicKey, file: string, ways: KeyWays): Promise<SigningKey> {
  return agentKey(fingerprint(publicKey.blob), ways, file);
}

async function agentKey(wanted: string, ways: KeyWays, file?: string): Promise<SigningKey> {
  const socket = ways.agentSocket;
  if (socket === undefined) {
    return fail({
      code: 'signer',
      summary: 'There is no ssh-agent',
      detail: `${file ?? 'The signing key'} is to be used through the agent, but SSH_AUTH_SOCK is not set.`,
      hint: 'Start one and load the key:\n\n    eval "$(ssh-agent)"; ssh-add',
    });
  }
  const keys = await agentSigningKeys(socket).catch((error: Error) =>
    fail({ code: 'signer', summary: 'The ssh-agent cannot be used', detail: `${socket}: ${error.message}` }),
  );
  const inFile = wanted.endsWith('.pub') ? parsePublicKey(await readKeyFile(wanted)) : undefined;
  const print = inFile === undefined ? wanted : fingerprint(inFile.blob);
  const found = keys.filter((key) => print === '' || fingerprint(key.blob) === print || key.comment === print);
  const [publicKey] = found;
  if (publicKey !== undefined && found.length === 1) {
    return { publicKey, sign: (data) => agentSign(socket, publicKey.blob, data) };
  }
  return fail({
    code: 'signer',
    summary: found.length === 0 ? 'The agent does not have the signing key' : 'The agent has several keys',
    detail: `It has:${keys.map((key) => `\n    ${fingerprint(key.blob)} ${key.comment}`).join('') || ' none.'}`,
    hint:
      file === undefined ? 'Name one in vrun.yml as `agent:` and its fingerprint.' : `Load it:\n\n    ssh-add ${file}`,
  });
}
