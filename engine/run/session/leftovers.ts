// What a write leaves beside its target where the host's power is cut or its shell is killed in the middle: a private
// directory with the new file, and the old file kept for a revert. The host has a note of each before it is made, so that
// the next run finds and removes them, whatever it has to do itself.
import { posix } from 'node:path';
import { lines, type Script, sh } from '../../module/index.ts';
import { STATE } from './notes.ts';

/** A step that writes beside its target. */
interface Writing {
  /** The private directory; with `.old` behind it, the file that is kept. Undefined for a step that writes nothing so. */
  readonly beside: string | undefined;
}

/** The note of a run's write: a symbolic link, which is made at once and whole, to what may be left. */
const noteOf = (run: string, beside: string) => `${run}${posix.basename(beside).replace('.vrun-', '.')}`;

const besides = (steps: readonly Writing[]) => steps.flatMap(({ beside }) => (beside === undefined ? [] : [beside]));

/** Goes ahead of the steps. A host that can't keep notes is written to all the same. */
export function noteWrites(run: string, steps: readonly Writing[]): Script | undefined {
  const writes = besides(steps);
  if (writes.length === 0) return undefined;
  return lines(
    STATE,
    sh`umask 077; [ -d "$s/writes" ] || mkdir -p "$s/writes" || exit 1`,
    ...writes.map((beside) => sh`ln -s ${beside} "$s/writes/"${noteOf(run, beside)}`),
  );
}

/** Goes behind them. */
export function forgetWrites(run: string, steps: readonly Writing[]): Script | undefined {
  const writes = besides(steps);
  if (writes.length === 0) return undefined;
  return lines(
    STATE,
    sh`cd "$s/writes" 2>/dev/null || exit 0`,
    ...writes.map((beside) => sh`rm -f ${`./${noteOf(run, beside)}`}`),
  );
}

/**
 * Removes what the notes of other runs name, and prints each path. To be run under the host's lock: then those runs are
 * dead. Whoever owns the directory may have put anything in the place of what was left: a file is only ever unlinked
 * (which its owner could do, too), and from a directory only if it is closed to others and holds the mark that its
 * writer made in it, of which nobody else can have known.
 */
export function takeAway(run: string): Script {
  return lines(
    STATE,
    sh`for f in "$s"/writes/*; do
[ -L "$f" ] || continue
case \${f##*/} in ${run}.*) continue;; esac
p=$(readlink "$f") || continue
n=\${p##*/}
case $p in /*/.vrun-*|/.vrun-*) (
cd -P -- "\${p%/*}/" 2>/dev/null || exit 0
if [ -e "./$n.old" ] || [ -L "./$n.old" ]; then rm -f -- "./$n.old" && printf '%s\n' "$p.old"; fi
[ -d "./$n" ] && [ ! -L "./$n" ] && cd -P -- "./$n" || exit 0
case $(stat -c %a .) in 700|2700) ;; *) exit 0;; esac
if [ -f "./$n" ]; then rm -f -- ./* ./.[!.]* ./..?*; fi
cd .. && rmdir -- "./$n" 2>/dev/null && printf '%s\n' "$p" );; esac
rm -f -- "$f"
done; :`,
  );
}
