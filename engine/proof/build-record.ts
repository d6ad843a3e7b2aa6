// What a build says of itself, in `build.json` and in its manifest: from which commit, when, with which gates passed.
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';

const Gate = Type.Object({ name: Type.String(), ran: Type.Boolean(), passed: Type.Optional(Type.Boolean()) });

/** The members of `predicate` in a manifest that stand in build.json too. */
export const recordMembers = {
  /** 40 hex digits, with `-dirty` when what was built isn't what was committed; `unknown` without git. */
  commit: Type.String({ minLength: 1 }),
  builtAt: Type.String({ minLength: 1 }),
  /** sha256 of the lock file, in hex; `none` without one. */
  depsSha256: Type.String({ pattern: '^([0-9a-f]{64}|none)$' }),
  gatesConfigured: Type.Array(Type.String()),
  gatesRan: Type.Array(Gate),
};

const Members = Type.Object(recordMembers);
const BuildJson = Type.Object({ ...recordMembers, generated: Type.Boolean() });

export type BuildRecord = Static<typeof Members>;
export type GateResult = Static<typeof Gate>;

/** `depsSha256` of a build that has no lock file. */
export const NO_LOCKFILE = 'none';

/** The text of `build.json`. */
export function buildJson(record: BuildRecord): string {
  const { commit, builtAt, depsSha256, gatesConfigured, gatesRan } = record;
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
  if (Value.Check(BuildJson, value)) return value;
  const [first] = Value.Errors(BuildJson, value);
  const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  throw new Error(`it is not a build's proof: ${where === '' ? '' : `${where} `}${first?.message ?? 'wrong shape'}`);
}

/** What a build is held against. */
export interface Expected {
  /** The only commit that is accepted. Without it, any that is known and clean. */
  readonly commit: string | undefined;
  /** Gates that must be among the configured ones. */
  readonly gates: readonly string[];
  /** Seconds since it was built. */
  readonly maxAge: number | undefined;
}

/** What is wrong with a build's record, a line each. `now` is in seconds. */
export function recordFaults(record: BuildRecord, expected: Expected, now: number): readonly string[] {
  return [...commitFaults(record.commit, expected.commit), ...contentFaults(record, expected, now)];
}

/** The same but for the commit. */
export function contentFaults(record: BuildRecord, expected: Expected, now: number): readonly string[] {
  return [...gateFaults(record, expected), ...age(record, expected, now)];
}

/** What is wrong with the commit alone. */
export function commitFaults(commit: string, expected: string | undefined): readonly string[] {
  if (commit === 'unknown') return ['commit is unknown: it was built without git'];
  if (expected !== undefined && commit !== expected) return [`commit is ${commit}, not ${expected}`];
  if (commit.endsWith('-dirty') && commit !== expected) {
    return [`commit is ${commit}: what was built was not committed`];
  }
  return [];
}

function gateFaults({ gatesConfigured, gatesRan }: BuildRecord, { gates }: Expected): readonly string[] {
  const ran = new Map(gatesRan.map((gate) => [gate.name, gate]));
  return [
    ...gates
      .filter((name) => !gatesConfigured.includes(name))
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

/** What two records of one build don't say alike, a line each. */
export function disagreements(shown: BuildRecord, signed: BuildRecord): readonly string[] {
  const members = ['commit', 'builtAt', 'depsSha256'] as const;
  const gates = ({ gatesConfigured, gatesRan }: BuildRecord) =>
    JSON.stringify([gatesConfigured, gatesRan.map(gateText)]);
  return [
    ...members
      .filter((name) => shown[name] !== signed[name])
      .map((name) => `${name} is ${shown[name]}, and ${signed[name]} was signed`),
    ...(gates(shown) === gates(signed) ? [] : ['its gates are not those that were signed']),
  ];
}

function gateText({ name, ran, passed }: GateResult): string {
  return `${name} ${ran} ${passed ?? false}`;
}

/** A lock file's digest, `none` without one, against the one in the proof. */
export function lockFault(lockfile: string, found: string, stated: string): readonly string[] {
  if (found === stated) return [];
  if (found === NO_LOCKFILE) return [`${lockfile} is missing, and depsSha256 is its digest`];
  return [`${lockfile} has the digest ${found}, not depsSha256 ${stated}`];
}
