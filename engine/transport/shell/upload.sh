# Reads so many bytes into a new file (0600, in a new directory 0700) in the first place that has room: says `NONCE:go:` when they
# may come, and `NONCE:in:PATH` when they have. `df -Pk` is POSIX; a place that it says nothing of is tried. Expects:
#
#   vrun_n        the nonce of what it says
#   vrun_token    of the shell that the file is for: a part of its name
#   vrun_size     how many bytes come
#   vrun_room     what has to be free in the place, in KiB
#   vrun_places   the places
#
# shellcheck shell=sh disable=SC2154
umask 077
d=
for p in $vrun_places; do
  f=$(df -Pk "$p" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [ "${f:-$vrun_room}" -ge "$vrun_room" ] || continue
  d=$(mktemp -d "$p/vrun.$vrun_token.XXXXXXXXXX" 2>/dev/null) && break
  d=
done
[ -n "$d" ] || {
  echo "none of $vrun_places has room for a private file of $vrun_size bytes" >&2
  exit 1
}
trap 'rm -rf "$d"; exit 1' HUP TERM PIPE
echo "$vrun_n:go:"
if head -c "$vrun_size" >"$d/c" && [ "$(wc -c <"$d/c")" -eq "$vrun_size" ]; then
  echo "$vrun_n:in:$d/c"
  exit
fi
rm -rf "$d"
exit 1
