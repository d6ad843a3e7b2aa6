// A repository of packages as apt reads it: a deb822 file and the key that its packages must be signed with,
// sources.list(5).
import { sh } from '../../base/script.ts';
import type { Change, Plan } from '../../module/change.ts';
import { Content } from '../../module/content.ts';
import type { Foreseen } from '../../module/define.ts';
import type { Failure } from '../../module/failure.ts';
import { Missing, stateIfThere, withState } from '../../module/resource.ts';
import { unreadable } from '../file/attributes.ts';
import { type FileState, fileQuery, inTheWay, type ManagedFile, planFile } from '../file/managed.ts';
import { pendingEntry, untold } from '../file/pending.ts';
import type { Entry, FileQuery, FileReport } from '../file/state.ts';
import { clashFailure, isSourceFile, SOURCES, type SourceFile, sameRepository } from './sources.ts';

/** Where sources.list(5) wants the keys of single sources. */
const KEYRINGS = '/etc/apt/keyrings';

export interface AptSource {
  readonly name: string;
  readonly present: boolean;
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly key: Content;
}

export interface AptSourceState {
  readonly source: Entry | undefined;
  /** By the two names that a key may have. */
  readonly armored: Entry | undefined;
  readonly binary: Entry | undefined;
  readonly keyrings: boolean;
  /** All files of sources, its own too. */
  readonly files: readonly SourceFile[];
}

/** What has to be read of the host for it. */
export function sourceQueries(want: AptSource): readonly FileQuery[] {
  const others = [SOURCES, KEYRINGS];
  if (!want.present)
    return [sourcePath(want), keyPath(want, 'asc'), keyPath(want, 'gpg')].map((path) => ({ path, others }));
  const own = keyFile(want);
  return [
    { ...fileQuery(sourceFile(want)), others },
    fileQuery(own),
    { path: keyPath(want, own.path.endsWith('.asc') ? 'gpg' : 'asc') },
  ];
}

export function sourceState(
  report: FileReport,
  files: readonly SourceFile[],
  want: AptSource,
): AptSourceState | Missing<AptSourceState> {
  const state = {
    source: report.entry(sourcePath(want)),
    armored: report.entry(keyPath(want, 'asc')),
    binary: report.entry(keyPath(want, 'gpg')),
    keyrings: report.exists(KEYRINGS),
    files,
  };
  return report.exists(SOURCES) || !want.present ? state : new Missing({ needs: ['package:apt'], fresh: state });
}

/** Plan of the module apt-repository: the key first, since apt refuses a source whose key is missing. */
export function planSource(have: AptSourceState, want: AptSource): Plan {
  const result = { source: sourcePath(want) };
  if (!want.present) return { ...removal(have, want), result };
  const key = keyFile(want);
  const isArmored = key.path.endsWith('.asc');
  const own = sourceFile(want);
  const clashes = sameRepository({ path: own.path, lines: own.content.bytes().toString().split('\n') }, have.files);
  const clash = clashes.find(({ option }) => option !== undefined);
  const failure = keyFailure(want) ?? (clash && clashFailure(clash));
  if (failure) return { changes: [], failure, result };
  const plans = [planned(key, isArmored ? have.armored : have.binary), planned(own, have.source)];
  const broken = plans.find((plan) => plan.failure);
  if (broken) return { ...broken, changes: [], result };
  const twice = clashes.find(({ own: one, other }) => one.components.some((name) => other.components.includes(name)));
  const other = isArmored ? have.binary : have.armored;
  return {
    changes: [
      ...plans.flatMap(({ changes }, index) =>
        changes.map((change) => (index === 0 ? inKeyrings(change, have) : change)),
      ),
      ...(other ? [removed(keyPath(want, isArmored ? 'gpg' : 'asc'))] : []),
    ],
    result,
    ...(twice ? { message: `apt warns of it: ${twice.other.file} has the same source` } : {}),
  };
}

