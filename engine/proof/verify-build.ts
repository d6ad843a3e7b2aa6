// Checking a build on this machine: its signature, every file in it, and what it says of itself.

import { join } from 'node:path';
import { sha256 } from '../base/digest.ts';
import { hasCode } from '../base/file-error.ts';
import { readPlain } from '../base/plain-file.ts';
import { ProblemError } from '../language/problem/problem.ts';
import {
  commitFaults,
  contentFaults,
  disagreements,
  type Expected,
  lockFault,
  NO_LOCKFILE,
  readBuildJson,
} from './build-record.ts';
import { compareDirectory } from './compare.ts';
import type { BuildFinding } from './findings.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { BUILD_FILES, MANIFEST_FILE, SIGNATURE_FILE } from './names.ts';
import { manifestKey, type TrustFile, trustedSigner, untrusted } from './signer.ts';

export interface BuildVerification {
  readonly ok: boolean;
  /** The principal whose signature holds; undefined when none does. */
  readonly signer: string | undefined;
  readonly manifest: Manifest | undefined;
  readonly findings: readonly BuildFinding[];
  /** What else is wrong, a line each. */
  readonly faults: readonly string[];
  /** What a deployment refuses unless it names the commit: that it is dirty or unknown. */
  readonly warnings: readonly string[];
}

export interface VerifyBuildOptions extends Expected {
  /** The file that lists who may sign, and the time in question. */
  readonly allowedSigners: TrustFile;
  /** Relative to the build. */
  readonly lockfile: string;
  readonly now: Date;
}

/** Without a signature that holds nothing else is looked at: there would be nothing to hold it against. */
export async function verifyBuild(root: string, options: VerifyBuildOptions): Promise<BuildVerification> {
  const failed = (reason: string): BuildVerification => {
    return { ok: false, signer: undefined, manifest: undefined, findings: [], faults: [reason], warnings: [] };
  };
  const bytes = await readOptional(join(root, MANIFEST_FILE));
  if (bytes === undefined) return failed(`There is no ${MANIFEST_FILE}: it was never signed.`);
  const signature = await readOptional(join(root, SIGNATURE_FILE));
  if (signature === undefined) return failed(`There is no ${SIGNATURE_FILE}: the manifest is not signed.`);
  const { allowedSigners, now } = options;
  let manifest: Manifest;
  let signer: string | undefined;
  try {
    const key = manifestKey(bytes, signature.toString('utf8'));
    signer = trustedSigner(key, allowedSigners, now);
    if (signer === undefined) return failed(untrusted(key, allowedSigners, now));
    manifest = readManifest(bytes);
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    return failed(`${MANIFEST_FILE}: ${error.message}.`);
  }
  const findings = compareDirectory(root, manifest);
  const commit = commitFaults(manifest.record.commit, options.commit);
  const named = options.commit !== undefined;
  const faults = [
    ...(named ? commit : []),
    ...contentFaults(manifest.record, options, now.getTime() / 1000),
    ...(await buildFaults(root, manifest)),
    ...(await lockFaults(root, manifest, options.lockfile)),
  ];
  return {
    ok: findings.length === 0 && faults.length === 0,
    signer,
    manifest,
    findings,
    faults,
    warnings: named
      ? []
      : commit.map(
          (line) =>
            `${line}: proof-verify refuses it${manifest.record.commit === 'unknown' ? '' : ' unless it is named'}`,
        ),
  };
}

async function buildFaults(root: string, manifest: Manifest): Promise<readonly string[]> {
  const [file] = BUILD_FILES;
  const text = await readOptional(join(root, file));
  if (text === undefined) return [`${file} is missing`];
  try {
    const build = readBuildJson(text.toString('utf8'));
    const wrong = [...(build.generated ? [] : ['generated is false']), ...disagreements(build, manifest.record)];
    return wrong.map((line) => `${file}: ${line}`);
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function lockFaults(root: string, { record }: Manifest, lockfile: string): Promise<readonly string[]> {
  const bytes = await readOptional(join(root, lockfile));
  const digest = bytes === undefined ? NO_LOCKFILE : sha256(bytes);
  return lockFault(lockfile, digest, record.depsSha256);
}

async function readOptional(file: string): Promise<Buffer | undefined> {
  try {
    return await readPlain(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
