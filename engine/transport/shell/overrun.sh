# Ends the frame that has been running under a shell for at least half of its time (a younger child belongs to a later frame and is
# left alone): first TERM to everything in it, after a second KILL. Before that it tells the shell, so that a step that ran out of
# time counts as failed whatever its status. What runs beside others is known by its pipes (beside.sh), and ends alone, unless
# nothing after it is wanted any more. Linux: proc(5), /proc/PID/task/TID/children and the fields of /proc/PID/stat. Expects:
#
#   shell     the process
#   frame     its number
#   timeout   seconds that the frame had
#   signal    what tells the shell: USR1, or USR2, upon which it skips the frames after this one
#
# shellcheck shell=sh disable=SC2154
# Lists of processes are split into words: SC2086. Names of directories that are numbers: SC2046.
# shellcheck disable=SC2086,SC2046
tick=$(getconf CLK_TCK 2>/dev/null || echo 100)
read -r up _ </proc/uptime
up=${up%.*}
children() { cat /proc/"$1"/task/*/children 2>/dev/null; }
tree() { for t in $(children "$1"); do
  echo "$t"
  tree "$t"
done; }
old() {
  s=$(cat /proc/"$1"/stat 2>/dev/null) || return 1
  s=${s##*) }
  set -- $s
  [ $(((up - ${20} / tick) * 2 + 2)) -ge "$timeout" ]
}

# Says what a child of the shell's is at: this frame with pipes of its own, another such, or the one that has its turn without any.
work_of() {
  case $(readlink /proc/"$1"/fd/0 /proc/"$1"/fd/1) in
    *.pipes/"$frame".[oe]*) echo this ;;
    *.pipes/*) echo other ;;
    *) echo turn ;;
  esac
}
is_meant() {
  case $(work_of "$1") in
    this) ;;
    other) [ "$signal" = USR2 ] ;;
    turn) old "$1" ;;
  esac
}
ended=
for c in $(children "$shell"); do
  if is_meant "$c"; then kill -STOP "$c" && ended="$ended $c"; fi
done
[ -n "$ended" ] || exit 0
kill -"$signal" "$shell"
all=
for c in $ended; do all="$all $c $(tree "$c")"; done
kill -TERM $all 2>/dev/null
kill -CONT $ended 2>/dev/null
n=0
while [ $n -lt 10 ] && kill -0 $all 2>/dev/null; do
  sleep 0.1
  n=$((n + 1))
done
for c in $ended; do all="$all $(tree "$c")"; done
kill -KILL $all 2>/dev/null
exit 0
