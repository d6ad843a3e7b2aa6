// rename(2) as hosts have it: one name takes the place of another at once, whatever stands there.
import { type Script, sh } from '../../base/script.ts';

/**
 * Renames over a file or a link. uutils' mv doesn't let a file, or a link that leads nowhere from where it is, take the place of a link to a directory,
 * so perl does that where there is one, as on every Debian and Ubuntu (perl-base is essential there); elsewhere mv does.
 */
export function renameOver(from: Script, to: Script): Script {
  return sh`{ [ -h ${to} ] && [ -d ${to} ] && perl -e 'rename $ARGV[0], $ARGV[1] or exit 1' ${from} ${to} 2>/dev/null || mv -fT -- ${from} ${to}; }`;
}
