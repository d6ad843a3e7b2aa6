// Holds a wanted tree against what is on the host. The list goes in by standard input and only differences come back,
// as numbers of its lines: twenty thousand files that are all missing are one line.
import { lines, type Script, sh } from '../../base/script.ts';
import type { Output } from '../../module/change.ts';
import { readSections } from '../../module/sections.ts';
import { isNumeric } from '../file/state.ts';
import COMPARE from './compare.awk';
import { statNamed, sumsOf } from './named.ts';
import SUMS from './sums.awk';
import type { WantedTree } from './want.ts';

/** How the items differ that do, by their index; what is alike is in none of the lists. */
export interface TreeDifference {
  readonly missing: readonly number[];
  /** Something else stands there: a file or link, or a directory. */
  readonly other: readonly number[];
  readonly directory: readonly number[];
  /** Another content, or another target of a link. */
  readonly content: readonly number[];
  /** Mode, owner or group. */
  readonly attributes: readonly number[];
  readonly unreadable: readonly number[];
  /** What is there and not wanted: the outermost, a directory's path with a slash at its end; at most SHOWN. */
  readonly extra: readonly string[];
  /** How many those are. */
  readonly extras: number;
}

/** So many of what isn't wanted are named. */
const SHOWN = 200;

/** Stands for a line break in the paths that are told. Nothing that is wanted has either. */
export const BREAK = '\\001';

/**
 * Enters the tree's directory; without one everything is missing. Reads the list into `list`. A name may be any bytes, so
 * no tool is to take it for text.
 */
function enter({ dest }: WantedTree): Script {
  return lines(
    sh`export LC_ALL=C; list=$(cat); t=$(printf '\011'); nl='`,
    sh`'; cd -P -- ${dest} 2>/dev/null || exit 3`,
  );
}

/** What stat says of all that is in the tree, or of what is wanted only. */
function stats({ remove }: WantedTree): Script {
  const attributes = '%f:%u:%g:%U:%G:%s:';
  const broken = sh`for p do printf '%s%s\n' "$(stat -c ${attributes} -- "$p")" "$(printf %s "$p" | tr '\n' ${BREAK})"; done`;
  return remove
    ? sh`find . -path "*$nl*" -exec sh -c ${broken.text} sh {} + -o ! -name . -exec sh -c ${statNamed(attributes).text} sh {} + 2>/dev/null`
    : sh`printf '%s\n' "$list" | cut -f 4 | sed 's,^,./,' | tr '\n' '\000' | xargs -0 sh -c ${statNamed(attributes).text} sh 2>/dev/null`;
}

/** Backslashes are doubled in what goes in by -v (POSIX awk). */
function compare(want: WantedTree, all: boolean): Script {
  const { owner = '', group = '', excluded, remove } = want;
  const skip = excluded.map((one) => one.replaceAll('\\', '\\\\')).join('\\n');
  const flag = (on: boolean) => (on ? 1 : 0);
  return lines(
    sh`awk -v owner=${owner} -v by_uid=${flag(isNumeric(owner))} -v group=${group} -v by_gid=${flag(isNumeric(group))} -v shown=${all ? -1 : SHOWN} -v remove=${flag(remove)} -v skip=${skip} ${COMPARE}`,
  );
}

/** A read-only fragment for a probe, whose standard input is the tree's list. */
export function probeTree(want: WantedTree): Script {
  return lines(
    sh`printf '@tree\n'; (`,
    enter(want),
    sh`told=$({ printf '%s\n@\n' "$list"; ${stats(want)}; } | ${compare(want, false)})`,
    sh`printf '%s\n' "$told" | grep -v "^[hl]$t"`,
    sh`printf '%s\n' "$told" | grep "^l$t" | while IFS=$t read -r x i to p; do [ "$(readlink "$p")" = "$to" ] || echo content "$i-$i"; done`,
    sh`{ printf '%s\n' "$told" | grep "^h$t"; echo @; { ${sumsOf(sh`printf '%s\n' "$told" | grep "^h$t" | cut -f 4`)}; } 2>/dev/null; } | awk -F '\t' ${SUMS}`,
    sh`) || echo "none $?"`,
    sh`printf '@endtree\n'`,
  );
}

/** Prints every path below the tree's directory that isn't wanted, a directory's with a slash; for a step. */
export function listExtra(want: WantedTree): Script {
  return lines(
    enter(want),
    sh`{ printf '%s\n@\n' "$list"; ${stats(want)}; } | ${compare(want, true)} | grep "^x$t" | cut -f 2-`,
  );
}

const CODES = ['missing', 'other', 'directory', 'content', 'attributes', 'unreadable'] as const;

/**
 * What probeTree printed.
 * @throws Error for anything else
 */
export function parseTree(out: Output, want: WantedTree): TreeDifference {
  const rows = readSections(out.stdout).get('tree');
  if (!rows || out.truncated || !out.stdout.includes('\n@endtree\n')) {
    throw new Error(`the probe of the tree stopped before its end: ${out.stderr.split('\n')[0] ?? ''}`);
  }
  const found = new Map<string, number[]>(CODES.map((code) => [code, []]));
  const extra: string[] = [];
  let extras = 0;
  for (const row of rows) {
    const [, code = '', from, to] = /^([a-z]+) (\d+)-(\d+)$/.exec(row) ?? [];
    const list = found.get(code);
    if (list && Number(to) < want.items.length) for (let i = Number(from); i <= Number(to); i++) list.push(i);
    else if (row.startsWith('x\t./')) extra.push(row.slice(4).replaceAll('\u0001', '\\n'));
    else if (/^X \d+$/.test(row)) extras = Number(row.slice(2));
    else if (row === 'none 3') found.set('missing', [...want.items.keys()]);
    else if (row !== '') throw new Error(`the probe of the tree printed a line that is none of its own: ${row}`);
  }
  const sorted = (code: (typeof CODES)[number]) => (found.get(code) ?? []).sort((one, other) => one - other);
  return {
    missing: sorted('missing'),
    other: sorted('other'),
    directory: sorted('directory'),
    content: sorted('content'),
    attributes: sorted('attributes').filter((index) => !want.shares || want.items[index]?.kind !== 'directory'),
    unreadable: sorted('unreadable'),
    extra: extra.sort(),
    extras,
  };
}
