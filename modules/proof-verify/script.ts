// The script that holds a directory of the host against a manifest there, and prints only what differs: 20,000 files
// are a few finds, one awk and some sha256sums.

import { lines, type Script, sh } from '../../engine/base/script.ts';
import { findPattern } from '../../engine/proof/ignore.ts';
import { BUILD_FILES } from '../../engine/proof/names.ts';
import { statNamed, sumsOf } from '../../engine/resources/tree/named.ts';
import COMPARE from './compare.awk';
import { type DirectoryWant, isSigned } from './want.ts';

/** A larger build.json isn't one. In bytes. */
const BUILD_LIMIT = 65_536;

/**
 * Standard input: the manifest's rows. It prints `@now SECONDS`, `@lock SHA256|none`, a line `KIND<tab>./PATH` for each
 * difference, at most 1,000 of each kind so that none can hide among others, `@count KIND N` for all of them, `@done`, and last `@build FILE` with what is in it.
 * Or just `@none`, `@file` or `@denied`, when the directory isn't there, is none or can't be entered.
 */
export function directoryScript({ path, lockfile, signed, deep }: DirectoryWant): Script {
  const ignore = isSigned(signed) ? signed.manifest.ignore : [];
  return lines(
    sh`LC_ALL=C; export LC_ALL`,
    sh`cd -P -- ${path} 2>/dev/null || { if [ -d ${path} ]; then echo @denied; elif [ -e ${path} ]; then echo @file; else echo @none; fi; exit 0; }`,
    sh`echo "@now $(date +%s)"`,
    sh`if [ -f ${lockfile} ]; then s=$(sha256sum <${lockfile}) && echo "@lock \${s%% *}"; else echo '@lock none'; fi`,
    isSigned(signed) || deep ? treeScript(isSigned(signed) ? ignore : undefined, deep) : sh`cat >/dev/null`,
    sh`for b in ${BUILD_FILES}; do`,
    sh`  if [ -h "$b" ]; then echo "@odd $b"; elif [ ! -f "$b" ]; then continue; elif [ ! -r "$b" ]; then echo "@unreadable $b"`,
    sh`  elif [ "$(wc -c <"$b")" -gt ${BUILD_LIMIT} ]; then echo "@odd $b"; else echo "@build $b"; cat "$b"; fi`,
    sh`  break`,
    sh`done`,
    sh`exit 0`,
  );
}

/** Names that could forge a line: with control characters or backslashes. They can't be in a manifest. */
const ODD = sh`-name '*[[:cntrl:]\\]*'`;

/** Special files, files that run as another user or that anyone may write, directories that anyone may fill. */
const RISKY = sh`\( ! -type f ! -type d ! -type l -o -type f \( -perm -4000 -o -perm -2000 -o -perm -002 \) -o -type d -perm -002 ! -perm -1000 \)`;

/** `ignore` is undefined without a manifest: then only what is risky is looked for. */
function treeScript(ignore: readonly string[] | undefined, deep: boolean): Script {
  const patterns = (ignore ?? []).map((pattern) => sh`-path ${findPattern(pattern)}`);
  const ignored = patterns.length === 0 ? undefined : sh`\( ${joined(patterns)} \)`;
  const prune = sh`\( ${joined([...patterns, ODD])} \) -prune -o`;
  const whole = [
    sh`echo @hash; ${sumsOf(sh`find . ${prune} -type f -print`, sh`echo @bad`)}`,
    sh`echo @link; find . ${prune} -type l -exec sh -c ${READ_LINKS.text} sh {} + || echo @bad`,
    sh`echo @list; find . ${prune} -exec sh -c ${statNamed('%f ').text} sh {} + || echo @bad`,
    sh`echo @odd; find . ${ignored ? sh`${ignored} -prune -o ` : sh``}${ODD} -prune -exec sh -c ${SHOW_NAMES.text} sh {} + || echo @bad`,
  ];
  // Last: its names may hold line breaks.
  const beyond = [
    sh`echo @deep; find . ${RISKY} -exec sh -c ${statNamed('%f ').text} sh {} + || echo @bad`,
    ignored && sh`find . ${ignored} -type l -exec sh -c ${BEHIND_LINKS.text} sh {} + || echo @bad`,
  ];
  return lines(sh`{ cat`, ...(ignore === undefined ? [] : whole), ...(deep ? beyond : []), sh`} | awk ${COMPARE}`);
}

function joined(tests: readonly Script[]): Script {
  return tests.reduce((before, test) => sh`${before} -o ${test}`);
}

/** What a link says, to the byte; one that holds line breaks can't be in a manifest. */
const READ_LINKS = sh`n=$(printf '\n.'); n=\${n%.}
for l do
  t=$(readlink "$l"; echo .); t=\${t%??}
  case $t in *"$n"*) t="a text with line breaks";; esac
  printf '%s -> %s\n' "$l" "$t"
done`;

const SHOW_NAMES = sh`for f do printf %s "$f" | tr '[:cntrl:]' '?'; echo; done`;

/** What the link itself leads to, too. find must not see two pairs of braces, hence the pieces. */
const BEHIND_LINKS = sh`b='{''}'; for l do find -H "$l" ${RISKY} -exec stat -L -c '%f %n' "$b" +; done`;
