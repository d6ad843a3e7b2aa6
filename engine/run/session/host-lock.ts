// The lock of a host: one run at a time. Root's stands where root alone can make it, a login user's in that user's own
// directory, so nobody else can forge or block either. Each looks at the other's, which makes them one lock.
import { lines, type Script, sh } from '../../module/index.ts';
import { STATE } from './notes.ts';

/** Who asks for the lock: written into it, and shown to whoever finds it. */
export interface LockHolder {
  readonly run: string;
  readonly operator: string;
  readonly controller: string;
}

/**
 * Sets `l` to the lock's directory; `mkdir` of it is the test and the set in one. A home may be on many hosts, so a login
 * user's lock has the machine's own name.
 */
const LOCK: Script = sh`m=; { IFS= read -r m </etc/machine-id || IFS= read -r m </proc/sys/kernel/hostname; } 2>/dev/null
case $u in 0) l=/run/vrun.lock;; *) l=$s/lock-$m;; esac`;

/** Prints the start time of a process, field 22 of /proc/PID/stat: with the number it names a process for good. */
const startOf = (pid: Script) =>
  sh`{ IFS= read -r s <"/proc/${pid}/stat" && set -- \${s##*) } && shift 19 && printf %s "$1"; } 2>/dev/null`;

/**
 * Takes the lock or says who holds it: `lock taken`, `lock stale RUN` (taken over), `lock held WHO…`, `lock orphaned WHO…`
 * (the run has lost its connection, and what it had sent last still runs: it may soon be free), or `lock refused PATH`
 * where there can't be one. `login` is who logged in. Expects what `STATE` sets. Never waits for more than seconds.
 * The holder is the long-lived shell (`$$`, also inside the frame's subshell); when it is gone, the lock is stale.
 */
export function lockScript(holder: LockHolder, login = ''): Script {
  return sh`(${LOCK}
# The other lock that counts. Root looks into the home of who logged in, whose run may be at work without root.
e=${login}
case $u:$e in
0:|0:root|0:-*|0:*[!A-Za-z0-9_.-]*) o=;;
0:*) eval "o=~$e/.local/state/vrun/lock-$m";;
*) o=/run/vrun.lock; umask 077; mkdir -p "$s" 2>/dev/null;;
esac
sign() {
  printf '%s\n%s\n%s\n%s\n%s\n%s\n' $$ "$(${startOf(sh`$$`)})" ${holder.run} ${holder.operator} ${holder.controller} "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$l/holder.$$" &&
    mv -f "$l/holder.$$" "$l/holder"
}
take() { mkdir "$l" 2>/dev/null && sign; }
# Whatever else may lie there is nobody's signature.
look() {
  pid= start= run= who= from= since=
  [ -f "$1/holder" ] && [ ! -L "$1/holder" ] || return 1
  { h=$(head -c 2000 <"$1/holder"); } 2>/dev/null
  { read -r pid; read -r start; read -r run; read -r who; read -r from; read -r since; } <<END
$h
END
  case $pid:$start in :*|*:|*[!0-9:]*|??????????*:*) pid=; return 1;; esac
}
# Who has just made the directory is about to sign.
holder() {
  n=0
  until look "$l"; do
    [ $n -lt 10 ] || return
    if sleep 0.1 2>/dev/null; then n=$((n + 1)); else sleep 1; n=10; fi
  done
}
alive() { [ -n "$pid" ] && [ "$(${startOf(sh`$pid`)})" = "$start" ]; }
# The connection of the run is gone, and its shell still at work on what it was sent last: only shells are above it.
orphaned() {
  p=$pid
  while [ "$p" -gt 1 ]; do
    { IFS= read -r s <"/proc/$p/stat"; } 2>/dev/null || return 1
    c=\${s#*(}
    case \${c%)*} in sh|dash|bash|ash|busybox|ksh|mksh|zsh|sudo|su|doas|runuser|setpriv|systemd|init) ;; *) return 1;; esac
    set -- \${s##*) }; p=$2
  done
}
# A run may come back after a reconnect, and several of its hosts may be this machine.
mine() { [ "$run" = ${holder.run} ]; }
told() {
  if orphaned; then w=orphaned; else w=held; fi
  printf 'lock %s %s, from %s, since %s, run %s%s\n' $w "$who" "$from" "$since" "$run" "$1"
}
held() {
  if mine; then sign 2>/dev/null; got taken; else told "$1"; fi
}
# Each takes its own lock first and then looks at the other's: of two at once at least one sees it. Where the processes
# of others are hidden (proc(5), hidepid) root's lock is believed.
got() {
  if [ -n "$o" ] && look "$o" && ! mine && { alive || { [ "$u" != 0 ] && [ ! -e /proc/1 ]; }; }; then
    rm -rf "$l"; told ''
  else echo "lock $1"
  fi
}
# A second time where another has just made way for its own.
if take || { [ ! -d "$l" ] && take; }; then got taken
elif [ ! -d "$l" ] || [ ! -O "$l" ]; then printf 'lock refused %s\n' "$l"
else
  holder
  if mine || alive; then held
  # One at a time takes over, and looks again: else the lock of who was first would be taken for the stale one.
  elif { rm -f "$l.takeover"; mkdir "$l.takeover"; } 2>/dev/null; then
    stale=$run; holder
    if mine || alive; then held
    elif ! rm -rf "$l" 2>/dev/null; then told " (left behind, but not ours to remove: rm -r $l)"
    elif take; then got "stale $stale"
    else holder; held
    fi
    rmdir "$l.takeover"
  else
    n=0
    while [ $n -lt 3 ] && [ -d "$l.takeover" ]; do sleep 1; n=$((n + 1)); done
    [ $n -lt 3 ] || rm -rf "$l.takeover" 2>/dev/null
    holder; held ' (it has just been taken over)'
  fi
fi)`;
}

/** Releases the lock if this shell took it. */
export const UNLOCK: Script = lines(
  STATE,
  LOCK,
  sh`{ read -r pid <"$l/holder"; } 2>/dev/null; [ "$pid" = $$ ] && rm -rf "$l"`,
);
