// Several files at once, the directories that they need, and copies within the host: the decisions of the module copy.
import { Type } from 'typebox';
import type { Change, Plan } from '../../module/change.ts';
import type { Foreseen } from '../../module/define.ts';
import { NEW_DIRECTORY } from '../../module/mode.ts';
import { Missing, stateIfThere } from '../../module/resource.ts';
import { allOf, describeAttributes, type Ownership } from '../file/attributes.ts';
import {
  accountNeeds,
  type FileState,
  fileNeeds,
  fileQuery,
  inTheWay,
  type ManagedFile,
  planFile,
} from '../file/managed.ts';
import { ancestors, cleanPath } from '../file/path.ts';
import { pendingFile, untold } from '../file/pending.ts';
import { isShut } from '../file/refusal.ts';
import type { Entry, FileQuery, FileReport } from '../file/state.ts';
import { planLink } from '../path/link-plan.ts';
import { makeDirectory, newDirectory } from '../path/plan.ts';
import { pathResult, pathResults } from '../path/result.ts';
import { hostCopyQueries, planHostCopy } from './host-copy.ts';
import { type HostTree, type HostTreeState, planHostTree } from './host-tree.ts';

/** What goes where: files with their contents, or one file of the host's. */
export interface Destination {
  readonly path: string;
  readonly files: readonly ManagedFile[];
  /** Directories that are made where they are missing, the outermost first; none: the one above has to exist. */
  readonly directories: readonly string[];
  /** Symbolic links, as they are written. */
  readonly links?: readonly { readonly path: string; readonly target: string }[];
  /** A file of the host that is copied to `path`. */
  readonly source?: string;
}

export interface CopyWant extends Omit<ManagedFile, 'path' | 'content'> {
  readonly at: Destination;
  /** Holds instead when `at.path` turns out to be a directory. */
  readonly inside: Destination | undefined;
  /** For directories that have to be made. */
  readonly directory: Ownership;
  /** Holds instead when the host's own source turns out to be a directory. */
  readonly tree?: HostTree | undefined;
}

export interface CopyState {
  /** `at` or `inside`. */
  readonly destination: Destination;
  /** For each file, in order. */
  readonly files: readonly FileState[];
  /** For each directory, in order. */
  readonly directories: readonly FileState[];
  /** For each link, in order. */
  readonly links?: readonly FileState[];
  /** Where the host's own source is a directory. */
  readonly tree?: HostTreeState | undefined;
  readonly source: FileState;
  readonly target: FileState;
}

/** Where one file goes: to `dest`, or into it where it is a directory or has a slash at its end. */
export function destinationOf(
  dest: string,
  name: string,
  at: (path: string) => Destination,
): Pick<CopyWant, 'at' | 'inside'> {
  const clean = cleanPath(dest);
  const inside = at(cleanPath(`${clean}/${name}`));
  if (!dest.endsWith('/')) return { at: at(clean), inside };
  return { at: { ...inside, directories: [...ancestors(clean), clean] }, inside: undefined };
}

/** What has to be read for one task. */
export function queriesOf(want: CopyWant): readonly FileQuery[] {
  const { at, inside, owner, group } = want;
  return [at, ...(inside ? [inside] : [])].flatMap((destination) => [
    { path: at.path, follow: true },
    ...destination.files.map(fileQuery),
    ...destination.directories.map((path) => ({ path, follow: true })),
    ...(destination.links ?? []).map(({ path }) => ({ path, moved: true })),
    { path: destination.path, owner, group, program: want.validate?.program },
    ...(destination.source === undefined ? [] : hostCopyQueries(destination.source, destination.path)),
  ]);
}

/** The state of one task; Missing when a directory, an owner, a group or the host's own source isn't there. */
export function copyState(
  want: CopyWant,
  report: FileReport,
  tree: HostTreeState | undefined,
): CopyState | Missing<CopyState> {
  const { owner, group, at, inside } = want;
  const destination = inside && report.followed(at.path)?.kind === 'directory' ? inside : at;
  const { path, source } = destination;
  const state: CopyState = {
    destination,
    files: destination.files.map((file) => report.state(fileQuery(file))),
    directories: destination.directories.map((directory) => ({
      ...report.state({ path: directory }),
      entry: report.followed(directory) ?? report.entry(directory),
    })),
    links: (destination.links ?? []).map((link) => report.state({ path: link.path })),
    ...(tree?.isTree && { tree }),
    source: { entry: source === undefined ? undefined : sourceEntry(report, source) },
    target: report.state({ path, program: want.validate?.program }),
  };
  const makesDirectories = destination.directories.length > 0 || state.tree !== undefined;
  const needs = makesDirectories ? accountNeeds(report, want) : fileNeeds(report, { path, owner, group });
  // What a source will hold once it is made can't be told, hence no state to plan from.
  if (source !== undefined && state.source.entry === undefined) {
    return new Missing<CopyState>({ needs: [...needs, `path:${source}` as const] });
  }
  return needs.length === 0 ? state : new Missing({ needs, fresh: state });
}

