// How a tree of files gets into a directory of a host: unpacked into a private directory inside it, and from there
// renamed into place, so that every file is the old one or the new one. New directories come whole.

import type { ArchiveKind } from '../../archive/kind.ts';
import { lines, type Script, sh } from '../../base/script.ts';
import { exactOctal, isOctalMode, NEW_DIRECTORY } from '../../module/mode.ts';
import { type Ownership, ownerScripts } from '../file/attributes.ts';
import { unpack } from './archive.ts';
import type { Choice } from './archive-choice.ts';
import { BREAK, listExtra } from './probe.ts';
import { directoryMode, type WantedTree } from './want.ts';

/** Where things go, and whose they become. */
type Place = Ownership & Pick<WantedTree, 'dest'>;

/** Makes `dest` where it is missing. */
export function makeRoot({ dest, owner, group, mode }: Place): Script {
  const open = mode === undefined ? NEW_DIRECTORY : directoryMode(mode);
  return lines(
    sh`if [ ! -d ${dest} ]; then mkdir -p -- ${dest} && chmod -- ${exactOctal(open)} ${dest} || exit 1`,
    ...ownerScripts(dest, owner, group).map((script) => sh`${script} || exit 1`),
    sh`fi`,
  );
}

/** Enters a private directory inside `dest`; what an earlier run left of one is removed. Where `dest` really is is in `r`. */
export function enterPrivate({ dest }: Place): Script {
  return lines(
    sh`cd -P -- ${dest} || exit 1`,
    sh`r=\${PWD%/}; rm -rf ./.vrun-tree-*; w=$(mktemp -d "$r/.vrun-tree-XXXXXX") || exit 1; trap 'cd / && rm -rf "$w"' EXIT`,
    sh`cd -P -- "$w" && [ -O . ] || { echo "$w is not ours any more" >&2; exit 1; }`,
  );
}

/** Moves what is in the directory `tree` here into `$r`. Directories that are there stay as they are. */
export function merge(want: Place): Script {
  const who = account(want);
  return lines(
    who === '' ? undefined : give(who),
    sh`find tree -type d >dirs || exit 1; sync -f tree 2>/dev/null || sync`,
    sh`while IFS= read -r e; do`,
    sh`[ -d "$w/$e" ] || continue; s=\${e#tree}; d=$r$s; d=\${d:-/}`,
    sh`if [ -n "$s" ] && [ ! -e "$d" ] && [ ! -h "$d" ]; then mv -T -- "$w/$e" "$d" || exit 1; continue; fi`,
    sh`cd -P -- "$d" && [ "$PWD" = "$d" ] || { echo "$d is not a directory" >&2; exit 1; }`,
    sh`set -- "$w/$e"/* "$w/$e"/.[!.]* "$w/$e"/..?*`,
    sh`if [ $# -lt 500 ]; then`,
    sh`  for f do shift; if [ -h "$f" ] || { [ -e "$f" ] && [ ! -d "$f" ]; }; then set -- "$@" "$f"; fi; done`,
    sh`  [ $# -eq 0 ] || mv -f -- "$@" . || exit 1`,
    sh`else find "$w/$e/." ! -name . -prune ! -type d -exec sh -c 'mv -f -- "$@" .' sh {} + || exit 1; fi`,
    sh`done <"$w/dirs"`,
  );
}

/** What chown(2) takes away is set again: set-id bits of files. */
function give(who: string): Script {
  return lines(
    sh`find tree -type f '(' -perm -4000 -o -perm -2000 ')' -exec stat -c '%a %n' -- {} + >special || exit 1`,
    sh`chown -hR -- ${who} tree && while IFS=' ' read -r m f; do chmod -- "$m" "$f" || exit 1; done <special || exit 1`,
  );
}

/** Unpacks the tar stream on standard input into the tree. */
export function receiveScript(want: WantedTree): Script {
  return lines(makeRoot(want), enterPrivate(want), sh`mkdir tree && tar -xpof - -C tree || exit 1`, merge(want));
}

/** Unpacks an archive that is on the host into `dest`. An octal mode is for files; directories get `x` where it has `r`. */
export function unpackThere(
  want: Place & Choice & { readonly kind: ArchiveKind; readonly strip: number },
  source: string,
): Script {
  const { mode, kind, strip } = want;
  const isOctal = mode !== undefined && isOctalMode(mode);
  return lines(
    makeRoot(want),
    enterPrivate(want),
    sh`ln -s -- ${source} archive || exit 1`,
    unpack(kind, strip, want),
    mode === undefined ? undefined : sh`find tree -type f -exec chmod -- ${mode} {} + || exit 1`,
    isOctal
      ? sh`find tree ! -name tree -type d -exec chmod -- ${exactOctal(directoryMode(mode))} {} + || exit 1`
      : undefined,
    mode !== undefined && !isOctal ? sh`find tree -type d -exec chmod -- ${mode} {} + || exit 1` : undefined,
    merge(want),
  );
}

/** Removes the paths on standard input, NUL after each, whatever they are. */
export function clearScript({ dest }: WantedTree): Script {
  return sh`cd -P -- ${dest} && xargs -0 rm -rf --`;
}

/** Gives the paths on standard input, NUL after each, their owner and group, and a mode if there is one. */
export function attributesScript(want: WantedTree, mode: number | undefined): Script {
  const who = account(want);
  const both = mode === undefined ? undefined : sh`chmod -- ${exactOctal(mode)} "$@"`;
  const scripts = [...(who === '' ? [] : [sh`chown -h -- ${who} "$@"`]), ...(both ? [both] : [])];
  const script = scripts.reduce((before, next) => sh`${before} && ${next}`);
  return sh`cd -P -- ${want.dest} && xargs -0 sh -c ${script.text} sh`;
}

/**
 * Removes what isn't wanted; the tree's list is on standard input. Directories only once nothing is left in them.
 * Without -r GNU's xargs would call rmdir for nothing. Paths with a line break go one by one, and first: they may be in a directory without.
 */
export function removeScript(want: WantedTree): Script {
  const all = (paths: Script, remove: Script) =>
    lines(
      sh`${paths} | grep "$b" | while IFS= read -r p; do [ -e "$p" ] || [ -h "$p" ] || p=$(printf %s "$p" | tr ${BREAK} '\n'; echo /)`,
      sh`  ${remove} -- "\${p%/}" || exit 1; done || exit 1`,
      sh`${paths} | grep -v "$b" | tr '\n' '\000' | xargs -0 -r ${remove} -- || exit 1`,
    );
  return lines(
    sh`extra=$(${listExtra(want)}); export LC_ALL=C; b=$(printf ${BREAK})`,
    sh`cd -P -- ${want.dest} || exit 1`,
    all(sh`printf '%s\n' "$extra" | grep -v '/$' | grep .`, sh`rm -f`),
    all(sh`printf '%s\n' "$extra" | grep '/$' | sort -r`, sh`rmdir`),
  );
}

function account({ owner, group }: Ownership): string {
  return `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
}
