// What would have to change for the thing at one path to be as wanted: the decisions of the module file.
import { type Script, sh } from '../../base/script.ts';
import type { Change, Plan } from '../../module/change.ts';
import { Content } from '../../module/content.ts';
import { type PathEffect, pathEffects } from '../../module/effect.ts';
import { exactOctal, isOctalMode, NEW_DIRECTORY, NEW_FILE, resolveMode } from '../../module/mode.ts';
import {
  allOf,
  asChange,
  attributeChange,
  describeAttributes,
  madeAttributes,
  newAttributes,
  type Ownership,
  unreadable,
} from '../file/attributes.ts';
import { noDirectory } from '../file/managed.ts';
import { isMounted, refusal } from '../file/refusal.ts';
import type { Entry } from '../file/state.ts';
import { planHardLink, planLink } from './link-plan.ts';
import { pathResult } from './result.ts';
import {
  label,
  notEmpty,
  one,
  type PathState,
  type PathWant,
  type SettledWant,
  wantedState,
  wrongKind,
} from './state.ts';
import { lackedTime, timeScripts, timesChange } from './times.ts';
import { treeFits } from './tree-state.ts';

/** Plan of the module file. */
export function planPath(have: PathState, given: PathWant): Plan {
  const { entry } = have;
  const want: SettledWant = { ...given, path: have.at ?? given.path, state: wantedState(given, entry) };
  const { path, state, src } = want;
  if (entry?.kind === 'hidden') return { changes: [], failure: unreadable(path) };
  if (!entry && have.blocker !== undefined && state !== 'absent') {
    return { changes: [], failure: noDirectory(have.blocker, path) };
  }
  if (have.full && want.force && state === 'link') return { changes: [], failure: notEmpty(path) };
  const planned = planState(have, want);
  const failure = planned.failure ?? noSuchTime(have, want) ?? refused(have, want, planned);
  const plan = failure ? { changes: [], failure } : planned;
  const result = pathResult(path, entry, plan.changes);
  return { ...plan, result: { path, dest: path, ...result, ...(src ? { src } : {}) } };
}

function noSuchTime({ times }: PathState, want: SettledWant): Plan['failure'] {
  const lacked = want.state === 'absent' ? undefined : lackedTime(times, want.times);
  if (lacked === undefined) return undefined;
  return {
    summary: `the host has no time ${lacked}`,
    detail: "Its clock jumps over that time, or its `date` can't read it.",
  };
}

/** What the host would refuse of what is planned. */
function refused(have: PathState, want: SettledWant, { changes }: Plan): Plan['failure'] {
  const { entry, mounts: [below] = [] } = have;
  if (changes.length === 0) return undefined;
  const stays = changes.every(({ effects = [] }) =>
    pathEffects(effects).every(({ kind }) => kind === 'same' || want.recurse),
  );
  const failure = refusal(have, want.state === 'absent' ? { path: want.path } : want, !stays || !entry);
  if (failure) return failure;
  return want.state === 'absent' && below !== undefined ? isMounted(below) : undefined;
}

function planState(have: PathState, want: SettledWant): Plan {
  switch (want.state) {
    case 'absent':
      return planAbsent(have.entry, want.path);
    case 'directory':
      return planDirectory(have, want);
    case 'file':
      return planAttributes(have, want);
    case 'touch':
      return planTouch(have, want);
    case 'link':
      return planLink(have, want);
    case 'hard':
      return planHardLink(have, want);
  }
}

function planAbsent(entry: Entry | undefined, path: string): Plan {
  if (!entry) return { changes: [] };
  const run = entry.kind === 'directory' ? sh`rm -rf -- ${path}` : sh`rm -f -- ${path}`;
  return one({ op: '-', what: label(entry.kind, path), steps: [{ run }], effects: [{ path, kind: 'nothing' }] });
}

