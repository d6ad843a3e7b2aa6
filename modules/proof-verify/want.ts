// What a build is held against: what was signed and by whom, and what is expected of it.

import type { Content } from '../../engine/module/content.ts';
import type { Failure } from '../../engine/module/failure.ts';
import type { LocalSource } from '../../engine/module/parameters.ts';
import type { Expected } from '../../engine/proof/build-record.ts';
import { type Manifest, readManifest } from '../../engine/proof/manifest.ts';
import { manifestKey, type TrustFile } from '../../engine/proof/signer.ts';

/** A manifest whose signature is right; whether the key may sign builds is asked once the time is known. */
export interface Signed {
  readonly manifest: Manifest;
  /** The signing key, as SSH writes it. */
  readonly key: Uint8Array;
  readonly bytes: Content;
  readonly signature: Content;
  /** The file's name, to be shown, and what is in it. */
  readonly allowedSigners: TrustFile;
}

/** A directory on the host. */
export interface DirectoryWant {
  readonly kind: 'directory';
  readonly path: string;
  /** Relative to it. */
  readonly lockfile: string;
  readonly deep: boolean;
  readonly expected: Expected;
  /** Undefined without a manifest; a Failure when it isn't to be trusted. */
  readonly signed: Signed | Failure | undefined;
}

export function isSigned(signed: Signed | Failure | undefined): signed is Signed {
  return signed !== undefined && 'manifest' in signed;
}

/** Pure, and remembered: a manifest of 20,000 files is read once a run and not once a host. */
export function readSigned(
  manifest: LocalSource,
  signature: LocalSource | undefined,
  { name, content }: LocalSource,
): Signed | Failure {
  if (signature === undefined) return unsigned(manifest.name);
  const read = checked(manifest.content, signature.content);
  if ('fault' in read) {
    return {
      summary: `The manifest ${manifest.name} is not to be trusted`,
      detail: `${read.fault} It was held against ${signature.name}.`,
      hint: 'Build and sign again, where the key is:\n\n    vrun proof sign DIRECTORY',
    };
  }
  return {
    ...read,
    bytes: manifest.content,
    signature: signature.content,
    allowedSigners: { name, bytes: content.bytes() },
  };
}

function unsigned(name: string): Failure {
  return {
    summary: `The manifest ${name} is not signed`,
    detail: `There is no ${name}.sig beside it, and no other signature is named.`,
    hint: 'Sign the build, where the key is:\n\n    vrun proof sign DIRECTORY',
  };
}

type Checked = { readonly manifest: Manifest; readonly key: Uint8Array } | { readonly fault: string };

const before = new WeakMap<Content, { readonly signature: Content; readonly result: Checked }>();

function checked(manifest: Content, signature: Content): Checked {
  const known = before.get(manifest);
  if (known?.signature === signature) return known.result;
  const result = check(manifest.bytes(), signature.bytes().toString('utf8'));
  before.set(manifest, { signature, result });
  return result;
}

function check(manifest: Uint8Array, signature: string): Checked {
  try {
    const key = manifestKey(manifest, signature);
    return { key, manifest: readManifest(manifest) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` };
  }
}
