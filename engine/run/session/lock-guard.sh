# Defines `vrun_guard`, which says whether the lock is still this shell's: it stands among those that work under it, and no higher
# epoch has come. It starts no process. Expects:
#
#   vrun_hl   the lock, and on a line of its own each what the names of its epochs and the other's begin with
#   vrun_he   the epoch
#   vrun_l    a line break
#
# shellcheck shell=sh disable=SC2154,SC2317,SC2329
vrun_ho=${vrun_hl##*"$vrun_l"}
vrun_hl=${vrun_hl%"$vrun_l"*}
vrun_hm=${vrun_hl##*"$vrun_l"}
vrun_hl=${vrun_hl%"$vrun_l"*}
vrun_guard() {
  [ -f "$vrun_hl" ] || return
  for vrun_j in "$vrun_hm".* "$vrun_ho".*; do
    vrun_j=${vrun_j##*.}
    case $vrun_j in
      *[!0-9]*) ;;
      *) [ "$vrun_j" -le "$vrun_he" ] || return ;;
    esac
  done
}