/** The state as it will be once the pending changes of a dry run are made. */
export function pendingSource(
  have: AptSourceState | Missing<AptSourceState>,
  want: AptSource,
  foreseen: Foreseen,
): AptSourceState | Missing<AptSourceState> {
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const owner = { owner: 'root', group: 'root', mode: '0644' };
  const entries = [
    pendingEntry(known.source, sourcePath(want), owner, foreseen),
    pendingEntry(known.armored, keyPath(want, 'asc'), owner, foreseen),
    pendingEntry(known.binary, keyPath(want, 'gpg'), owner, foreseen),
  ];
  const [source, armored, binary] = entries;
  if (source === 'unknown' || armored === 'unknown' || binary === 'unknown') return untold(sourcePath(want));
  const left = [...foreseen.below(SOURCES), foreseen.at('/etc/apt/sources.list')].flatMap((one) => one ?? []);
  const kept = known.files.filter(({ path }) => !left.some((one) => one.path === path && one.kind !== 'same'));
  const written = left.flatMap((one) =>
    one.kind === 'file' && isSourceFile(one.path)
      ? [{ path: one.path, lines: one.content.bytes().toString().split('\n') }]
      : [],
  );
  return withState(have, { ...known, source, armored, binary, files: [...kept, ...written] });
}

function planned(file: ManagedFile, entry: Entry | undefined): Plan {
  const state: FileState = { entry };
  return planFile(state, file);
}

/** Debian made the directory with version 12 only. */
function inKeyrings(change: Change, { keyrings }: AptSourceState): Change {
  if (keyrings) return change;
  return { ...change, steps: [{ run: sh`mkdir -p -m 0755 -- ${KEYRINGS}` }, ...change.steps] };
}

function removal(have: AptSourceState, want: AptSource): Plan {
  const found = [
    [sourcePath(want), have.source] as const,
    [keyPath(want, 'asc'), have.armored] as const,
    [keyPath(want, 'gpg'), have.binary] as const,
  ].flatMap(([path, entry]) => (entry ? [{ path, entry }] : []));
  const hidden = found.find(({ entry }) => entry.kind === 'hidden');
  if (hidden) return { changes: [], failure: unreadable(hidden.path) };
  const stranger = found.find(({ entry }) => entry.kind !== 'file' && entry.kind !== 'link');
  if (stranger) return { changes: [], failure: inTheWay(stranger.path, stranger.entry) };
  return { changes: found.map(({ path }) => removed(path)) };
}

function removed(path: string): Change {
  return { op: '-', what: `file ${path}`, to: 'gone', steps: [{ run: sh`rm -f -- ${path}` }] };
}

function sourceFile(want: AptSource): ManagedFile {
  const { uri, suites, components } = want;
  const rows = [
    '# Written by vrun: what is changed here by hand is overwritten.',
    'Types: deb',
    `URIs: ${uri}`,
    `Suites: ${suites.join(' ')}`,
    ...(components.length === 0 ? [] : [`Components: ${components.join(' ')}`]),
    `Signed-By: ${keyFile(want).path}`,
  ];
  return file(sourcePath(want), Content.of(`${rows.join('\n')}\n`));
}

/** apt tells the form of a key by its file's name. */
function keyFile(want: AptSource): ManagedFile {
  return file(keyPath(want, isArmored(want.key) ? 'asc' : 'gpg'), want.key);
}

function file(path: string, content: Content): ManagedFile {
  return { path, content, owner: 'root', group: 'root', mode: '0644' };
}

function sourcePath({ name }: AptSource): string {
  return `${SOURCES}/${name}.sources`;
}

function keyPath({ name }: AptSource, form: 'asc' | 'gpg'): string {
  return `${KEYRINGS}/${name}.${form}`;
}

function isArmored(key: Content): boolean {
  return key.bytes().subarray(0, 4).toString('latin1') === '----';
}

/** What can't be a public key is refused before apt refuses everything because of it. */
function keyFailure({ key }: AptSource): Failure | undefined {
  const text = key.bytes().toString('latin1');
  if (text.startsWith('-----BEGIN PGP PRIVATE KEY')) {
    return {
      summary: 'signed_by is a private key',
      detail: 'Hosts only need the public one, and whoever has the private one can sign packages for them.',
      hint: 'Export the public key:\n\n    gpg --armor --export KEYID',
    };
  }
  const armored = /^-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*-----END PGP PUBLIC KEY BLOCK-----\s*$/.test(text);
  // RFC 9580, 4.2: a key begins with a packet of type 6, in the old or the new format.
  const first = key.bytes()[0] ?? 0;
  if (armored || (first & 0xfc) === 0x98 || first === 0xc6) return undefined;
  return {
    summary: 'signed_by is no OpenPGP public key',
    detail: 'It begins neither as an armored key nor as a binary one.',
    hint: 'Take the file that the repository offers, such as key.asc or keyring.gpg, as it is.',
  };
}
