// Ending a frame that took too long: a script for a second channel that kills what runs under the shell.

/**
 * A POSIX sh script that kills the frame that has been running under shell `pid` for at least half of `timeout` seconds
 * (a younger child belongs to a later frame and is left alone): first TERM to everything in it, after a second KILL.
 * It tells the shell by USR1, so that a step that ran out of time counts as failed whatever its status; with `rest` by
 * USR2, upon which the frames after it are skipped.
 * Linux: proc(5), /proc/PID/task/TID/children and the fields of /proc/PID/stat.
 */
export function overrunScript(pid: number, timeout: number, rest = false): string {
  return `tick=$(getconf CLK_TCK 2>/dev/null || echo 100); read up rest </proc/uptime; up=\${up%.*}
children() { cat /proc/$1/task/*/children 2>/dev/null; }
tree() { for t in $(children $1); do echo $t; tree $t; done; }
old() { s=$(cat /proc/$1/stat 2>/dev/null) || return 1; s=\${s##*) }; set -- $s; [ $(( (up - \${20} / tick) * 2 + 2 )) -ge ${Math.floor(timeout)} ]; }
frame=; for c in $(children ${pid}); do if old $c; then kill -STOP $c && frame="$frame $c"; fi; done
[ -n "$frame" ] || exit 0
kill -${rest ? 'USR2' : 'USR1'} ${pid}
all=; for c in $frame; do all="$all $c $(tree $c)"; done
kill -TERM $all 2>/dev/null; kill -CONT $frame 2>/dev/null
n=0; while [ $n -lt 10 ] && kill -0 $all 2>/dev/null; do sleep 0.1; n=$((n+1)); done
for c in $frame; do all="$all $(tree $c)"; done
kill -KILL $all 2>/dev/null
exit 0
`;
}
