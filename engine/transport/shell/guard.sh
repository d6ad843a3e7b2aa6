# Defines `vrun_may INDEX`, which goes ahead of each frame's script in a guarded shell, in the frame's own subshell: where the guard
# says no it writes the mark `NONCE:f:INDEX` and ends the frame. Expects `vrun_guard`, the shell's guard, and what boot.sh does.
# shellcheck shell=sh disable=SC2154,SC2317,SC2329
vrun_may() {
  vrun_guard 2>/dev/null && return
  echo "$vrun_n:f:$1"
  exit 1
}
