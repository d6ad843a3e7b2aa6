# Takes the host's lock, or says who holds it, in one line:
#
#   lock taken            it is this run's
#   lock stale RUN        likewise: whoever held it is gone
#   lock held WHO...      somebody is at work
#   lock orphaned WHO...  that run has lost its connection, and what it had sent last still runs: it may soon be free
#   lock refused PATH     there can't be one
#
# `mkdir` of the directory `lock` is the test and the set in one. In it is `holder`, six lines: the process that holds it and
# its start time, the run, who, from where, since when. The holder is the long-lived shell (`$$`, also in a subshell); when
# that is gone, the lock is stale. Never waits for more than seconds.
#
# These are its functions; take-lock.sh is what is done with them. Expects `u` and `s` as notes.ts sets them, `lock` as
# lock-place.sh does, `other` as lock-other.sh does, and:
#   own_run, own_who, own_controller   what is written into the lock
# shellcheck shell=sh disable=SC2154,SC2317,SC2329
# What /proc/PID/stat says is split into words: SC2086.
# shellcheck disable=SC2086

# Prints when a process started, field 22 of /proc/PID/stat: with its number that names it for good.
start_of() {
  {
    IFS= read -r stat <"/proc/$1/stat" &&
      set -- ${stat##*) } &&
      shift 19 &&
      printf %s "$1"
  } 2>/dev/null
}

sign() {
  printf '%s\n%s\n%s\n%s\n%s\n%s\n' $$ "$(start_of $$)" "$own_run" "$own_who" "$own_controller" \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$lock/holder.$$" &&
    mv -f "$lock/holder.$$" "$lock/holder"
}

take() {
  mkdir "$lock" 2>/dev/null && sign
}

# Reads who holds a lock. Whatever else may lie there is nobody's signature.
look() {
  pid='' start='' run='' who='' from='' since=''
  [ -f "$1/holder" ] && [ ! -L "$1/holder" ] || return 1
  { signature=$(head -c 2000 <"$1/holder"); } 2>/dev/null
  {
    read -r pid
    read -r start
    read -r run
    read -r who
    read -r from
    read -r since
  } <<END
$signature
END
  case $pid:$start in
    :* | *: | *[!0-9:]* | ??????????*:*)
      pid=
      return 1
      ;;
  esac
}

# Who has just made the directory is about to sign.
look_at_holder() {
  tries=0
  until look "$lock"; do
    [ $tries -lt 10 ] || return
    if sleep 0.1 2>/dev/null; then
      tries=$((tries + 1))
    else
      sleep 1
      tries=10
    fi
  done
}

is_alive() {
  [ -n "$pid" ] && [ "$(start_of "$pid")" = "$start" ]
}

# The connection of the run is gone, and its shell still at work on what it was sent last: only shells are above it.
is_orphaned() {
  parent=$pid
  while [ "$parent" -gt 1 ]; do
    { IFS= read -r stat <"/proc/$parent/stat"; } 2>/dev/null || return 1
    name=${stat#*(}
    case ${name%)*} in
      sh | dash | bash | ash | busybox | ksh | mksh | zsh | sudo | su | doas | runuser | setpriv | systemd | init) ;;
      *) return 1 ;;
    esac
    set -- ${stat##*) }
    parent=$2
  done
}

# A run may come back after a reconnect, and several of its hosts may be this machine.
is_mine() {
  [ "$run" = "$own_run" ]
}

tell_holder() {
  if is_orphaned; then state=orphaned; else state=held; fi
  printf 'lock %s %s, from %s, since %s, run %s%s\n' $state "$who" "$from" "$since" "$run" "$1"
}

somebody_holds_it() {
  if is_mine; then
    sign 2>/dev/null
    look_at_other taken
  else
    tell_holder "$1"
  fi
}

# Each takes its own lock first and then looks at the other's: of two at once at least one sees it. Where the processes of
# others are hidden (proc(5), hidepid) root's lock is believed.
look_at_other() {
  if [ -n "$other" ] && look "$other" && ! is_mine && { is_alive || { [ "$u" != 0 ] && [ ! -e /proc/1 ]; }; }; then
    rm -rf "$lock"
    tell_holder ''
  else
    echo "lock $1"
  fi
}

# Of several who find a stale lock one at a time takes over, and looks again: else the lock of who was first would be taken
# for the stale one.
take_over() {
  stale=$run
  look_at_holder
  if is_mine || is_alive; then
    somebody_holds_it
  elif ! rm -rf "$lock" 2>/dev/null; then
    tell_holder " (left behind, but not ours to remove: rm -r $lock)"
  elif take; then
    look_at_other "stale $stale"
  else
    look_at_holder
    somebody_holds_it
  fi
  rmdir "$lock.takeover"
}

wait_for_takeover() {
  seconds=0
  while [ $seconds -lt 3 ] && [ -d "$lock.takeover" ]; do
    sleep 1
    seconds=$((seconds + 1))
  done
  [ $seconds -lt 3 ] || rm -rf "$lock.takeover" 2>/dev/null
  look_at_holder
  somebody_holds_it ' (it has just been taken over)'
}
