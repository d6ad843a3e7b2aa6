# Defines `leave`, which takes this shell from those that work under the lock, and the lock away where it was the last. Whoever is
# left is the holder from then on; who is gone by then was none. Expects `lock` as lock-place.sh sets it.
# shellcheck shell=sh disable=SC2154,SC2317,SC2329
leave() (
  rm -f "$lock/shells/"*".$$."*
  for file in "$lock"/shells/*; do
    name=${file##*/}
    name=${name%.*}
    [ -d "/proc/${name##*.}" ] || rm -f "$file"
  done
  if rmdir "$lock/shells" 2>/dev/null; then
    rm -rf "$lock"
    exit
  fi
  { read -r pid <"$lock/holder"; } 2>/dev/null
  [ "$pid" = $$ ] || exit
  for _ in 1 2 3; do
    for file in "$lock"/shells/*; do
      cp "$file" "$lock/holder.$$" && mv -f "$lock/holder.$$" "$lock/holder"
    done 2>/dev/null
    [ ! -f "$file" ] || exit
  done
)
