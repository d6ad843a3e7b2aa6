// A file written whole: readers see the old one or the new one, never half of one. Also where somebody else owns the
// directory: whatever they do there meanwhile, nothing but the target's own name is written to.

import { lines, type Script, sh } from '../../base/script.ts';
import { isOctalMode } from '../../module/mode.ts';
import { baseName, parentOf } from './path.ts';
import { renameOver } from './rename.ts';

export interface FileReplacement {
  /** Absolute. */
  readonly path: string;
  /** A file that is there lends its owner, group and mode where none are given; a new one gets 0644. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Octal, or symbolic over the old mode. */
  readonly mode?: string | undefined;
  /** Gets the new file as a word to put into a command; a non-zero status refuses it. */
  readonly validate?: ((file: Script) => Script) | undefined;
  /** Keep the old file beside the new one, with the time in its name. */
  readonly backup?: boolean | undefined;
  /** Keep the old file at this path too, in the same directory. */
  readonly saved?: string | undefined;
}

/**
 * Puts what `content` prints in the place of the file. It is written in a new directory beside the target into which
 * nobody else can write (the directory's owner could otherwise put a link there for root to follow), gets its owner and
 * mode, is checked, synced (POSIX has no sync of one file, hence the fallback) and renamed.
 */
export function replaceFile(content: Script, want: FileReplacement): Script {
  const { path, owner, group, mode, validate, backup, saved } = want;
  const isOctal = mode !== undefined && isOctalMode(mode);
  return lines(
    sh`t=${path}; d=${parentOf(path)}; n=./${baseName(path)}`,
    sh`if [ -d "$t" ] && [ ! -L "$t" ]; then echo "$t is a directory" >&2; exit 1; fi`,
    // The engine knows the directory's name, and has noted it, before it is there; the mark in it says that it is ours.
    sh`umask 077; if [ -n "$vrun_w" ]; then w=$d/$vrun_w; mkdir -- "$w"; else w=$(mktemp -d "$d/.vrun-XXXXXX"); fi || exit 1; trap 'rm -rf "$w"' EXIT`,
    sh`cd -P -- "$w" && [ -O . ] || { echo "$w is not ours any more" >&2; exit 1; }; : >"./\${w##*/}"`,
    sh`set -C; ${content} >"$n" || exit 1; set +C`,
    sh`o= m=0644; if [ -f "$t" ] && [ ! -L "$t" ]; then o=$(stat -c '%u:%g %a' -- "$t") && m=\${o#* } && o=\${o% *} || exit 1; fi`,
    sh`if [ -n "$o" ] && [ "$o" != "$(stat -c '%u:%g' "$n")" ]; then chown "$o" "$n" || exit 1; fi`,
    owner === undefined ? undefined : sh`chown -- ${owner} "$n" || exit 1`,
    group === undefined ? undefined : sh`chgrp -- ${group} "$n" || exit 1`,
    isOctal ? undefined : sh`chmod "$m" "$n" || exit 1`,
    mode === undefined ? undefined : sh`chmod -- ${mode} "$n" || exit 1`,
    validate === undefined ? undefined : sh`(cd / && ${validate(sh`"$w/\${n#./}"`)}) || exit`,
    sh`sync "$n" 2>/dev/null || sync`,
    saved === undefined
      ? undefined
      : sh`if [ -e "$t" ] || [ -L "$t" ]; then ln -- "$t" ${saved} 2>/dev/null || { cp -pP -- "$t" "$n~" && mv -fT -- "$n~" ${saved}; } || exit 1; fi`,
    backup === true
      ? sh`if [ -e "$t" ]; then cp -pP -- "$t" "$n~" && mv -fT -- "$n~" "$t.$(date -u +%Y-%m-%dT%H:%M:%SZ)~" || exit 1; fi`
      : undefined,
    // A link to a directory is replaced too, and not followed.
    sh`${renameOver(sh`"$n"`, sh`"$t"`)} || exit 1`,
  );
}
