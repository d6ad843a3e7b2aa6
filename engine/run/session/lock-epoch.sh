# The lock in a run whose workers come to a host one after the other, each with a higher epoch than the one before: functions that
# stand in for those of host-lock.sh of the same names. Two more answers:
#
#   lock fenced EPOCH     a worker with that epoch, which is higher, has the host now
#   lock awaited WHO...   it will be this worker's: what an earlier one had sent still runs, and is waited for
#
# Whose the lock is stands in the names of files, since those are made in one go and by any number at once:
#
#   LOCK.epochs/RUN.EPOCH         an epoch that has come to this host; it outlives the lock
#   LOCK/shells/EPOCH.PID.START   a shell that works under the lock, with what would be in `holder`: six lines, and the epoch
#
# No two workers are ever at work at once. Each script that a shell is sent runs in a child of it, which first looks
# (lock-guard.sh) whether its shell is still among `shells` and no higher epoch has come, by either lock. Who comes writes its own
# epoch down, and only then looks at the shells with lower ones. One that has a child is waited for: that child may have looked
# before. One that has none is done: whatever child it makes from now on looks after the epoch was written, and runs nothing. So
# nothing has to be killed, and it doesn't matter where in its work a shell is stopped. A shell stays among `shells` until it is
# seen to be done: who dies while it waits leaves it to whoever comes next, and `holder` tells other runs of it.
#
# Who comes late finds a higher epoch after it has written its own name, or is found by it. A directory that isn't empty isn't
# removed by rmdir: so nobody takes the lock away from a shell that has just joined.
#
# Behind lock-leave.sh. Expects besides:
#   own_epoch   a whole number
# shellcheck shell=sh disable=SC2034,SC2154,SC2317,SC2329

own_shell=$own_epoch.$$.$(start_of $$)

signature() {
  printf '%s\n%s\n%s\n%s\n%s\n%s\n%s\n' $$ "${own_shell##*.}" "$own_run" "$own_who" "$own_controller" \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$own_epoch" >"$lock/holder.$$"
}

sign() {
  signature && mv -f "$lock/holder.$$" "$lock/holder"
}

register() {
  { signature && mv -f "$lock/holder.$$" "$lock/shells/$own_shell"; } 2>/dev/null
}

take() {
  mkdir "$lock" 2>/dev/null && mkdir "$lock/shells" && register && sign
}

# Sets `top` to the highest epoch of this run that has come to the host.
look_for_epochs() {
  top=0
  for place in "$lock" ${other:+"$other"}; do
    for file in "$place.epochs/$own_run".*; do
      epoch=${file##*.}
      is_number "$epoch" && [ "$epoch" -gt "$top" ] && top=$epoch
    done
  done
}

is_number() {
  case $1 in '' | *[!0-9]* | ?????????????????*) return 1 ;; esac
}

claim() {
  [ -f "$lock.epochs/$own_run.$own_epoch" ] ||
    { mkdir -p "$lock.epochs" && printf '' >"$lock.epochs/$own_run.$own_epoch"; } 2>/dev/null
}

# What the name of a file among `shells` says.
name_shell() {
  start=${1##*.}
  pid=${1%.*}
  epoch=${pid%.*}
  epoch=${epoch##*/}
  pid=${pid##*.}
  is_number "$start" && is_number "$pid" && is_number "$epoch"
}

is_there() {
  [ -n "$pid" ] && [ "$(start_of "$pid")" = "$start" ]
}

# Of the lock in a directory that `look` has read: who signed it, or another shell under it.
is_used() (
  is_there && exit
  for file in "$1"/shells/*; do
    name_shell "$file" && is_there && exit
  done
  exit 1
)

# What is left of dead shells is removed, and with it the means to join: who has done so meanwhile is alive.
is_alive() (
  is_used "$lock" && exit
  for file in "$lock"/shells/*; do
    name_shell "$file" && ! is_there && rm -f "$file"
  done
  [ -d "$lock/shells" ] && ! rmdir "$lock/shells" 2>/dev/null
)

is_mine() {
  [ "$run" = "$own_run" ] && [ -d "$lock/shells" ]
}

tell_awaited() {
  printf 'lock awaited %s, from %s, since %s, run %s\n' "$who" "$from" "$since" "$run"
}

# A lock of this run that nobody can join is about to go.
somebody_holds_it() {
  if is_mine && register; then
    look_at_other taken
  elif [ "$run" = "$own_run" ]; then
    tell_awaited
  else
    tell_holder "$1"
  fi
}

# Where the processes of others are hidden, those of root's lock are believed to be there.
is_hidden() {
  [ "$1" = "$other" ] && [ "$u" != 0 ] && [ ! -e /proc/1 ]
}

is_others() {
  [ -n "$other" ] && look "$other" && [ "$run" != "$own_run" ] && { is_hidden "$other" || is_used "$other"; }
}

# A shell that has no child waits for its input, or for somebody to read what it has said. Where the kernel doesn't tell children
# (CONFIG_PROC_CHILDREN) one is at work for as long as it is there.
is_at_work() {
  is_there || return
  [ -r "/proc/$pid/task/$pid/children" ] || return 0
  children=
  IFS= read -r children <"/proc/$pid/task/$pid/children"
  [ -n "$children" ]
} 2>/dev/null

is_earlier() {
  name_shell "$1" && [ "$epoch" -lt "$own_epoch" ]
}

# Whether a shell with a lower epoch is at work, and who that is.
is_awaited() {
  for place in "$lock" ${other:+"$other"}; do
    for file in "$place"/shells/*; do
      if is_earlier "$file" && { is_hidden "$place" || is_at_work; }; then
        look "$place"
        return 0
      fi
    done
  done
  return 1
}

is_fenced() {
  look_for_epochs
  [ "$top" -gt "$own_epoch" ]
}

# Forgets the shells that are done, and what has come before.
settle() {
  for file in "$lock"/shells/*; do
    { is_earlier "$file" || ! is_there; } && rm -f "$file"
  done
  for file in "$lock.epochs"/*; do
    epoch=${file##*.}
    case $file in
      "$lock.epochs/$own_run".*) is_number "$epoch" && [ "$epoch" -ge "$own_epoch" ] && continue ;;
    esac
    rm -f "$file"
  done
}

# For a shell among `shells`, which says so before it looks at any other.
look_at_other() {
  if is_fenced || { claim && is_fenced; }; then
    leave
    printf 'lock fenced %s\n' "$top"
  elif ! claim; then
    leave
    printf 'lock refused %s.epochs\n' "$lock"
  elif is_others; then
    leave
    tell_holder ''
  elif is_awaited; then
    tell_awaited
  else
    settle
    sign 2>/dev/null
    if is_fenced; then
      leave
      printf 'lock fenced %s\n' "$top"
    elif [ -f "$lock/shells/$own_shell" ]; then
      echo "lock $1"
    else
      tell_awaited
    fi
  fi
}
