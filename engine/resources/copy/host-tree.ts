// A directory of the host with what is in another directory of the host: compared there, copied there.
import { lines, type Script, sh } from '../../base/script.ts';
import type { Output, Plan } from '../../module/change.ts';
import { exactOctal, isOctalMode, octal, resolveMode } from '../../module/mode.ts';
import { readSections } from '../../module/sections.ts';
import { type Ownership, sameGroup, sameUser } from '../file/attributes.ts';
import { type FileState, noDirectory } from '../file/managed.ts';
import { isShut } from '../file/refusal.ts';
import { attributesBelow, parseRow, type TreeEntry } from '../path/tree-state.ts';
import { SUMS_NAMED } from '../tree/named.ts';
import { enterPrivate, makeRoot, merge } from '../tree/scripts.ts';
import OTHER_SUMS from './other-sums.awk';

export interface HostTree extends Ownership {
  /** Both absolute, as `cleanPath` leaves them. */
  readonly source: string;
  readonly dest: string;
  /** For directories that are made; undefined: as they are in the source. */
  readonly directoryMode: string | undefined;
  /** Whether what links lead to is copied in their place. */
  readonly follow: boolean;
  /** False: a directory that is there stays as it is. */
  readonly force: boolean;
}

export interface HostTreeState {
  /** Whether the source is a directory; nothing else is told where it isn't. */
  readonly isTree: boolean;
  /** Whether there is a directory already. */
  readonly isThere: boolean;
  /** Relative paths of what is missing or otherwise. */
  readonly differing: readonly string[];
  /** Where something stands in the way: a directory in a file's place, or the other way round. */
  readonly blocked: readonly string[];
  /** What can't be copied: FIFOs, devices, names with line breaks. */
  readonly other: readonly string[];
  /** Attributes that occur among what has its like in the source. */
  readonly attributes: readonly TreeEntry[];
}

const NONE: HostTreeState = {
  ...{ isTree: false, isThere: false, differing: [], blocked: [], other: [], attributes: [] },
};

/** A read-only fragment for a probe. Contents are compared by digests, with as many processes for a thousand files as for one. */
export function probeHostTrees(wants: readonly HostTree[]): Script | undefined {
  if (wants.length === 0) return undefined;
  return lines(sh`printf '@copies\n'`, ...wants.map((want, index) => lines(sh`echo :${index}`, compare(want))));
}

/** `find` over the source; with -L what links lead to is in their place. */
function find(follow: boolean): Script {
  return follow ? sh`find -L .` : sh`find .`;
}

function compare({ source, dest, follow, owner, group, mode }: HostTree): Script {
  const all = find(follow);
  return lines(
    sh`[ ! -d ${source} ] || ( export LC_ALL=C; d=${dest}; nl='`,
    sh`'; cd -P -- ${source} || exit; echo tree; ${all} \( ! -type d ! -type f ! -type l -o -path "*$nl*" \) | head -n 3 | sed 's/^/other /'`,
    sh`[ -d "$d" ] || { echo 'directory .'; exit; }; echo there`,
    sh`${all} -type d | while IFS= read -r p; do [ -d "$d/$p" ] || { [ ! -e "$d/$p" ] && [ ! -h "$d/$p" ] && echo "directory $p" || echo "blocked $p"; }; done`,
    sh`(cd -P -- "$d" && find . -type d) | while IFS= read -r p; do [ -d "./$p" ] || { [ ! -e "./$p" ] && [ ! -h "./$p" ]; } || echo "blocked $p"; done`,
    sh`${all} -type l | while IFS= read -r p; do { [ -h "$d/$p" ] && [ "$(readlink "$p")" = "$(readlink "$d/$p")" ]; } || echo "link $p"; done`,
    sh`${all} -type f | while IFS= read -r p; do { [ -f "$d/$p" ] && [ ! -h "$d/$p" ]; } || echo "file $p"; done`,
    sh`{ ${all} -type f -exec sh -c ${SUMS_NAMED.text} sh {} +; echo @; ${all} -type f | while IFS= read -r p; do [ ! -f "$d/$p" ] || printf '%s\n' "$p"; done |`,
    sh`  tr '\n' '\000' | (cd -P -- "$d" && xargs -0 -r sh -c ${SUMS_NAMED.text} sh 2>/dev/null); } | awk ${OTHER_SUMS}`,
    owner === undefined && group === undefined && mode === undefined
      ? undefined
      : sh`${attributesBelow(sh`"$d"`, sh`${all} ! -name .`)} | sed 's/^/attributes /'`,
    sh`)`,
  );
}

