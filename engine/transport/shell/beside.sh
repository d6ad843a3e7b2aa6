# Scripts that only read and take long, run beside those that follow them in the message:
#
#   vrun_keep INDEX SCRIPT [b TEXT | d BASE64]   says what a frame is
#   vrun_go INDEX...                             starts as many of them as the host has processors, three at most
#   vrun_got INDEX                               answers one in its turn; what was not started is run then
#
# What a script prints waits in two pipes, whose names are gone as soon as they are open: whatever ends the shell, nothing is left
# behind. Who prints more than a pipe holds waits for its turn. The shell's descriptors 3 to 8 are theirs; who writes has none that
# reads, so that it ends when the shell does.
#
# `vrun_p` has the processes that were started and are not yet answered. Expects what boot.sh does, and:
#
#   vrun_b   names of a directory for the pipes, as long as they have names, the best place first
#
# shellcheck shell=sh disable=SC2154
# Names and numbers are to be split: SC2086, SC2013.
# shellcheck disable=SC2086,SC2013
vrun_p=' '
vrun_keep() {
  eval "vrun_s$1=\$2 vrun_k$1=\${3-} vrun_v$1=\${4-}"
}
vrun_go() {
  case $vrun_x in 1) return ;; esac
  for vrun_w in $vrun_b; do
    mkdir -m 700 "$vrun_w" 2>/dev/null && break
    vrun_w=
  done
  case $vrun_w in '') return ;; esac
  vrun_c=0
  { IFS= read -r vrun_c </sys/devices/system/cpu/online; } 2>/dev/null
  vrun_c=$((2 * ${vrun_c##*[-,]} + 3)) vrun_o=3
  [ $vrun_c -le 7 ] || vrun_c=7
  for vrun_j; do
    [ $vrun_o -le $vrun_c ] || break
    mkfifo "$vrun_w/$vrun_j.o" "$vrun_w/$vrun_j.e" 2>/dev/null || break
    vrun_q=$((vrun_o + 1))
    eval "exec $vrun_o<>'$vrun_w/$vrun_j.o' $vrun_q<>'$vrun_w/$vrun_j.e'"
    eval "vrun_beside \"\$vrun_s$vrun_j\" \"\$vrun_k$vrun_j\" \"\$vrun_v$vrun_j\"" </dev/null >/proc/self/fd/$vrun_o 2>/proc/self/fd/$vrun_q &
    eval "vrun_k$vrun_j=p vrun_v$vrun_j='$! $vrun_o $vrun_q'"
    vrun_p="$vrun_p$! "
    vrun_o=$((vrun_o + 2))
  done
  rm -rf "$vrun_w"
}
vrun_shut() {
  exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&-
}
vrun_beside() {
  vrun_shut
  vrun_fed "$@"
}
# A script in its turn has nothing to do with others' pipes.
vrun_alone() {
  vrun_shut
  vrun_e "$1"
}
vrun_got() {
  eval "vrun $1 - \"\$vrun_s$1\" \"\$vrun_k$1\" \"\$vrun_v$1\"; unset vrun_s$1 vrun_k$1 vrun_v$1"
}
# Prints what has been printed, to the end, and returns the status. A pipe is opened anew for reading: the shell's own descriptor
# could write, too, and there would be no end.
vrun_take() {
  {
    vrun_shut
    exec cat
  } </proc/self/fd/$2 &
  vrun_o=$!
  {
    vrun_shut
    exec cat
  } </proc/self/fd/$3 >&2 &
  vrun_q=$!
  eval "exec $2<&- $3<&-"
  vrun_wait $vrun_o
  vrun_wait $vrun_q
  vrun_wait $1
  vrun_forget $1
  return $vrun_r
}
vrun_forget() {
  vrun_p="${vrun_p%%" $1 "*} ${vrun_p#*" $1 "}"
}
# wait(1) returns for each signal that comes meanwhile.
vrun_wait() {
  while
    wait $1
    vrun_r=$?
    [ $vrun_r -gt 128 ] && kill -0 $1 2>/dev/null
  do :; done
}
vrun_drop() {
  vrun_kill $1
  eval "exec $2<&- $3<&-"
  vrun_forget $1
}
vrun_kill() {
  for vrun_j in $(cat /proc/$1/task/*/children 2>/dev/null); do vrun_kill $vrun_j; done
  kill $1 2>/dev/null
}
