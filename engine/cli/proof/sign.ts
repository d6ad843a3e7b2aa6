// `vrun proof sign`: gathers what is to be said of a build, and signs it.

import { realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { fingerprint } from '../../base/digest.ts';
import { hasCode } from '../../base/file-error.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { fail, type Problem } from '../../language/problem/problem.ts';
import type { BuildRecord, GateResult } from '../../proof/build-record.ts';
import { commitOfBuild } from '../../proof/git-commit.ts';
import { MANIFEST_FILE, SIGNATURE_FILE } from '../../proof/names.ts';
import type { Said } from '../../proof/own-proof.ts';
import { signBuild } from '../../proof/sign-build.ts';
import { findKey, type SigningKey } from '../../signature/signing-key.ts';
import type { Environment } from '../shared/environment.ts';
import { openToOthers } from '../shared/private-files.ts';
import { reportProblems } from '../shared/problems.ts';
import { keyWays } from '../shared/signer.ts';
import { proofKeyFile } from './key-file.ts';
import { gateResult, requireDirectory, type SignOptions } from './options.ts';

/** @throws ProblemError for what can't be signed, or not with that key */
export async function signProof(environment: Environment, build: string, options: SignOptions): Promise<void> {
  await requireDirectory(build, 'Build first, then sign what was built.');
  const key = await keyOf(environment, options.key, build);
  const commit = options.commit ?? (await commitOfBuild(build, [build, environment.cwd]));
  if (/[\s\p{Cc}]/u.test(commit) || commit === '') {
    fail({ code: 'usage', summary: `‹${commit}› is no commit`, hint: 'Give what git rev-parse HEAD says.' });
  }
  const lockfile = options.lockfile ?? (await fileOrNone(join(build, 'package-lock.json')));
  const gates = [...(options.gates === undefined ? [] : await readGates(options.gates)), ...options.gate];
  const about: Omit<Said, 'depsSha256'> = {
    commit,
    builtAt: options.builtAt ?? now(environment),
    timeGiven: options.builtAt !== undefined,
    gatesConfigured: gates.map(({ name }) => name),
    gatesRan: [...gates],
    ...(options.start !== undefined && { start: options.start }),
  };
  const twice = about.gatesConfigured.find((name, index, all) => all.indexOf(name) !== index);
  if (twice !== undefined) fail({ code: 'usage', summary: `the gate ‹${twice}› is given twice` });
  const manifest = await signBuild(build, { ...about, lockfile, ignore: options.ignore }, key);
  reportProblems(warnings(manifest.record), environment);
  const { entries, record } = manifest;
  environment.stdout.write(
    `Signed ${entries.length} files of ${build}, commit ${record.commit}, with ${fingerprint(key.publicKey.blob)}:\n` +
      `${join(build, MANIFEST_FILE)}\n${join(build, SIGNATURE_FILE)}\n`,
  );
}

/** The key that signs a build, which must not lie in it. @throws ProblemError */
export async function keyOf(environment: Environment, given: string | undefined, build: string): Promise<SigningKey> {
  const agent = given === 'agent' || given?.startsWith('agent:') === true;
  const file = given === undefined ? proofKeyFile(environment) : agent ? given : resolve(environment.cwd, given);
  if (!agent && (await stat(file).catch(() => undefined)) === undefined) {
    fail({
      code: 'signer',
      summary: 'There is no key to sign builds with',
      detail: `${file} doesn't exist.`,
      hint: 'Make one, or name one with --key:\n\n    vrun proof init',
    });
  }
  const key = await findKey(file, keyWays(environment));
  if (key.file !== undefined && (await realpath(key.file)).startsWith(`${build}${sep}`)) {
    fail({
      code: 'proof',
      summary: 'The signing key lies in the build',
      detail: `${key.file} would be deployed with it.`,
      hint: 'Keep it outside of the project: vrun proof init makes one there.',
    });
  }
  if (key.file !== undefined) {
    reportProblems(await openToOthers(key.file, 'whoever reads it can sign builds'), environment);
  }
  return key;
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
export function now({ variables }: Environment): string {
  const epoch = variables.SOURCE_DATE_EPOCH;
  return new Date(epoch !== undefined && /^\d+$/.test(epoch) ? Number(epoch) * 1000 : Date.now()).toISOString();
}

async function fileOrNone(file: string): Promise<string | undefined> {
  return stat(file).then(
    () => file,
    () => undefined,
  );
}

async function readGates(file: string): Promise<readonly GateResult[]> {
  try {
    const value: unknown = JSON.parse(await readPlainText(file));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('It is no JSON map.');
    return Object.entries(value).map(([name, result]) => gateResult(name, result));
  } catch (error) {
    return fail({
      code: hasCode(error, 'ENOENT') ? 'file-missing' : 'file-unreadable',
      summary: `‹${file}› has no results of gates`,
      detail: error instanceof Error ? error.message : String(error),
      hint: 'It holds something like { "lint": "passed", "test": "failed", "audit": "not-run" }.',
    });
  }
}

/** A build that proof-verify would refuse is signed all the same: it says what it is. */
export function warnings({ commit, depsSha256, gatesRan }: BuildRecord): readonly Problem[] {
  const bad = gatesRan.filter(({ passed }) => passed !== true).map(({ name }) => name);
  const said = [
    ...(commit === 'unknown' ? ['the commit is unknown: proof-verify refuses this build'] : []),
    ...(commit.endsWith('-dirty') ? [`the commit is ${commit}: proof-verify refuses it unless it is named`] : []),
    ...(bad.length > 0 ? [`not passed: ${bad.join(', ')}: proof-verify refuses this build`] : []),
    ...(depsSha256 === 'none' ? ['there is no package-lock.json, so depsSha256 is “none”'] : []),
  ];
  return said.map((summary) => ({ code: 'proof', severity: 'warning', summary }));
}
