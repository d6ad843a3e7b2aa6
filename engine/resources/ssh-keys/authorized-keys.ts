// The keys that may log in as a user: ~/.ssh/authorized_keys with its directory. Shared by authorized-key and user.
import { lines, type Script, sh } from '../../base/script.ts';
import type { Change, Output, Plan } from '../../module/change.ts';
import { Content } from '../../module/content.ts';
import type { Foreseen } from '../../module/define.ts';
import type { Failure } from '../../module/failure.ts';
import { Missing, stateIfThere, withState } from '../../module/resource.ts';
import { readSections } from '../../module/sections.ts';
import { allOf, attributeChange, unreadable } from '../file/attributes.ts';
import { inTheWay, planFile } from '../file/managed.ts';
import { parentOf } from '../file/path.ts';
import { pendingEntry, untold } from '../file/pending.ts';
import { STAT_FORMAT } from '../file/probe.ts';
import { parseFileEntry } from '../file/report.ts';
import type { Entry } from '../file/state.ts';
import { makeDirectory, newDirectory } from '../path/plan.ts';
import { dropKeys, putKeys, type WantedKey } from './edit.ts';

export interface KeysWant {
  readonly user: string;
  readonly keys: readonly WantedKey[];
  readonly state: 'present' | 'absent';
  /** Every other key goes. */
  readonly exclusive: boolean;
  /** In place of ~/.ssh/authorized_keys. */
  readonly path: string | undefined;
  /** Whether the directory of the file is made, and given to the user alone. */
  readonly manageDir: boolean;
  /** Why they can't be taken as they were given. */
  readonly refused: Failure | undefined;
  /** Where the home will be, when it isn't where the host has it now. */
  readonly home?: string | undefined;
}

export interface KeysState {
  /** Where the file is or will be. */
  readonly path: string;
  /** As chown and chgrp take them; undefined of a user who isn't there. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
  /** Whether the directory above that directory is there: the home. */
  readonly hasHome: boolean;
  /** The task's user may not look into the directories, or not read the file. */
  readonly hidden?: boolean;
  /** The directory in which nothing can be written, where the file or its directory would be. */
  readonly shut?: string;
  /** What is at the directory above it, and the file itself. */
  readonly directory: Entry | undefined;
  readonly file: Entry | undefined;
  readonly text: string;
}

/** A read-only fragment for a probe. The shell's own `~user` finds the home, so a want costs a stat and perhaps a base64. */
export function probeKeys(wants: readonly KeysWant[]): Script {
  const users = [...new Set(wants.map((want) => want.user))];
  return lines(
    sh`printf '@accounts\n'; getent passwd ${users}`,
    sh`keys() { printf '=%s\n' "$1"; stat -c ${STAT_FORMAT} -- "\${1%/*/*}/" "\${1%/*}" "$1"
  for d in "\${1%/*/*}/" "\${1%/*}"; do if [ -d "$d" ] && [ ! -x "$d" ]; then echo '!'; fi; done
  if [ -d "\${1%/*}" ]; then d=\${1%/*}; else d=\${1%/*/*}/; fi; [ ! -d "$d" ] || [ -w "$d" ] || echo '#shut'
  [ ! -f "$1" ] || [ -h "$1" ] || [ ! -O / ] || [ -w "$1" ] || echo '#fixed'
  if [ -f "$1" ] && [ ! -h "$1" ]; then if [ -r "$1" ]; then base64 "$1"; else echo '!'; fi; fi; }`,
    sh`printf '@keys\n'`,
    ...wants.map(probeOne),
    sh`printf '@keysend\n'`,
  );
}

function probeOne({ user, path, home }: KeysWant): Script {
  if (path !== undefined) return sh`keys ${path}`;
  if (home !== undefined) return sh`keys ${`${home}/.ssh/authorized_keys`}`;
  // The name is a plain word, so that it stays unquoted and the tilde in front of it is expanded.
  return sh`keys ~${user}/.ssh/authorized_keys`;
}

