# Sets `other` to the other lock that counts; empty where there is none. Root looks into the home of who logged in, whose run
# may be at work without root. Expects `u` and `s` as notes.ts sets them, `machine` as lock-place.sh does, and:
#   login   who logged in; empty where that isn't known
# shellcheck shell=sh disable=SC2034,SC2154
case $u:$login in
  0: | 0:root | 0:-* | 0:*[!A-Za-z0-9_.-]*) other= ;;
  0:*) eval "other=~$login/.local/state/vrun/lock-$machine" ;;
  *)
    other=/run/vrun.lock
    umask 077
    mkdir -p "$s" 2>/dev/null
    ;;
esac
