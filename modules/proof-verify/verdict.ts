// Whether a build is what was signed and what is expected, and in words what isn't.

import { lastLines } from '../../engine/base/last-lines.ts';
import type { Value } from '../../engine/language/value/value.ts';
import type { Plan } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import {
  type BuildRecord,
  disagreements,
  lockFault,
  readBuildJson,
  recordFaults,
} from '../../engine/proof/build-record.ts';
import { countFindings, findingLines, totalOf } from '../../engine/proof/findings.ts';
import { trustedSigner, untrusted } from '../../engine/proof/signer.ts';
import type { DirectoryState } from './state.ts';
import { type DirectoryWant, isSigned, type Signed } from './want.ts';

/** What `register` sees, and the failure when the directory isn't as it was signed. */
export function judgeDirectory(have: DirectoryState, want: DirectoryWant): Pick<Plan, 'failure' | 'result'> {
  const { path, signed } = want;
  if (signed !== undefined && !isSigned(signed)) return { failure: signed };
  if (have.unusable !== undefined) {
    return { failure: { summary: `${path} is ${have.unusable}`, hint: UNUSABLE[have.unusable] } };
  }
  const signer = signed && signerOf(signed, have.date);
  if (typeof signer === 'object') return { failure: signer };
  const build = readBuild(have.build);
  const record = signed?.manifest.record ?? build.record;
  const faults = [
    ...(record ? recordFaults(record, want.expected, have.date) : []),
    ...build.faults,
    ...(signed && build.record ? prefixed(build.file, disagreements(build.record, signed.manifest.record)) : []),
    ...(record ? lockFaults(want.lockfile, have.lock, record) : []),
  ];
  const files = signed?.manifest.entries.length;
  const result = {
    ...described(record),
    findings: findingsOf(have),
    counts: { ...have.counts },
    faults,
    signer,
    files,
  };
  const failure = have.incomplete ? unread(path, have) : verdict(path, have, faults);
  return { ...(failure ? { failure } : {}), result: defined(result) };
}

const UNUSABLE: Readonly<Record<NonNullable<DirectoryState['unusable']>, string>> = {
  'not a directory': 'Name the directory that holds the build.',
  'not to be entered': 'Read it as its owner or as root, with `become: true`.',
};

/** The principal, or why there is none. */
function signerOf({ key, allowedSigners }: Signed, now: number): string | Failure {
  const at = new Date(now * 1000);
  const signer = trustedSigner(key, allowedSigners, at);
  if (signer !== undefined) return signer;
  return {
    summary: 'The manifest is signed by somebody who is not trusted',
    detail: untrusted(key, allowedSigners, at),
    hint: `If that key is to sign builds, let ${allowedSigners.name} say so: vrun proof init prints the line of a key.`,
  };
}

/** A record that can be used, and what is wrong with the file that it stands in. */
export function readBuild(build: DirectoryState['build']): {
  readonly file: string;
  readonly record: BuildRecord | undefined;
  readonly faults: readonly string[];
} {
  if (build === undefined) {
    return {
      file: '',
      record: undefined,
      faults: ['there is no build proof: neither public/proof/build.json nor proof/build.json'],
    };
  }
  const { file } = build;
  if ('fault' in build) return { file, record: undefined, faults: [`${file}: ${build.fault}`] };
  try {
    const record = readBuildJson(build.text);
    return { file, record, faults: record.generated ? [] : [`${file}: generated is false`] };
  } catch (error) {
    return { file, record: undefined, faults: [`${file}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

function prefixed(file: string, faults: readonly string[]): readonly string[] {
  return faults.map((fault) => `${file}: ${fault}`);
}

function lockFaults(lockfile: string, lock: string | undefined, record: BuildRecord): readonly string[] {
  if (lock === undefined) return [`${lockfile} can’t be read`];
  return lockFault(lockfile, lock, record.depsSha256);
}

/** What is said to be missing may only be hidden: it isn't shown. */
function unread(path: string, { findings, said }: DirectoryState): Failure {
  const certain = findings.filter(({ kind }) => kind !== 'missing');
  const words = lastLines([...new Set(said.split('\n'))].join('\n')) || '  It changed while it was being read.';
  const differs = findingLines(certain, countFindings(certain)).map((line) => `  ${line}`);
  return {
    summary: `${path} could not be read as a whole`,
    detail: [words, ...(differs.length > 0 ? ['What could be read differs already:', ...differs] : [])].join('\n'),
    hint: 'Read it as its owner or as root, with `become: true`. What the application writes belongs outside of it.',
  };
}

function verdict(path: string, have: DirectoryState, faults: readonly string[]): Failure | undefined {
  const total = totalOf(have.counts);
  if (total === 0 && faults.length === 0) return undefined;
  const lines = [...findingLines(have.findings, have.counts), ...faults];
  return {
    summary: total === 0 ? `${path}: the build proof does not hold` : `${path} is not as it was signed`,
    detail: lines.map((line) => `  ${line}`).join('\n'),
    hint:
      total === 0
        ? 'Deploy a build of a known commit whose gates passed, as vrun proof sign leaves it.'
        : 'If nobody meant to change it, find out who could. A release is unpacked once: put the file back, or deploy another build.',
  };
}

function findingsOf({ findings }: DirectoryState): Value {
  return findings.map(({ path, kind }) => ({ path, kind }));
}

/** What a record says, in the words of `register`. */
export function described(record: BuildRecord | undefined): Readonly<Record<string, Value | undefined>> {
  if (record === undefined) return {};
  const { commit, builtAt, depsSha256, gatesConfigured } = record;
  return { commit, built_at: builtAt, deps_sha256: depsSha256, gates: [...gatesConfigured] };
}

/** Without the members that aren't there. */
export function defined(values: Readonly<Record<string, Value | undefined>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
