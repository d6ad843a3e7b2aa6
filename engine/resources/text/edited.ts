// A text file of which only a part is ours: read whole, edited by a pure function, written whole. The resource behind
// lineinfile, blockinfile and the settings that are kept in a file's lines.

import { lines, type Script, sh } from '../../base/script.ts';
import { type Change, type Output, type Plan, withEffects } from '../../module/change.ts';
import { Content } from '../../module/content.ts';
import type { Foreseen, Manual } from '../../module/define.ts';
import type { PathEffect } from '../../module/effect.ts';
import type { Failure } from '../../module/failure.ts';
import { Missing, type Resource, stateIfThere } from '../../module/resource.ts';
import { readSections } from '../../module/sections.ts';
import { TooSlow } from '../../pattern/bounded.ts';
import type { Ownership } from '../file/attributes.ts';
import { accountNeeds, type FileState, fileNeeds, planFile } from '../file/managed.ts';
import { cleanPath } from '../file/path.ts';
import { pendingFile, untold } from '../file/pending.ts';
import { probeFiles } from '../file/probe.ts';
import { parseFiles } from '../file/report.ts';
import type { Entry, FileQuery } from '../file/state.ts';
import type { Validation } from '../file/validate.ts';
import type { TextEdit } from './lines.ts';

/** Bytes of the largest file that is edited. */
export const EDIT_LIMIT = 262_144;

/** What the pages of lineinfile, blockinfile and replace say alike. */
export const editedManual = (tried: string): Manual => ({
  reads:
    'The file, whole: up to 256 KiB of text. A link is followed, but not one that somebody else than root or the file’s owner put there.',
  changes:
    'The file is written anew beside the old one and renamed into its place, so that it is the old one or the new one. Nothing is written where nothing changes.',
  dryRun: 'What a command before it does to the file. What earlier tasks write to it is known.',
  needs: 'base64, head and readlink; the program of `validate`.',
  tried,
});

export interface EditedFile extends Ownership {
  readonly path: string;
  /** Whether a file that isn't there is made; false: it has to be. `absent`: nothing to do then. */
  readonly whenMissing: 'make' | 'fail' | 'absent';
  readonly backup?: boolean | undefined;
  /** What its text is written in; UTF-8 unless this says otherwise. */
  readonly encoding?: 'utf-8' | 'latin-1' | undefined;
  readonly validate?: Validation | undefined;
  /** What is put in holds a secret, so that no diff is shown. */
  readonly secret?: boolean;
}

export interface EditedState extends FileState {
  /** Where it really is: links are followed, as an editor does. */
  readonly path: string;
  /** Empty where there is none. */
  readonly text: string;
  /** Why it can't be edited. */
  readonly unfit?: Failure | undefined;
  /** Holds a secret that a pending change would write. */
  readonly secret?: boolean;
}

/** A read-only probe, or the last part of one. */
export function probeEdited(want: EditedFile): Script {
  const { path } = want;
  return lines(
    probeFiles([query(want)]),
    sh`printf '@real\n'; [ ! -h ${path} ] || [ ! -e ${path} ] || readlink -f -- ${path}`,
    sh`printf '@text\n'; if [ -f ${path} ]; then if [ -r ${path} ]; then head -c ${EDIT_LIMIT + 1} -- ${path} | base64; else echo '!'; fi; fi`,
    sh`printf '@read\n'`,
  );
}

/** What is there; Missing without the file where it has to be, or without its directory, owner or group. */
export function parseEdited(out: Output, want: EditedFile): EditedState | Missing<EditedState> {
  const report = parseFiles(out, [query(want)]);
  const sections = readSections(out.stdout);
  if (!sections.has('read')) throw new Error('the probe of the file stopped before its end');
  const own = report.entry(want.path);
  const entry = own?.kind === 'link' ? report.followed(want.path) : own;
  const rows = sections.get('text') ?? [];
  const bytes = Buffer.from(rows.join(''), 'base64');
  const text = bytes.toString(encodingOf(want));
  const [real = want.path] = sections.get('real') ?? [];
  const path = cleanPath(real);
  const held = report.mounts(path).includes(path) ? 'mount' : own?.held;
  const state: EditedState = {
    ...report.state(query(want)),
    path,
    entry: entry && { ...entry, held, sha256: rows[0] === '!' ? undefined : Content.of(bytes).sha256 },
    text,
    unfit: unfit(want, { own, entry, bytes, text }),
  };
  if (state.unfit || own?.kind === 'hidden') return state;
  if (entry) return lacking(accountNeeds(report, want), state);
  if (want.whenMissing === 'absent') return state;
  if (want.whenMissing === 'make' || state.blocker !== undefined) return lacking(fileNeeds(report, query(want)), state);
  // Its text is whatever its maker writes.
  return new Missing<EditedState>({
    needs: [`path:${want.path}`, ...accountNeeds(report, want)],
    failure: missingFile(want.path),
  });
}

/** The state as it will be once the pending changes are made. */
export function pendingEdited(
  have: EditedState | Missing<EditedState>,
  want: EditedFile,
  foreseen: Foreseen,
): EditedState | Missing<EditedState> {
  const known = stateIfThere(have);
  const own = foreseen.at(want.path);
  // A link that was followed may by then be something else.
  const path = own !== undefined && own.kind !== 'same' ? want.path : (known?.path ?? want.path);
  const left = foreseen.at(path) ?? own;
  if (left === undefined) return have;
  // Of a link only its maker knows where it leads.
  if (left.kind === 'link') return untold(want.path);
  if (left.kind === 'nothing' && want.whenMissing === 'fail') {
    return new Missing<EditedState>({ needs: [`path:${want.path}`], failure: missingFile(want.path) });
  }
  const state: EditedState = { path, entry: undefined, text: '', ...known, ...textOf(left, { ...want, path }) };
  const needs = have instanceof Missing ? have.needs.filter((need) => need !== `path:${want.path}`) : [];
  return pendingFile(needs.length === 0 ? state : new Missing({ needs, fresh: state }), { ...want, path }, foreseen);
}

