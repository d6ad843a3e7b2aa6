# What a framed shell reads first: `vrun`, which runs one frame, the traps, and a ready mark `NONCE:r:PID:bash?` on both outputs.
#
#   vrun INDEX ACCEPT SCRIPT [b TEXT | d BASE64 | f FILE | p 'PROCESS OUTPUT ERRORS']
#
# runs the script in a subshell between two marks, with what follows as its standard input: for printf's %b, in base64, or a file
# in a private directory, which is removed as soon as it is open. With `p` it runs already, as beside.sh tells. ACCEPT is `-` for
# what is no step, `any`, or the statuses with which a step has succeeded; after one that hasn't, the frames that follow are skipped.
#
# A mark is written with the one that follows it, or by `vrun_done` behind the last frame: each write is a packet of its own.
#
# `vrun_x` is 1 once a step has failed, `vrun_t` is t when the frame's time ran out (USR1), `vrun_d` is 1 where private files may
# exist, `vrun_i` is who the shell is, by number. Expects what as-user.sh, apart.sh and beside.sh define, and:
#
#   vrun_n    the nonce of the marks
#   vrun_f    the private files, as patterns
#   vrun_a    a script to run when the shell ends, for whatever reason short of SIGKILL
#
# shellcheck shell=sh disable=SC2034,SC2154
# Patterns are to be expanded: SC2086.
# shellcheck disable=SC2086
vrun_x='' vrun_t='' vrun_d='' vrun_mo='' vrun_me='' vrun_i=$(id -u)
vrun_l='
'
vrun() {
  case $vrun_x in
    1)
      case $4 in
        f) rm -rf "${5%/*}" ;;
        p) vrun_drop $5 ;;
      esac
      vrun_mo="$vrun_mo$vrun_n:s:$1$vrun_l" vrun_me="$vrun_me$vrun_n:s:$1$vrun_l"
      return
      ;;
  esac
  echo "$vrun_mo$vrun_n:b:$1"
  echo "$vrun_me$vrun_n:b:$1" >&2
  case $4 in
    f) (
      rm -rf "${5%/*}"
      vrun_alone "$3"
    ) <"$5" ;;
    p) vrun_take $5 ;;
    *) vrun_fed "$3" "$4" "$5" ;;
  esac
  vrun_r=$?
  vrun_mo="$vrun_n:e:$1:$vrun_r$vrun_l" vrun_me="$vrun_n:e:$1:0$vrun_l"
  case $2$vrun_t in
    -* | any) ;;
    *) case " $2 " in *" $vrun_r$vrun_t "*) ;; *) vrun_x=1 ;; esac ;;
  esac
  vrun_t=
}
# A script in a subshell of its own, with its standard input: SCRIPT [b TEXT | d BASE64]
vrun_fed() {
  case $2 in
    b) printf %b "$3" 2>/dev/null | (vrun_alone "$1") ;;
    d) printf %s "$3" 2>/dev/null | base64 -d | (vrun_alone "$1") ;;
    *) (vrun_alone "$1") </dev/null ;;
  esac
}
vrun_done() {
  printf %s "$vrun_mo"
  printf %s "$vrun_me" >&2
  vrun_mo='' vrun_me=''
}
vrun_end() {
  for vrun_j in $vrun_p; do vrun_kill $vrun_j; done
  case $vrun_d in 1) rm -rf $vrun_f ;; esac
  eval "$vrun_a"
}
umask 022
cd /
unset OLDPWD
trap 'vrun_t=t' USR1
trap 'vrun_x=1' USR2
trap 'exit 129' HUP TERM PIPE
trap vrun_end EXIT
echo "$vrun_n:r:$$:${BASH_VERSION:+bash}"
echo "$vrun_n:r:$$:" >&2
