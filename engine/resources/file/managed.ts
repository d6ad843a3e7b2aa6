// A regular file with a known content: the resource behind copy, template and every module that keeps a file.
// query → state → plan; a module composes it by putting the query into probeFiles beside its own.
import type { Change, Plan, WriteStep } from '../../module/change.ts';
import type { Content } from '../../module/content.ts';
import type { PathEffect } from '../../module/effect.ts';
import type { Failure } from '../../module/failure.ts';
import { NEW_FILE, octal, resolveMode } from '../../module/mode.ts';
import type { Resource } from '../../module/resource.ts';
import {
  asChange,
  attributeChange,
  describeAttributes,
  madeAttributes,
  type Ownership,
  unreadable,
} from './attributes.ts';
import { parentOf } from './path.ts';
import { refusal } from './refusal.ts';
import type { Entry, FileQuery, FileReport, FileState } from './state.ts';
import type { Validation } from './validate.ts';

export type { FileState } from './state.ts';

export interface ManagedFile extends Ownership {
  /** Absolute, as `cleanPath` leaves it. */
  readonly path: string;
  readonly content: Content;
  /** False: a file that exists stays as it is. Default true. */
  readonly force?: boolean | undefined;
  readonly backup?: boolean | undefined;
  readonly validate?: Validation | undefined;
  /** Put the old file back when a later step of the same change fails. */
  readonly restore?: boolean | undefined;
}

/** What has to be read of the host for it. */
export function fileQuery(want: ManagedFile): FileQuery {
  const { path, owner, group, content, validate } = want;
  const { secret, sha256 } = content;
  const showUnless = secret ? undefined : sha256;
  return { path, owner, group, room: [parentOf(path)], program: validate?.program, digest: true, showUnless };
}

/** The directory above, the owner and the group, as far as they are missing. */
export function fileNeeds(report: FileReport, query: FileQuery): readonly Resource[] {
  const parent = parentOf(query.path);
  const blocked = report.blocker(query.path) !== undefined; // plan says so
  const hasParent = blocked || report.entry(query.path) !== undefined || report.exists(parent);
  return [...(hasParent ? [] : [`path:${parent}` as const]), ...accountNeeds(report, query)];
}

/** Owner and group, as far as they are missing. */
export function accountNeeds(report: FileReport, want: Pick<Ownership, 'owner' | 'group'>): readonly Resource[] {
  return [
    ...(want.owner === undefined || report.hasUser(want.owner) ? [] : [`user:${want.owner}` as const]),
    ...(want.group === undefined || report.hasGroup(want.group) ? [] : [`group:${want.group}` as const]),
  ];
}

/** One change at most: the file is made, rewritten, or given its attributes. A symbolic link is replaced by the file. */
export function planFile(state: FileState, want: ManagedFile): Plan {
  const plan = planFileChange(state, want);
  const written = plan.changes.some(({ steps }) => steps.some((step) => 'write' in step));
  const failure = plan.changes.length === 0 ? undefined : refusal(state, want, written);
  return failure ? { changes: [], failure } : plan;
}

function planFileChange({ entry: have, blocker }: FileState, want: ManagedFile): Plan {
  const what = `file ${want.path}`;
  const { path } = want;
  if (have === undefined) {
    if (blocker !== undefined) return { changes: [], failure: noDirectory(blocker, path) };
    const to = [describeAttributes(want, NEW_FILE, false), unseen(want.content)].filter((part) => part !== undefined);
    return one({
      op: '+',
      what,
      to: to.length === 0 ? undefined : to.join(', '),
      diff: diff('', want.content),
      steps: [write(want, NEW_FILE)],
      effects: [written(want, NEW_FILE)],
    });
  }
  if (have.kind === 'hidden') return { changes: [], failure: unreadable(path) };
  if (have.kind === 'directory' || have.kind === 'other') return { changes: [], failure: inTheWay(path, have) };
  if (want.force === false) return { changes: [] };
  if (have.kind === 'link') {
    const from = `link to ${have.target ?? '?'}`;
    // The mode is always said: what a link has for one is no file's.
    const steps = [write({ ...want, mode: want.mode ?? octal(NEW_FILE) }, NEW_FILE)];
    return one({ op: '~', what, from, to: 'file', steps, effects: [written(want, NEW_FILE)] });
  }
  if (have.sha256 === undefined) return { changes: [], failure: unreadable(path) };
  const attributes = attributeChange(path, have, want);
  if (have.sha256 === want.content.sha256) {
    if (!attributes) return { changes: [] };
    return one(asChange(what, path, attributes));
  }
  const texts = diff(have.text, want.content);
  const to = [attributes?.to, texts ? undefined : (unseen(want.content) ?? `new content, ${want.content.size} bytes`)];
  return one({
    op: '~',
    what,
    from: attributes?.from,
    to: to.filter((part) => part !== undefined).join(', ') || undefined,
    diff: texts,
    steps: [write(want, have.mode)],
    effects: [written(keptBy(have, want), have.mode)],
  });
}

/** The failure for a path below something that is no directory. */
export function noDirectory(blocker: string, path: string): Failure {
  return {
    summary: `${blocker} is not a directory`,
    detail: `It would have to be one for ${path}; it is a file, or a link that leads nowhere.`,
    hint: 'Remove it with `file: { state: absent }` first, if it may go.',
  };
}

/** The failure for a directory or a device where a file should be. */
export function inTheWay(path: string, have: Entry): Failure {
  const is = have.kind === 'directory' ? 'a directory' : have.kind === 'link' ? 'a symbolic link' : `a ${have.kind}`;
  return {
    summary: `${path} is ${have.kind === 'other' ? 'neither file, directory nor link' : is}`,
    detail: 'It stands where something else is wanted, and is not removed unasked.',
    hint: 'Remove it with `file: { state: absent }` first, if it may go.',
  };
}

/** What is at the path once it is written. */
function written(want: ManagedFile, base: number): PathEffect {
  const { path, content } = want;
  return { path, kind: 'file', content, ...madeAttributes(want, base, false) };
}

/** A file that is written again keeps the owner and the group that nobody asked for. */
function keptBy(have: Entry, want: ManagedFile): ManagedFile {
  return {
    ...want,
    owner: want.owner ?? have.owner ?? `${have.uid}`,
    group: want.group ?? have.group ?? `${have.gid}`,
  };
}

function write(want: ManagedFile, base: number): WriteStep {
  const { path, content, owner, group, validate, backup } = want;
  const mode = want.mode === undefined ? undefined : octal(resolveMode(want.mode, base, false));
  const step: WriteStep = { write: { path, content, mode, owner, group, validate, backup } };
  return want.restore ? { ...step, restore: true } : step;
}

/** Both texts, when both may be seen. */
function diff(before: string | undefined, content: Content): Change['diff'] {
  const after = content.text();
  return before === undefined || after === undefined || content.size > DIFF_MAX ? undefined : { before, after };
}

const DIFF_MAX = 262_144;

/** What to say of a content that isn't shown. */
function unseen(content: Content): string | undefined {
  if (content.secret) return 'new content (secret)';
  if (content.size > DIFF_MAX) return `new content (${content.size} bytes)`;
  return content.text() === undefined ? `new content (binary, ${content.size} bytes)` : undefined;
}

function one(change: Change): Plan {
  return { changes: [change] };
}