function planDirectory(have: PathState, want: SettledWant): Plan {
  const { path } = want;
  const { entry } = have;
  if (entry === undefined) {
    const made = [...have.missing, path];
    const attributes = describeAttributes(want, NEW_DIRECTORY, true);
    const above = have.missing.length > 0 ? `with ${have.missing.join(' and ')} above it` : undefined;
    const make = made.flatMap((directory) => makeDirectory(directory, want));
    return one({
      op: '+',
      what: `directory ${path}`,
      to: [attributes, above].filter((part) => part !== undefined).join(', ') || undefined,
      steps: [{ run: allOf([...make, ...timeScripts(path, have.times, want.times, true)]) }],
      effects: made.map((directory) => newDirectory(directory, want)),
    });
  }
  if (entry.kind !== 'directory') return { changes: [], failure: wrongKind(want, entry) };
  const change = attributeChange(path, entry, want);
  const times = timesChange(path, have.times, want.times);
  if (want.recurse && !treeFits(have.tree, want)) {
    const to = describeAttributes({ ...want, mode: undefined }, 0, true);
    const all: Change = {
      op: '~',
      what: `directory ${path} and all that is in it`,
      from: change?.from,
      to: [...(want.mode === undefined ? [] : [`mode ${want.mode}`]), ...(to === undefined ? [] : [to])].join(', '),
      steps: [{ run: allOf(treeScripts(want)) }],
      effects: [{ path, kind: 'anything' }],
    };
    return { changes: [all, ...times] };
  }
  return { changes: [...(change ? [asChange(`directory ${path}`, path, change)] : []), ...times] };
}

/** What makeDirectory leaves. */
export function newDirectory(path: string, want: Ownership): PathEffect {
  return { path, kind: 'directory', ...madeAttributes(want, NEW_DIRECTORY, true) };
}

/** The mode is given at birth, so that nobody looks in meanwhile, and again, since a set-gid parent passes its bit on. */
export function makeDirectory(path: string, want: Ownership): readonly Script[] {
  const mode = want.mode === undefined ? undefined : resolveMode(want.mode, NEW_DIRECTORY, true);
  const options = mode === undefined ? ['--'] : ['-m', exactOctal(mode & 0o777), '--'];
  return [sh`mkdir ${options} ${path}`, ...newAttributes(path, want, NEW_DIRECTORY, true)];
}

function treeScripts({ path, owner, group, mode }: SettledWant): readonly Script[] {
  const who = group === undefined ? `${owner}` : `${owner ?? ''}:${group}`;
  return [
    ...(owner === undefined && group === undefined ? [] : [sh`chown -hR -- ${who} ${path}`]),
    ...(mode === undefined
      ? []
      : [sh`chmod -R -- ${isOctalMode(mode) ? exactOctal(Number.parseInt(mode, 8)) : mode} ${path}`]),
  ];
}

function planAttributes(have: PathState, want: SettledWant): Plan {
  const { entry } = have;
  const { path } = want;
  if (entry === undefined) return { changes: [] }; // parse has said that it is missing
  if (entry.kind === 'directory' || entry.kind === 'link') return { changes: [], failure: wrongKind(want, entry) };
  const change = attributeChange(path, entry, want);
  const attributes = change ? [asChange(`file ${path}`, path, change)] : [];
  return { changes: [...attributes, ...timesChange(path, have.times, want.times)] };
}

function planTouch(have: PathState, want: SettledWant): Plan {
  const { entry, times } = have;
  const { path } = want;
  if (entry === undefined) {
    const make = [
      sh`touch -- ${path}`,
      ...newAttributes(path, want, NEW_FILE, false),
      ...timeScripts(path, times, want.times, true),
    ];
    return one({
      op: '+',
      what: `file ${path}`,
      to: describeAttributes(want, NEW_FILE, false),
      steps: [{ run: allOf(make) }],
      effects: [{ path, kind: 'file', content: Content.of(''), ...madeAttributes(want, NEW_FILE, false) }],
    });
  }
  if (entry.kind === 'link' && (want.follow || want.mode !== undefined)) {
    return { changes: [], failure: wrongKind(want, entry) };
  }
  const change = attributeChange(path, entry, want);
  const attributes = change ? [asChange(label(entry.kind, path), path, change)] : [];
  return { changes: [...attributes, ...timesChange(path, times, want.times)] };
}
