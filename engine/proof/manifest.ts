// A build's manifest: an in-toto Statement (v1) with one subject for each file and link, in canonical JSON and a newline.

import Type, { type Static } from 'typebox';
import { sha256 } from '../base/digest.ts';
import { isMap } from '../base/plain-data.ts';
import { hasShape } from '../base/shape.ts';
import { canonical, parseCanonical } from '../signature/canonical.ts';
import { type BuildRecord, recordMembers } from './build-record.ts';
import { patternFault } from './ignore.ts';
import { nameFault, targetFault } from './names.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'https://vantus.systems/vrun/build-manifest/v1';

export interface FileEntry {
  readonly type: 'file';
  /** Relative to the build, with slashes. */
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Whether its owner may execute it; a file that isn't executable may be executed by nobody. */
  readonly executable: boolean;
}

export interface LinkEntry {
  readonly type: 'symlink';
  readonly path: string;
  /** As readlink(2) gives it. */
  readonly target: string;
}

export type ManifestEntry = FileEntry | LinkEntry;

export interface Manifest {
  /** Sorted by path, by UTF-16 code units. */
  readonly entries: readonly ManifestEntry[];
  readonly record: BuildRecord;
  /** Patterns of what is left out: see ignore.ts. */
  readonly ignore: readonly string[];
}

/** All of a statement but its subjects, which are many: those are looked at by hand. */
const Statement = Type.Object({
  _type: Type.Literal(STATEMENT_TYPE),
  predicateType: Type.Literal(PREDICATE_TYPE),
  predicate: Type.Object({
    ...recordMembers,
    ownProof: Type.Optional(Type.Literal(true)),
    start: Type.Optional(Type.String({ minLength: 1 })),
    ignore: Type.Array(Type.String()),
  }),
});

interface Subject {
  readonly name: string;
  /** Of the content; of a link's target. */
  readonly digest: { readonly sha256: string };
  readonly annotations:
    | { readonly type: 'file'; readonly executable: boolean }
    | { readonly type: 'symlink'; readonly target: string };
}

type Statement = Static<typeof Statement> & { readonly subject: readonly Subject[] };

function isStatement(value: unknown): value is Statement {
  if (!isMap(value) || !Array.isArray(value.subject)) return false;
  const { subject, ...rest } = value;
  return hasShape(Statement, rest) && subject.every(isSubject);
}

function isSubject(value: unknown): value is Subject {
  if (!isMap(value)) return false;
  const { name, digest, annotations } = value;
  if (typeof name !== 'string' || !isMap(digest) || !isMap(annotations)) return false;
  const { type, executable, target } = annotations;
  const isKnown =
    (type === 'file' && typeof executable === 'boolean') || (type === 'symlink' && typeof target === 'string');
  return isKnown && typeof digest.sha256 === 'string' && /^[0-9a-f]{64}$/.test(digest.sha256);
}

/** The bytes of `manifest.json`: what is signed. The same manifest gives the same bytes. */
export function manifestBytes({ entries, record, ignore }: Manifest): Buffer {
  const { commit, builtAt, depsSha256, gatesConfigured, gatesRan, ownProof, start } = record;
  const own = { ...(ownProof && { ownProof }), ...(start !== undefined && { start }) };
  const statement: Statement = {
    _type: STATEMENT_TYPE,
    predicateType: PREDICATE_TYPE,
    subject: [...entries].sort(byPath).map(subjectOf),
    predicate: { commit, builtAt, depsSha256, gatesConfigured, gatesRan, ...own, ignore: [...ignore] },
  };
  return Buffer.from(`${canonical(statement)}\n`);
}

/** @throws Error that says why the bytes are no manifest */
export function readManifest(bytes: Uint8Array): Manifest {
  if (bytes.at(-1) !== 0x0a) throw new Error('it does not end in a newline');
  const statement = parseCanonical(bytes.subarray(0, -1));
  if (!isStatement(statement)) throw new Error('it is no build manifest of version 1');
  const entries = statement.subject.map(entryOf);
  const { ignore, ...record } = statement.predicate;
  entries.forEach(({ path }, index) => {
    const before = entries[index - 1];
    if (before !== undefined && before.path >= path) throw new Error(`its files are not in order at ${path}`);
  });
  for (const pattern of ignore) {
    const fault = patternFault(pattern);
    if (fault !== undefined) throw new Error(`it ignores ${JSON.stringify(pattern)}: ${fault}`);
  }
  return { entries, record, ignore };
}

function subjectOf(entry: ManifestEntry): Subject {
  if (entry.type === 'symlink') {
    const { type, path, target } = entry;
    return { name: path, digest: { sha256: sha256(target) }, annotations: { type, target } };
  }
  const { type, path, executable } = entry;
  return { name: path, digest: { sha256: entry.sha256 }, annotations: { type, executable } };
}

function entryOf({ name, digest: { sha256: hex }, annotations }: Subject): ManifestEntry {
  const fault = nameFault(name) ?? (annotations.type === 'symlink' ? targetFault(annotations.target) : undefined);
  if (fault !== undefined) throw new Error(`${JSON.stringify(name)} can't be in it: ${fault}`);
  if (annotations.type === 'file') return { ...annotations, path: name, sha256: hex };
  if (sha256(annotations.target) !== hex) throw new Error(`the digest of the link ${name} is not that of its target`);
  return { ...annotations, path: name };
}

function byPath(a: ManifestEntry, b: ManifestEntry): number {
  return a.path < b.path ? -1 : 1;
}
