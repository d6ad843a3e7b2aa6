# Runs a script whose output is large between the marks `NONCE:go:` and `NONCE:end:STATUS:`. Expects what as-user.sh and apart.sh
# define, and:
#
#   vrun_n        the nonce of the marks
#   vrun_script   what is run
#
# shellcheck shell=sh disable=SC2154
umask 022
cd /
echo "$vrun_n:go:"
(vrun_e "$vrun_script") </dev/null
echo "$vrun_n:end:$?:"
exit