/** What it printed, in the order of the wants. @throws Error for a line of another form */
export function parseHostTrees(out: Output, wants: readonly HostTree[]): readonly HostTreeState[] {
  const states = wants.map(() => ({ ...NONE, seen: new Map<string, string[]>() }));
  let current = states[0];
  for (const row of readSections(out.stdout).get('copies') ?? []) {
    const [word = '', rest = ''] = [row.replace(/ .*$/s, ''), row.replace(/^[^ ]* ?/, '')];
    if (/^:\d+$/.test(row)) current = states[Number(row.slice(1))];
    else if (current === undefined)
      throw new Error(`the comparison of directories told of one that was not asked for: ${row}`);
    else current.seen.set(word, [...(current.seen.get(word) ?? []), rest]);
  }
  return states.map(({ seen }) => {
    const all = (word: string) => [...new Set(seen.get(word) ?? [])].map((path) => path.replace(/^\.\//, ''));
    return {
      isTree: seen.has('tree'),
      isThere: seen.has('there'),
      differing: [...new Set([...all('directory'), ...all('link'), ...all('file')])].sort(),
      blocked: all('blocked'),
      other: all('other'),
      attributes: (seen.get('attributes') ?? []).map(parseRow),
    };
  });
}

/** One change at most: what is missing or otherwise is copied, or all gets its owner, group and mode. */
export function planHostTree(have: HostTreeState, want: HostTree, { entry, blocker: above, shut }: FileState): Plan {
  const { source, dest, owner, group, mode, force } = want;
  if (have.isThere && !force) return { changes: [] };
  if (dest.startsWith(`${source}/`)) return { changes: [], failure: intoItself(source, dest) };
  const inPlace = entry === undefined || entry.kind === 'directory' || have.isThere ? undefined : dest;
  const blocker = above ?? inPlace;
  if (!have.isThere && shut !== undefined) return { changes: [], failure: isShut(shut, `${dest}/`) };
  if (blocker !== undefined) return { changes: [], failure: noDirectory(blocker, `${dest}/`) };
  const [other] = have.other;
  if (other !== undefined) {
    return {
      changes: [],
      failure: {
        summary: `${source}/${other} can't be copied`,
        detail: 'It is neither file, directory nor link, or there is a line break in its name.',
        hint: 'Take it away, or copy the rest by tasks of their own.',
      },
    };
  }
  const [blocked] = have.blocked;
  if (blocked !== undefined) {
    return {
      changes: [],
      failure: {
        summary: `${dest}/${blocked} is of another kind than in ${source}`,
        detail: 'It stands where something else is wanted, and is not removed unasked.',
        hint: 'Remove it with `file: { state: absent }` first, if it may go.',
      },
    };
  }
  const { differing } = have;
  if (differing.length > 0) {
    const names = differing[0] === '.' ? 'all of it' : differing.slice(0, 5).join(', ');
    return {
      changes: [
        {
          op: have.isThere ? '~' : '+',
          what: `directory ${dest}`,
          to: `copy of ${source}: ${names}${differing.length > 5 ? ` … and ${differing.length - 5} more` : ''}`,
          steps: [{ run: copyScript(want) }],
          effects: [{ path: dest, kind: 'anything' }, { makes: `path:${dest}/` }],
        },
      ],
    };
  }
  const drifted = have.attributes.find((entry) => !fits(entry, want));
  if (!drifted) return { changes: [] };
  const to = [mode && `mode ${mode}`, owner && `owner ${owner}`, group && `group ${group}`].filter(Boolean).join(', ');
  return {
    changes: [
      {
        op: '~',
        what: `what is in ${dest}`,
        from: attributeFrom(drifted),
        to,
        steps: [{ run: attributesScript(want) }],
        effects: [{ path: dest, kind: 'anything' }],
      },
    ],
  };
}

function intoItself(source: string, dest: string) {
  return {
    summary: `${source} can't be copied into itself`,
    detail: `${dest} is in it, and would hold a copy that holds a copy.`,
    hint: 'With a slash at its end, `dest` is the directory into which `src` goes.',
  };
}

function attributeFrom({ mode, owner, uid, group, gid }: TreeEntry): string {
  return `mode ${octal(mode)}, owner ${owner ?? uid}, group ${group ?? gid}, among others`;
}

function fits(entry: TreeEntry, { owner, group, mode }: HostTree): boolean {
  return (
    (owner === undefined || sameUser(entry, owner)) &&
    (group === undefined || sameGroup(entry, group)) &&
    (mode === undefined || entry.kind !== 'file' || resolveMode(mode, entry.mode, false) === entry.mode)
  );
}

/** Copied into a private directory in the target, and from there renamed into place. Times and modes stay as they are. */
function copyScript(want: HostTree): Script {
  const { source, owner, group, directoryMode, follow } = want;
  const options = follow ? ['-chf', '-'] : ['-cf', '-'];
  const place = { dest: want.dest, owner, group, mode: directoryMode };
  return lines(
    makeRoot(place),
    enterPrivate(place),
    // By way of a link.
    sh`case $PWD/ in "$(cd -P -- ${source} && pwd)"/*) echo ${`${source} can't be copied into itself`} >&2; exit 1;; esac`,
    sh`mkdir tree && { tar ${options} -C ${source} . || : >failed; } | tar -xpof - -C tree || exit 1; [ ! -e failed ] || exit 1`,
    directoryMode === undefined
      ? undefined
      : sh`find tree ! -name tree -type d -exec chmod -- ${modeWord(directoryMode)} {} + || exit 1`,
    want.mode === undefined ? undefined : sh`find tree -type f -exec chmod -- ${modeWord(want.mode)} {} + || exit 1`,
    merge(place),
    attributesScript(want),
  );
}

/** Of all that has its like in the source. */
function attributesScript({ source, dest, follow, owner, group, mode }: HostTree): Script {
  const all = find(follow);
  const who = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
  return lines(
    sh`cd -P -- ${source} || exit 1`,
    who === ''
      ? undefined
      : sh`${all} ! -name . | tr '\n' '\000' | (cd -P -- ${dest} && xargs -0 -r chown -h -- ${who}) || exit 1`,
    mode === undefined
      ? undefined
      : sh`${all} -type f | tr '\n' '\000' | (cd -P -- ${dest} && xargs -0 -r chmod -- ${modeWord(mode)}) || exit 1`,
  );
}

function modeWord(mode: string): string {
  return isOctalMode(mode) ? exactOctal(Number.parseInt(mode, 8)) : mode;
}
