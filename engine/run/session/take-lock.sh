# Takes the host's lock, with the functions of host-lock.sh.
# shellcheck shell=sh disable=SC2154
# A second time where another has just made way for its own.
if take || { [ ! -d "$lock" ] && take; }; then
  look_at_other taken
elif [ ! -d "$lock" ] || [ ! -O "$lock" ]; then
  printf 'lock refused %s\n' "$lock"
else
  look_at_holder
  if is_mine || is_alive; then
    somebody_holds_it
  elif { rm -f "$lock.takeover" && mkdir "$lock.takeover"; } 2>/dev/null; then
    take_over
  else
    wait_for_takeover
  fi
fi
