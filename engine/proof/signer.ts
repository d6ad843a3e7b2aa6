// Who signed a manifest: the signature is checked first, then whether that key is trusted with builds.
import { AllowedSigners } from '../signature/allowed-signers.ts';
import { fingerprint } from '../signature/public-key.ts';
import { SignatureVerifier } from '../signature/sshsig.ts';
import { MANIFEST_NAMESPACE } from './names.ts';

/** The signing key's blob. @throws Error that says what is wrong with the signature */
export function manifestKey(manifest: Uint8Array, signature: string): Buffer {
  return new SignatureVerifier().verify(signature, MANIFEST_NAMESPACE, manifest);
}

/**
 * The principal under which `allowedSigners`, the text of the file `name`, lists a key for builds at that time;
 * undefined when it doesn't. @throws ProblemError for a line that isn't understood
 */
export function trustedSigner(key: Uint8Array, allowedSigners: string, name: string, at: Date): string | undefined {
  return AllowedSigners.parse(allowedSigners, name).whose(key, MANIFEST_NAMESPACE, at);
}

/** Why a key isn't enough, for people. */
export function untrusted(key: Uint8Array, allowedSigners: string, name: string, at: Date): string {
  const why = AllowedSigners.parse(allowedSigners, name).whyNot(key, MANIFEST_NAMESPACE, at);
  return `It is signed by ${fingerprint(key)}, which ${name} ${why}. A build wants the namespace ${MANIFEST_NAMESPACE}.`;
}