/** The state as it will be once the pending changes are made. */
export function pendingCopy(
  have: CopyState | Missing<CopyState>,
  want: CopyWant,
  foreseen: Foreseen,
): CopyState | Missing<CopyState> {
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const { destination } = known;
  const { path, source } = destination;
  // Whether the file goes into a directory, and what a file of the host will hold, only their makers know.
  const base = want.inside && foreseen.at(want.at.path);
  if (base !== undefined && base.kind !== 'nothing' && base.kind !== 'file' && base.kind !== 'same')
    return untold(path);
  if (source !== undefined && foreseen.at(source)) return untold(source);
  if (known.tree && want.tree) return pendingTreeCopy(have, want.tree, foreseen);
  const own = (state: FileState, at: string, wanted: Ownership) =>
    pendingFile(state, { ...wanted, path: at }, foreseen);
  const files = destination.files.map((file, index) => own(known.files[index] ?? NONE, file.path, file));
  const directories = destination.directories.map((at, index) => own(known.directories[index] ?? NONE, at, {}));
  const links = (destination.links ?? []).map(({ path: at }, index) => own(known.links?.[index] ?? NONE, at, {}));
  const target = own(known.target, path, source === undefined ? {} : want);
  const all = [...files, ...directories, ...links, target];
  const lost = all.find((state) => state instanceof Missing && state.fresh === undefined);
  if (lost instanceof Missing) return untold(path);
  const stateIn = (state: FileState | Missing<FileState>) => (state instanceof Missing ? (state.fresh ?? NONE) : state);
  const state: CopyState = {
    ...known,
    files: files.map(stateIn),
    directories: directories.map(stateIn),
    links: links.map(stateIn),
    target: stateIn(target),
  };
  const makesDirectories = destination.directories.length > 0;
  const needs = new Set(have instanceof Missing ? have.needs : []);
  if (!makesDirectories && target instanceof Missing) for (const need of target.needs) needs.add(need);
  return needs.size === 0 ? state : new Missing({ needs: [...needs], fresh: state });
}

/** What is below either of the two only the makers of what is there know. */
function pendingTreeCopy(
  have: CopyState | Missing<CopyState>,
  { source, dest }: HostTree,
  foreseen: Foreseen,
): CopyState | Missing<CopyState> {
  const isTouched = [source, dest].some((path) => foreseen.at(path) !== undefined || foreseen.isChangedBelow(path));
  return isTouched ? untold(dest) : have;
}

const NONE: FileState = { entry: undefined };

/** The host's own source, links followed, with its digest. */
function sourceEntry(report: FileReport, path: string): Entry | undefined {
  const entry = report.followed(path);
  return entry && { ...entry, sha256: report.entry(path)?.sha256 };
}

/** Plan of the module copy: missing directories first, then every file. */
export function planCopy(have: CopyState, want: CopyWant): Plan {
  const { destination } = have;
  if (have.tree && want.tree) {
    const plan = planHostTree(have.tree, want.tree, have.target);
    return { ...plan, result: resultOf(want.tree.dest, have, plan.changes) };
  }
  const changes: Change[] = [];
  for (const [index, path] of destination.directories.entries()) {
    const entry = have.directories[index]?.entry;
    const { shut } = have.directories[index] ?? {};
    if (entry === undefined && shut !== undefined) return { changes: [], failure: isShut(shut, path) };
    if (entry === undefined) changes.push(makeMissing(path, want.directory));
    else if (entry.kind !== 'directory') return { changes: [], failure: inTheWay(path, entry) };
  }
  const plans = destination.files.map((file, index) => planFile(have.files[index] ?? { entry: undefined }, file));
  if (destination.source !== undefined) {
    plans.push(planHostCopy(have.target, have.source, { ...want, path: destination.path, source: destination.source }));
  }
  for (const [index, { path, target }] of (destination.links ?? []).entries()) {
    plans.push(linkTo(have.links?.[index]?.entry, path, target, want));
  }
  const failure = plans.find((plan) => plan.failure)?.failure;
  if (failure) return { changes: [], failure };
  changes.push(...plans.flatMap((plan) => plan.changes));
  return { changes, result: resultOf(destination.path, have, changes) };
}

/** What `register` sees of copy and template. */
export const copyResults = Type.Object({
  dest: Type.Optional(Type.String({ description: 'The path on the host, with the name that the file has there' })),
  ...pathResults,
});

function resultOf(dest: string, { target }: CopyState, changes: readonly Change[]): NonNullable<Plan['result']> {
  return { dest, ...pathResult(dest, target.entry, changes) };
}

/** A link as the source has it: a file in its place goes, a directory doesn't. */
function linkTo(entry: Entry | undefined, path: string, src: string, { owner, group }: CopyWant): Plan {
  const times = { modified: 'preserve', accessed: 'preserve' } as const;
  const force = entry?.kind !== 'directory';
  const options = { state: 'link', recurse: false, follow: false, times } as const;
  return planLink({ entry, missing: [], source: undefined, tree: [] }, { ...options, path, src, owner, group, force });
}

function makeMissing(path: string, attributes: Ownership): Change {
  return {
    op: '+',
    what: `directory ${path}`,
    to: describeAttributes(attributes, NEW_DIRECTORY, true),
    steps: [{ run: allOf(makeDirectory(path, attributes)) }],
    effects: [newDirectory(path, attributes)],
  };
}
