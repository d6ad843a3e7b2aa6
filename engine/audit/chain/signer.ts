// Who signs the record: a key in a file, a key in ssh-agent (hardware keys too), or one that the first run makes.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fingerprint } from '../../base/digest.ts';
import { hasCode } from '../../base/file-error.ts';
import { fail } from '../../language/problem/problem.ts';
import { absoluteTime } from '../../signature/absolute-time.ts';
import { AllowedSigners } from '../../signature/allowed-signers.ts';
import { newPrivateKey } from '../../signature/private-key.ts';
import { type PublicKey, publicKeyLine } from '../../signature/public-key.ts';
import { findKey, type SigningKey } from '../../signature/signing-key.ts';
import { makeSshSignature } from '../../signature/sshsig.ts';
import { createFile } from './durable-file.ts';

/** The namespace of the chain's signatures: `ssh-keygen -Y verify -n` wants it. */
export const ENTRY_NAMESPACE = 'vrun-audit-entry-v1';

/** Signs entries. `identity` is the principal under which `allowedSigners` (a path) lists the key. */
export interface Signer {
  readonly identity: string;
  readonly publicKey: PublicKey;
  readonly fingerprint: string;
  readonly allowedSigners: string;
  /** Where the private key lies; undefined for one in the agent. */
  readonly keyFile: string | undefined;
  /** What the user should be told, such as that a key was made. */
  readonly notices: readonly string[];
  /** An armored SSHSIG over `message`. */
  sign(namespace: string, message: Uint8Array): Promise<string>;
}

export interface SignerOptions {
  /** The record's directory, `.vrun`. */
  readonly directory: string;
  /**
   * A private key's file; a public key's file, whose private half the agent has; `agent` for its only key or
   * `agent:` and a comment, fingerprint or file of a public key. Without it `.vrun/key` is used and, if need be, made.
   */
  readonly key?: string;
  /** The principal; without it the one that allowed_signers has for the key, else `operator`. */
  readonly identity?: string;
  /** `user@machine`, for a key that is in no file yet. */
  readonly operator: string;
  /** Without it `.vrun/allowed_signers`, which is made if need be. One that is given must exist and list the key. */
  readonly allowedSigners?: string;
  /** The path in `SSH_AUTH_SOCK`. */
  readonly agentSocket?: string;
  /** Asks for the passphrase of a key's file; undefined when nobody can be asked. */
  readonly askPassphrase?: (file: string) => Promise<string | undefined>;
}

/**
 * Finds the key that signs, and makes sure that allowed_signers lists it.
 * @throws ProblemError `signer` that says what to do
 */
export async function openSigner(options: SignerOptions): Promise<Signer> {
  const notices: string[] = [];
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const file = options.key ?? path.join(options.directory, 'key');
  if (options.key === undefined) await makeKey(file, options.operator, notices);
  const key = await findKey(file, options);
  const { identity, allowedSigners } = await allow(key, options, notices);
  return {
    identity,
    publicKey: key.publicKey,
    fingerprint: fingerprint(key.publicKey.blob),
    allowedSigners,
    keyFile: key.file,
    notices,
    sign: (namespace, message) => makeSshSignature(key.publicKey.blob, namespace, message, key.sign),
  };
}

async function makeKey(file: string, operator: string, notices: string[]): Promise<void> {
  try {
    await stat(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    const made = await createFile(file, newPrivateKey(operator).file);
    if (made)
      notices.push(`Made the key ${file}, which signs the record from now on. Keep it, and keep it to yourself.`);
  }
}

async function allow(
  key: SigningKey,
  options: SignerOptions,
  notices: string[],
): Promise<{ identity: string; allowedSigners: string }> {
  const file = options.allowedSigners ?? path.join(options.directory, 'allowed_signers');
  const { blob } = key.publicKey;
  const use = { blob, namespace: ENTRY_NAMESPACE, time: absoluteTime(new Date().toISOString()) };
  const signers = await AllowedSigners.read(file);
  const listed = signers?.principalOf(use);
  const identity = checkIdentity(options.identity ?? listed ?? options.operator);
  if (signers?.allows(use, identity) === true) return { identity, allowedSigners: file };
  const line = `${identity} namespaces="${ENTRY_NAMESPACE}" ${publicKeyLine(blob)}`;
  if (signers === undefined && options.allowedSigners === undefined) {
    if (!(await createFile(file, `${line}\n`, 0o644))) return allow(key, options, notices);
    notices.push(`Made ${file}, which lists the keys that may sign. Give a copy to whoever is to check the record.`);
    return { identity, allowedSigners: file };
  }
  return fail({
    code: 'signer',
    summary: 'The signing key is not among the allowed signers',
    detail:
      signers === undefined
        ? `${file} doesn't exist, so nobody could check what ${fingerprint(blob)} signs.`
        : `Nobody could check what ${fingerprint(blob)} signs, which ${file} ${signers.whyNot(use, identity) ?? 'lists'}.`,
    hint: `If it is to sign, add this line to the file:\n\n    ${line}`,
  });
}

/** A principal that needs no quoting in allowed_signers, in JSON and in a shell's single quotes. */
function checkIdentity(identity: string): string {
  if (/^[^\s"'\\,*?!#\p{Cc}]+$/u.test(identity)) return identity;
  return fail({
    code: 'signer',
    summary: `${JSON.stringify(identity)} can't name a signer`,
    detail: 'A principal of allowed_signers has no white space, quotes, commas, `*`, `?`, `!`, `#` or backslashes.',
    hint: 'Set `signer.identity` in vrun.yml, for example to an address.',
  });
}