/** What the text will be, where a pending change says it. */
function textOf(left: PathEffect, want: EditedFile): Partial<EditedState> {
  if (left.kind === 'nothing') return { text: '', unfit: undefined };
  if (left.kind !== 'file') return {};
  const bytes = left.content.bytes();
  const text = bytes.toString(encodingOf(want));
  return { text, secret: left.content.secret, unfit: unfit(want, { own: undefined, entry: undefined, bytes, text }) };
}

/** One change at most. `edit` is called with the present text and tells of what can't be by a Failure. */
export function planEdited(have: EditedState, want: EditedFile, edit: (text: string) => TextEdit | Failure): Plan {
  if (have.unfit) return { changes: [], failure: have.unfit };
  if (have.entry === undefined && want.whenMissing === 'absent') return { changes: [] };
  const done = attempt(want.path, () => edit(have.text));
  if ('summary' in done) return { changes: [], failure: done };
  const { path, entry } = have;
  const { owner, group, mode, validate, backup } = want;
  const secret = want.secret === true || have.secret === true;
  const bytes = Buffer.from(done.text, encodingOf(want));
  if (bytes.toString(encodingOf(want)) !== done.text) return { changes: [], failure: unwritable(want.path) };
  const content = Content.of(bytes, secret);
  const known = entry && { ...entry, text: secret ? undefined : have.text };
  if (content.size > EDIT_LIMIT) return { changes: [], failure: tooLarge(want.path, content.size) };
  const plan = planFile({ ...have, entry: known }, { path, content, owner, group, mode, validate, backup });
  const [change] = plan.changes;
  if (!change || done.text === have.text) return plan;
  const to = [done.words, change.to].filter((part) => part !== undefined && part !== '').join(', ');
  const named: Change = { ...change, what: `file ${want.path}`, to };
  // By the name that the task has for it, too: that may be a link to it.
  const isNamedOtherwise = entry === undefined && path !== want.path;
  return { changes: [isNamedOtherwise ? withEffects(named, [{ makes: `path:${want.path}` }]) : named] };
}

function attempt(path: string, edit: () => TextEdit | Failure): TextEdit | Failure {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error;
    return {
      summary: `a regular expression takes too long on ${path}`,
      detail: 'It tries more and more ways to read the text, and was stopped after 20 million steps.',
      hint: 'Take out repetitions within repetitions, such as (a+)+ or .*.*, or anchor it with ^.',
    };
  }
}

function query(want: EditedFile): FileQuery {
  const { path, owner, group, validate } = want;
  return { path, owner, group, follow: true, moved: true, program: validate?.program };
}

function lacking(needs: readonly Resource[], state: EditedState): EditedState | Missing<EditedState> {
  return needs.length === 0 ? state : new Missing({ needs, fresh: state });
}

function missingFile(path: string): Failure {
  return {
    summary: `${path} does not exist`,
    detail: 'There is no file to edit.',
    hint: 'Set `create: true`, or write the file in an earlier task.',
  };
}

function tooLarge(path: string, size: number): Failure {
  return {
    summary: `${path} is too large to be edited`,
    detail: `It has ${size} bytes, or would have; files of up to 256 KiB are edited.`,
    hint: 'Write the whole file with copy or template.',
  };
}

/** By its name in Node. */
function encodingOf({ encoding }: EditedFile): 'utf8' | 'latin1' {
  return encoding === 'latin-1' ? 'latin1' : 'utf8';
}

function unwritable(path: string): Failure {
  return {
    summary: `${path} can’t hold this text`,
    detail: 'It has a character that its encoding doesn’t know.',
    hint: 'Write the file in UTF-8.',
  };
}

interface Found {
  readonly own: Entry | undefined;
  readonly entry: Entry | undefined;
  readonly bytes: Buffer;
  readonly text: string;
}

function unfit(want: EditedFile, { own, entry, bytes, text }: Found): Failure | undefined {
  const { path } = want;
  if (own?.kind === 'link' && entry === undefined) {
    return {
      summary: `${path} is a link that leads nowhere`,
      detail: `It points to ${own.target ?? '?'}.`,
      hint: 'Make what it leads to, or remove the link, in an earlier task.',
    };
  }
  // Whoever owns the link chooses which file is rewritten, with the task's rights.
  if (own?.kind === 'link' && own.uid !== 0 && own.uid !== entry?.uid) {
    return {
      summary: `${path} is a link of ${own.owner ?? own.uid}`,
      detail: 'It leads to a file of somebody else, which is not edited by way of it.',
      hint: 'Name the file itself in `path`.',
    };
  }
  if (bytes.length > EDIT_LIMIT) return tooLarge(path, entry?.size ?? bytes.length);
  if (bytes.includes(0) || !Buffer.from(text, encodingOf(want)).equals(bytes)) {
    return {
      summary: `${path} is not text`,
      detail: 'It holds NUL bytes, or bytes that are not UTF-8: an edit would damage them.',
      hint: 'Write the whole file with copy or template.',
    };
  }
  return undefined;
}
