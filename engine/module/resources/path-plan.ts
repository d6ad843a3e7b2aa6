// What would have to change for the thing at one path to be as wanted: the decisions of the module file.
import type { Change, Plan } from '../change.ts';
import { Content } from '../content.ts';
import type { Left } from '../left.ts';
import { type Script, sh } from '../script.ts';
import {
  allOf,
  attributeChange,
  describeAttributes,
  madeAttributes,
  newAttributes,
  type Ownership,
  unreadable,
} from './attributes.ts';
import { isMounted, refusal } from './file-refusal.ts';
import type { Entry } from './file-state.ts';
import { planHardLink, planLink } from './link-plan.ts';
import { noDirectory } from './managed-file.ts';
import { exactOctal, isOctalMode, NEW_DIRECTORY, NEW_FILE, resolveMode } from './mode.ts';
import { changed, label, notEmpty, one, type PathState, type PathWant, wrongKind } from './path-state.ts';
import { treeFits } from './tree-state.ts';

/** Plan of the module file. */
export function planPath(have: PathState, want: PathWant): Plan {
  if (have.entry?.kind === 'hidden') return { changes: [], failure: unreadable(want.path) };
  if (!have.entry && have.blocker !== undefined && want.state !== 'absent') {
    return { changes: [], failure: noDirectory(have.blocker, want.path) };
  }
  if (have.full && want.force) return { changes: [], failure: notEmpty(want.path) };
  const planned = planState(have, want);
  const failure = planned.failure ?? refused(have, want, planned);
  const plan = failure ? { changes: [], failure } : planned;
  return { ...plan, result: { path: want.path, state: want.state, ...(want.src ? { src: want.src } : {}) } };
}

/** What the host would refuse of what is planned. */
function refused(have: PathState, want: PathWant, { changes }: Plan): Plan['failure'] {
  const { entry, mounts: [below] = [] } = have;
  if (changes.length === 0) return undefined;
  const stays = changes.every(({ leaves = [{ kind: 'same' }] }) =>
    leaves.every(({ kind }) => kind === 'same' || want.recurse),
  );
  const failure = refusal(have, want.state === 'absent' ? { path: want.path } : want, !stays || !entry);
  if (failure) return failure;
  return want.state === 'absent' && below !== undefined ? isMounted(below) : undefined;
}

function planState(have: PathState, want: PathWant): Plan {
  switch (want.state) {
    case 'absent':
      return planAbsent(have.entry, want.path);
    case 'directory':
      return planDirectory(have, want);
    case 'file':
      return planAttributes(have.entry, want);
    case 'touch':
      return planTouch(have.entry, want);
    case 'link':
      return planLink(have.entry, want, want.src ?? '');
    case 'hard':
      return planHardLink(have, want, want.src ?? '');
  }
}

function planAbsent(entry: Entry | undefined, path: string): Plan {
  if (!entry) return { changes: [] };
  const run = entry.kind === 'directory' ? sh`rm -rf -- ${path}` : sh`rm -f -- ${path}`;
  return one({ op: '-', what: label(entry.kind, path), steps: [{ run }], leaves: [{ path, kind: 'nothing' }] });
}

function planDirectory(have: PathState, want: PathWant): Plan {
  const { path } = want;
  const { entry } = have;
  if (entry === undefined) {
    const made = [...have.missing, path];
    const attributes = describeAttributes(want, NEW_DIRECTORY, true);
    const above = have.missing.length > 0 ? `with ${have.missing.join(' and ')} above it` : undefined;
    return one({
      op: '+',
      what: `directory ${path}`,
      to: [attributes, above].filter((part) => part !== undefined).join(', ') || undefined,
      steps: [{ run: allOf(made.flatMap((directory) => makeDirectory(directory, want))) }],
      provides: made.toReversed().map((directory) => `path:${directory}` as const),
      leaves: made.map((directory) => newDirectory(directory, want)),
    });
  }
  if (entry.kind !== 'directory') return { changes: [], failure: wrongKind(want, entry) };
  const change = attributeChange(path, entry, want, want.follow);
  if (want.recurse && !treeFits(have.tree, want)) {
    const to = describeAttributes({ ...want, mode: undefined }, 0, true);
    return one({
      op: '~',
      what: `directory ${path} and all that is in it`,
      from: change?.from,
      to: [...(want.mode === undefined ? [] : [`mode ${want.mode}`]), ...(to === undefined ? [] : [to])].join(', '),
      steps: [{ run: allOf(treeScripts(want)) }],
      leaves: [{ path, kind: 'anything' }],
    });
  }
  return change ? one(changed(`directory ${path}`, change, want)) : { changes: [] };
}

/** What makeDirectory leaves. */
export function newDirectory(path: string, want: Ownership): Left {
  return { path, kind: 'directory', ...madeAttributes(want, NEW_DIRECTORY, true) };
}

/** The mode is given at birth, so that nobody looks in meanwhile, and again, since a set-gid parent passes its bit on. */
export function makeDirectory(path: string, want: Ownership): readonly Script[] {
  const mode = want.mode === undefined ? undefined : resolveMode(want.mode, NEW_DIRECTORY, true);
  const options = mode === undefined ? ['--'] : ['-m', exactOctal(mode & 0o777), '--'];
  return [sh`mkdir ${options} ${path}`, ...newAttributes(path, want, NEW_DIRECTORY, true)];
}

function treeScripts(want: PathWant): readonly Script[] {
  const { path, owner, group, mode } = want;
  const who = group === undefined ? `${owner}` : `${owner ?? ''}:${group}`;
  const root = want.follow ? `${path}/` : path;
  return [
    ...(owner === undefined && group === undefined ? [] : [sh`chown -hR -- ${who} ${root}`]),
    ...(mode === undefined
      ? []
      : [sh`chmod -R -- ${isOctalMode(mode) ? exactOctal(Number.parseInt(mode, 8)) : mode} ${root}`]),
  ];
}

function planAttributes(entry: Entry | undefined, want: PathWant): Plan {
  if (entry === undefined) return { changes: [] }; // parse has said that it is missing
  if (entry.kind === 'directory' || entry.kind === 'link') return { changes: [], failure: wrongKind(want, entry) };
  const change = attributeChange(want.path, entry, want, want.follow);
  return change ? one(changed(`file ${want.path}`, change, want)) : { changes: [] };
}

function planTouch(entry: Entry | undefined, want: PathWant): Plan {
  const { path } = want;
  if (entry === undefined) {
    return one({
      op: '+',
      what: `file ${path}`,
      to: describeAttributes(want, NEW_FILE, false),
      steps: [{ run: allOf([sh`touch -- ${path}`, ...newAttributes(path, want, NEW_FILE, false)]) }],
      provides: [`path:${path}`],
      leaves: [{ path, kind: 'file', content: Content.of(''), ...madeAttributes(want, NEW_FILE, false) }],
    });
  }
  const change = attributeChange(path, entry, want, want.follow);
  const options = entry.kind === 'link' ? ['-h', '--'] : ['--'];
  const touch: Change = { op: '!', what: `touch ${path}`, steps: [{ run: sh`touch ${options} ${path}` }] };
  return { changes: [...(change ? [changed(label(entry.kind, path), change, want)] : []), touch] };
}
