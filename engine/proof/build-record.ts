// What a build says of itself, in `build.json` and in its manifest: from which commit, when, with which gates passed.
import Type, { type Static } from 'typebox';
import { hasShape, shapeFault } from '../base/shape.ts';

const Gate = Type.Object({ name: Type.String(), ran: Type.Boolean(), passed: Type.Optional(Type.Boolean()) });

/** The members of `predicate` in a manifest that stand in build.json too. */
export const recordMembers = {
  /**
   * 40 hex digits (64 of SHA-256), with `-dirty` when what was built isn't what was committed; `unknown` without git. An
   * application's own proof may have the first 7 or more.
   */
  commit: Type.String({ minLength: 1 }),
  builtAt: Type.String({ minLength: 1 }),
  /** sha256 of the lock file, in hex; `none` without one. */
  depsSha256: Type.String({ pattern: '^([0-9a-f]{64}|none)$' }),
  gatesConfigured: Type.Array(Type.String()),
  gatesRan: Type.Array(Gate),
};

const Members = Type.Object(recordMembers);
const BuildJson = Type.Object({ ...recordMembers, generated: Type.Boolean() });

export interface BuildRecord extends Static<typeof Members> {
  /** Of what was signed: the build shows a proof that the application made, and that may have fewer gates. */
  readonly ownProof?: true;
  /** Of what was signed: the command that starts it, in its directory. */
  readonly start?: string;
}
export type GateResult = Static<typeof Gate>;

/** `depsSha256` of a build that has no lock file. */
export const NO_LOCKFILE = 'none';

/** The text of `build.json`: always the same for what says the same. */
export function buildJson(record: BuildRecord): string {
  const { commit, builtAt, depsSha256, gatesConfigured } = record;
  const gatesRan = record.gatesRan.map(({ name, ran, passed }) => ({ name, ran, passed }));
  return `${JSON.stringify({ commit, builtAt, depsSha256, generated: true, gatesConfigured, gatesRan }, undefined, 2)}\n`;
}

/** Reads a `build.json`; members that aren't known are left alone. @throws Error that says what is wrong */
export function readBuildJson(text: string): BuildRecord & { readonly generated: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  if (hasShape(BuildJson, value)) return value;
  const fault = shapeFault(BuildJson, value);
  throw new Error(`it is not a build's proof: ${[fault?.at, fault?.message].filter(Boolean).join(' ')}`);
}

/** What a build is held against. */
export interface Expected {
  /** The only commit that is accepted. Without it, any that is known and clean. */
  readonly commit: string | undefined;
  /** Gates that must be among the configured ones; `A|B` is one or the other. */
  readonly gates: readonly string[];
  /** Seconds since it was built. */
  readonly maxAge: number | undefined;
  /** The command that starts it, as it has to have been signed; empty where none was. Undefined: whatever was. */
  readonly start?: string | undefined;
}

/** What is wrong with a build's record, a line each. `now` is in seconds. */
export function recordFaults(record: BuildRecord, expected: Expected, now: number): readonly string[] {
  return [
    ...commitFaults(record.commit, expected.commit),
    ...contentFaults(record, expected, now),
    ...startFaults(record.start ?? '', expected.start),
  ];
}

/** The same but for the commit. */
export function contentFaults(record: BuildRecord, expected: Expected, now: number): readonly string[] {
  return [...gateFaults(record, expected), ...age(record, expected, now)];
}

const DIRTY = '-dirty';
/** So many digits are taken for the beginning of a commit. */
const SHORT = /^[0-9a-f]{7,39}$/;

/**
 * Whether a build's commit is the expected one. A short one, of 7 digits or more, is the beginning of the long one; short as
 * an application's own proof has it, it doesn't say whether something wasn't committed, and the long one does.
 */
export function isCommit(commit: string, expected: string): boolean {
  if (commit === expected) return true;
  if (SHORT.test(commit) && expected.startsWith(commit)) return /^[0-9a-f]+(-dirty)?$/.test(expected);
  return SHORT.test(expected) && commit.startsWith(expected) && !commit.endsWith(DIRTY);
}

