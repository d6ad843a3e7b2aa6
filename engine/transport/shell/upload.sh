# Reads so many bytes into a new file (0600, in a new directory 0700) in the first place that has room: says `NONCE:go:` when they
# may come, `NONCE:has:gzip` when their beginning has (`NONCE:has:` where there is no gzip), and `NONCE:in:PATH` when all have. Behind
# the beginning comes a line, `gzip` or `plain`, that says how the rest is. `df -Pk` is POSIX; a place that it says nothing of is
# tried. dd reads no further than it is told to. Expects:
#
#   vrun_n        the nonce of what it says
#   vrun_token    of the shell that the file is for: a part of its name
#   vrun_size     how many bytes come
#   vrun_head     how many of them are the beginning, in pieces of 64 KiB
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
command -v gzip >/dev/null && g=gzip || g=
echo "$vrun_n:go:"
if {
  [ "$vrun_head" -eq 0 ] || dd bs=65536 count="$vrun_head" iflag=fullblock status=none
  echo "$vrun_n:has:$g" >&3
  IFS= read -r g
  if [ "$g" = gzip ]; then gzip -dc; else cat; fi
} 3>&1 >"$d/c" && [ "$(wc -c <"$d/c")" -eq "$vrun_size" ]; then
  echo "$vrun_n:in:$d/c"
  exit
fi
rm -rf "$d"
exit 1