/** The state of each want, in order; undefined where the user doesn't exist. */
export function parseKeyStates(out: Output, wants: readonly KeysWant[]): readonly (KeysState | undefined)[] {
  const sections = readSections(out.stdout);
  if (wants.length > 0 && !sections.has('keysend'))
    throw new Error('the probe of authorized keys stopped before its end');
  const accounts = new Map(
    (sections.get('accounts') ?? []).map((row) => {
      const [name = '', , uid = '', gid = ''] = row.split(':');
      return [name, { owner: uid, group: gid }];
    }),
  );
  const blocks = splitBlocks(sections.get('keys') ?? []);
  return wants.map((want, index) => {
    const account = accounts.get(want.user);
    const [path = '', ...rows] = blocks[index] ?? [];
    // Without the user there is nobody to give anything to; a line can go all the same.
    if (!account && (want.state === 'present' || want.path === undefined)) return undefined;
    const entries = new Map(rows.filter((row) => row.includes(':')).map(parseFileEntry));
    const bytes = Buffer.from(rows.filter((row) => !row.includes(':') && !/^[!#]/.test(row)).join(''), 'base64');
    const file = entries.get(path);
    const above = entries.has(parentOf(path)) ? parentOf(path) : parentOf(parentOf(path));
    return {
      owner: account?.owner,
      group: account?.group,
      path,
      hasHome: entries.has(`${path.split('/').slice(0, -2).join('/')}/`),
      directory: entries.get(parentOf(path)),
      file: file && (rows.includes('#fixed') ? { ...file, held: 'fixed' } : file),
      ...(rows.includes('#shut') && { shut: above }),
      ...(rows.includes('!') && { hidden: true }),
      text: bytes.toString('utf8'),
    };
  });
}

function splitBlocks(rows: readonly string[]): readonly (readonly string[])[] {
  const blocks: string[][] = [];
  for (const row of rows) {
    if (row.startsWith('=')) blocks.push([row.slice(1)]);
    else blocks.at(-1)?.push(row);
  }
  return blocks;
}

/** The state of a user who was just made: nothing there yet. */
export function freshKeys(
  { user, path }: Pick<KeysWant, 'user' | 'path'>,
  home = `/home/${user}`,
  group = user,
): KeysState {
  const file = path ?? `${home}/.ssh/authorized_keys`;
  return { path: file, owner: user, group, hasHome: true, directory: undefined, file: undefined, text: '' };
}

/** The state of a user who isn't there: nobody logs in. */
export function nobodysKeys({ path = '' }: KeysWant): KeysState {
  return { path, owner: undefined, group: undefined, hasHome: false, directory: undefined, file: undefined, text: '' };
}

/** One change at most: the keys, and owner and mode of file and directory. Symbolic links are refused, as sshd does. */
export function planKeys(have: KeysState, want: KeysWant): Plan {
  const { path, directory, file, owner, group } = have;
  if (want.refused) return { changes: [], failure: want.refused };
  const failure = have.hidden ? unreadable(path) : notPlain(have, want);
  if (failure) return { changes: [], failure };
  const edit = want.state === 'absent' ? dropKeys(have.text, want.keys) : putKeys(have.text, want.keys, want.exclusive);
  if ('summary' in edit) return { changes: [], failure: edit };
  if (want.state === 'absent' && edit.text === have.text) return { changes: [] };
  if (file === undefined && edit.text === '') return { changes: [] };

  const own = { owner, group };
  const content = Content.of(edit.text);
  const known = file && { ...file, sha256: Content.of(have.text).sha256, text: have.text };
  const written = planFile({ entry: known, shut: have.shut }, { path, content, ...own, mode: '0600' });
  const made = directory === undefined ? makeDirectory(parentOf(path), { ...own, mode: '0700' }) : undefined;
  const changed =
    made || !want.manageDir || !directory
      ? undefined
      : attributeChange(parentOf(path), directory, { ...own, mode: '0700' });
  const scripts = made ?? changed?.scripts ?? [];
  if (written.failure) return written;
  const [write] = written.changes;
  if (!write && scripts.length === 0) return written;
  const change: Change = {
    op: file ? '~' : '+',
    what: `authorized keys of ${want.user}`,
    from: [changed?.from, write?.from].filter((part) => part !== undefined).join(', ') || undefined,
    to:
      [...edit.words, changed?.to, file ? write?.to : undefined].filter((part) => part !== undefined).join(', ') ||
      undefined,
    diff: edit.text === have.text ? undefined : { before: have.text, after: edit.text },
    steps: [...(scripts.length > 0 ? [{ run: allOf(scripts) }] : []), ...(write?.steps ?? [])],
    effects: [
      ...(made ? [newDirectory(parentOf(path), { ...own, mode: '0700' })] : []),
      ...(changed ? [{ path: parentOf(path), kind: 'same' as const, ...changed.made }] : []),
      ...(write?.effects ?? []),
    ],
  };
  return { changes: [change] };
}

/** The state as it will be once the pending changes of a dry run are made. */
export function pendingKeys(
  have: KeysState | Missing<KeysState>,
  want: KeysWant,
  foreseen: Foreseen,
): KeysState | Missing<KeysState> {
  if (want.path === undefined && foreseen.settled(`user:${want.user}`).account === 'gone') {
    return want.state === 'absent' ? nobodysKeys(want) : new Missing<KeysState>({ needs: [`user:${want.user}`] });
  }
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const { path, owner, group } = known;
  const left = foreseen.at(path);
  const file = pendingEntry(known.file, path, { owner, group, mode: '0600' }, foreseen);
  const directory = pendingEntry(known.directory, parentOf(path), { owner, group, mode: '0700' }, foreseen);
  if (file === 'unknown' || directory === 'unknown') return untold(path);
  const text =
    left?.kind === 'file' ? left.content.bytes().toString('utf8') : left?.kind === 'nothing' ? '' : known.text;
  const then: KeysState = { ...known, file, directory, text };
  return withState(have, then);
}

/** Root must not be led astray by a link that the user put there. */
function notPlain({ path, directory, file, text }: KeysState, want: KeysWant): Failure | undefined {
  if (directory && directory.kind !== 'directory' && want.manageDir) return inTheWay(parentOf(path), directory);
  if (file && file.kind !== 'file') return inTheWay(path, file);
  if (text.includes('\ufffd')) {
    return {
      summary: `${path} is not UTF-8 text`,
      detail: 'Rewriting it would damage lines that are not ours.',
      hint: 'Repair the file, or remove it.',
    };
  }
  return undefined;
}
