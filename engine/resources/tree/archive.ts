// Archives: which kind a name says, and a script that unpacks one on the host, where what leads out of it, devices and
// set-id files are refused.

import { type ArchiveKind, tarFilter } from '../../archive/kind.ts';
import { lines, type Script, sh } from '../../base/script.ts';
import { type Choice, chosen, takesAll } from './archive-choice.ts';

/**
 * Unpacks the file `archive` of the working directory, which nobody else can look into, into a new directory `tree` there.
 * Everything in it belongs to the running user, and nobody else may write to it. `strip` leading components are dropped.
 */
export function unpack(kind: ArchiveKind, strip = 0, choice: Choice = { include: [], exclude: [] }): Script {
  return lines(
    sh`refuse() { echo "the archive is refused: $1:" >&2; printf '%s\n' "$2" | head -n 5 >&2; exit 1; }`,
    sh`out='^/|(^|/)\.\.(/|$)'`,
    sh`mkdir tree || exit 1`,
    extraction(kind, strip, choice),
    sh`bad=$(grep -E -e "$out" names) && refuse 'it holds paths that lead out of it' "$bad"`,
    sh`bad=$(grep -i -e 'removing leading' said) && refuse 'it holds paths that lead out of it' "$bad"`,
    sh`bad=$(find tree ! -type f ! -type d ! -type l) && [ -n "$bad" ] && refuse 'it holds devices, sockets or FIFOs' "$bad"`,
    sh`bad=$(find tree -type f '(' -perm -4000 -o -perm -2000 ')') && [ -n "$bad" ] && refuse 'it holds set-uid or set-gid files' "$bad"`,
    LINKS,
    sh`chmod -R go-w,g-s tree || exit 1`,
    sh`rm -f archive names taken said links`,
  );
}

function extraction(kind: ArchiveKind, strip: number, choice: Choice): Script {
  const some = !takesAll(choice);
  const none = sh`[ -s taken ] || { echo 'nothing of what is in it is wanted' >&2; exit 1; }`;
  if (kind === 'zip') {
    return lines(
      sh`unzip -Z1 archive >names 2>said || { cat said >&2; exit 1; }`,
      some ? lines(sh`${chosen(choice)} <names >taken || exit 1`, none) : undefined,
      sh`unzip -q archive -d tree </dev/null 2>said || { cat said >&2; exit 1; }`,
      some
        ? sh`${chosen(choice, true)} <names | sort -r | while IFS= read -r f; do case $f in
*/) rmdir -- "tree/$f" 2>/dev/null || :;; *) rm -f -- "tree/$f" || exit 1;; esac; done || exit 1`
        : undefined,
    );
  }
  const stripped = strip === 0 ? [] : ['--strip-components', strip];
  if (!some)
    return sh`tar ${tarFilter(kind)} -xvpof archive ${stripped} -C tree >names 2>said || { cat said >&2; exit 1; }`;
  return lines(
    sh`tar ${tarFilter(kind)} --quoting-style=literal -tf archive 2>said >names || { cat said >&2; exit 1; }`,
    sh`${chosen(choice)} <names >taken || exit 1`,
    none,
    sh`tar ${tarFilter(kind)} -xpof archive ${stripped} -C tree --no-recursion --verbatim-files-from -T taken 2>said || { cat said >&2; exit 1; }`,
  );
}

/**
 * Links have to stay inside. Those that lead somewhere are resolved by the host; of those that lead nowhere (packages
 * ship such) the text must not leave. GNU readlink takes many paths, BusyBox one.
 */
const LINKS = lines(
  sh`find tree -type l -exec test -e {} \; -exec readlink -f -- {} + >links 2>/dev/null || find tree -type l -exec test -e {} \; -exec readlink -f {} \; >links 2>/dev/null`,
  sh`while IFS= read -r to; do case $to in "$PWD/tree" | "$PWD/tree"/*) ;; *) refuse 'it holds links that lead out of it' "$to" ;; esac; done <links`,
  sh`bad=$(find tree -type l ! -exec test -e {} \; -exec sh -c 'printf "%s/%s\n" "\${1%/*}" "$(readlink "$1")"; case $(readlink "$1") in /*) echo /;; esac' sh {} \; |`,
  sh`  awk -F/ '{ depth = 0; low = 1; for (i = 2; i <= NF; i++) { if ($i == "..") depth--; else if ($i != "" && $i != ".") depth++; if (depth < 0) low = 0 } if (!low || $0 == "/") print }')`,
  sh`[ -z "$bad" ] || refuse 'it holds links that lead out of it' "$bad"`,
);
