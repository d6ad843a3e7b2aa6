// Who signed a manifest: the signature is checked first, then whether that key is trusted with builds.

import { fingerprint } from '../base/digest.ts';
import { absoluteTime } from '../signature/absolute-time.ts';
import { AllowedSigners, type SignerUse } from '../signature/allowed-signers.ts';
import { SignatureVerifier } from '../signature/sshsig.ts';
import { MANIFEST_NAMESPACE } from './names.ts';

/** The signing key's blob. @throws Error that says what is wrong with the signature */
export function manifestKey(manifest: Uint8Array, signature: string): Buffer {
  return new SignatureVerifier().verify(signature, MANIFEST_NAMESPACE, manifest);
}

/** The file that lists who may sign: how it is to be shown, and its bytes. */
export interface TrustFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The principal under which the file lists a key for builds at that time; undefined when it doesn't. */
export function trustedSigner(key: Uint8Array, { bytes }: TrustFile, at: Date): string | undefined {
  return new AllowedSigners(bytes).whose(useOf(key, at));
}

/** Why a key isn't enough, for people. */
export function untrusted(key: Uint8Array, { name, bytes }: TrustFile, at: Date): string {
  const why = new AllowedSigners(bytes).whyNobody(useOf(key, at));
  return `It is signed by ${fingerprint(key)}, which ${name} ${why}. A build wants the namespace ${MANIFEST_NAMESPACE}.`;
}

function useOf(blob: Uint8Array, at: Date): SignerUse {
  return { blob, namespace: MANIFEST_NAMESPACE, time: absoluteTime(at.toISOString()) };
}