/** What is wrong with the commit alone. */
export function commitFaults(commit: string, expected: string | undefined): readonly string[] {
  if (commit === 'unknown') return ['commit is unknown: it was built without git'];
  if (expected !== undefined && !isCommit(commit, expected)) return [`commit is ${commit}, not ${expected}`];
  if (commit.endsWith(DIRTY) && expected === undefined) {
    return [`commit is ${commit}: what was built was not committed`];
  }
  return [];
}

function startFaults(signed: string, expected: string | undefined): readonly string[] {
  if (expected === undefined || expected === signed) return [];
  return [`it is to be started by ‹${expected}›, and ${signed === '' ? 'no command' : `‹${signed}›`} was signed`];
}

function gateFaults({ gatesConfigured, gatesRan }: BuildRecord, { gates }: Expected): readonly string[] {
  const ran = new Map(gatesRan.map((gate) => [gate.name, gate]));
  return [
    ...gates
      .filter((name) => ![name, ...name.split('|')].some((one) => gatesConfigured.includes(one)))
      .map((name) => `gate ${name} is not among those of the build (${gatesConfigured.join(', ') || 'it has none'})`),
    ...gatesConfigured.flatMap((name) => {
      const gate = ran.get(name);
      if (gate?.ran !== true) return [`gate ${name} did not run`];
      return gate.passed === true ? [] : [`gate ${name} did not pass`];
    }),
    ...gatesRan
      .filter(({ name }, index) => gatesRan.findIndex((gate) => gate.name === name) !== index)
      .map(({ name }) => `gate ${name} stands there twice`),
  ];
}

function age({ builtAt }: BuildRecord, { maxAge }: Expected, now: number): readonly string[] {
  const built = Date.parse(builtAt);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(builtAt) || Number.isNaN(built)) return [`builtAt is no time: ${builtAt}`];
  if (maxAge === undefined) return [];
  const seconds = Math.floor(now - built / 1000);
  if (seconds < -CLOCKS) return [`it was built in the future: ${builtAt}`];
  return seconds <= maxAge ? [] : [`it was built ${seconds} seconds ago (${builtAt}), more than ${maxAge}`];
}

/** Seconds by which two machines' clocks may differ. */
const CLOCKS = 300;

/** What a build shows that wasn't signed so, a line each. An application's own proof may name fewer gates than were signed. */
export function disagreements(shown: BuildRecord, signed: BuildRecord): readonly string[] {
  const members = ['builtAt', 'depsSha256'] as const;
  const gates = [...gateConflicts(shown, signed), ...(signed.ownProof ? [] : gateConflicts(signed, shown))];
  return [
    ...(isCommit(shown.commit, signed.commit) ? [] : [`commit is ${shown.commit}, and ${signed.commit} was signed`]),
    ...members
      .filter((name) => shown[name] !== signed[name])
      .map((name) => `${name} is ${shown[name]}, and ${signed[name]} was signed`),
    ...(gates.length === 0 ? [] : ['its gates are not those that were signed']),
  ];
}

/** The gates of one record that another doesn't have, or with another result. */
export function gateConflicts(one: BuildRecord, other: BuildRecord): readonly string[] {
  const names = [...new Set([...one.gatesConfigured, ...one.gatesRan.map(({ name }) => name)])];
  return names.filter((name) => !other.gatesConfigured.includes(name) || resultOf(one, name) !== resultOf(other, name));
}

function resultOf({ gatesRan }: BuildRecord, name: string): string {
  return gatesRan
    .filter((gate) => gate.name === name)
    .map(({ ran, passed }) => `${ran} ${passed ?? false}`)
    .join();
}

/** A lock file's digest, `none` without one, against the one in the proof. */
export function lockFault(lockfile: string, found: string, stated: string): readonly string[] {
  if (found === stated) return [];
  if (found === NO_LOCKFILE) return [`${lockfile} is missing, and depsSha256 is its digest`];
  return [`${lockfile} has the digest ${found}, not depsSha256 ${stated}`];
}
