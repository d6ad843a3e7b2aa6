// What stat and sha256sum say of many files, with each file's name to the byte: uutils (0.12) prints U+FFFD for what is
// no UTF-8. Where that is in an answer each file is asked alone, and the shell tells its name.
import { lines, type Script, sh } from '../../base/script.ts';

/** For `sh -c` behind find or xargs: a line of `stat -c FORMAT` for each argument, with its name behind it. */
export function statNamed(format: string): Script {
  return named(sh`stat -c ${`${format}%n`} -- "$@"`, sh`s=$(stat -c ${format} -- "$p") && printf '%s%s\n' "$s" "$p"`);
}

/** The same of sha256sum. */
export const SUMS_NAMED = named(sh`sha256sum -- "$@"`, sh`s=$(sha256sum <"$p") && printf '%s  %s\n' "\${s%% *}" "$p"`);

/**
 * The same of the files that `names` prints, a line each and never one that is another's: two processes share them. `bad` is run
 * where some can't be read.
 */
export function sumsOf(names: Script, bad: Script = sh`:`): Script {
  const part = (listed: Script, every: string) =>
    sh`{ { ${listed}; } | sed -n ${every} | tr '\n' '\000' | xargs -0 -r sh -c ${SUMS_NAMED.text} sh || ${bad}; }`;
  // What can't be listed is said once.
  const again = part(sh`{ ${names}; } 2>/dev/null`, 'n;p');
  return sh`${part(names, 'p;n')} | { ${again} | paste -d '\n' - /proc/self/fd/3; } 3<&0`;
}

/** The status is that of the tool for all. */
function named(all: Script, alone: Script): Script {
  return lines(
    sh`LC_ALL=C; r=0; told=$(${all}) || r=$?`,
    sh`case $told in`,
    sh`  *"$(printf '\357\277\275')"*) for p do ${alone}; done;;`,
    sh`  ?*) printf '%s\n' "$told";;`,
    sh`esac`,
    sh`exit $r`,
  );
}
