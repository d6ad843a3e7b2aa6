# Sets `lock` to the directory that is the host's lock, and `machine` to this machine's own name. A home may be on many hosts,
# so a login user's lock has that name. Expects `u` and `s` as notes.ts sets them.
# shellcheck shell=sh disable=SC2034,SC2154
machine=
{ IFS= read -r machine </etc/machine-id || IFS= read -r machine </proc/sys/kernel/hostname; } 2>/dev/null
case $u in
  0) lock=/run/vrun.lock ;;
  *) lock=$s/lock-$machine ;;
esac
