# Defines `vrun_as USER SCRIPT`, which runs the script as that user in a fresh environment, in the place of the shell that
# calls it: in a subshell therefore. 125 when there is no such user. `su` is for hosts without util-linux.
# shellcheck shell=sh disable=SC2086
vrun_as() {
  vrun_p=$(getent passwd "$1" 2>/dev/null || grep "^$1:" /etc/passwd) || {
    echo "vrun: there is no user $1 on this host" >&2
    exit 125
  }
  vrun_s=$2 IFS=:
  set -f
  set -- $vrun_p
  set -- "$1" "$3" "$4" env -i HOME="${6:-/}" USER="$1" LOGNAME="$1" SHELL="${7:-/bin/sh}" PATH="$PATH" LC_ALL="$LC_ALL" sh -c "$vrun_s"
  vrun_s=$1 vrun_u=$2 vrun_g=$3
  shift 3
  if ! command -v runuser >/dev/null; then
    exec su -s /bin/sh "$vrun_s" -c 'exec "$@"' -- vrun "$@"
  elif command -v setpriv >/dev/null; then
    exec setpriv --reuid "$vrun_u" --regid "$vrun_g" --init-groups "$@"
  else
    exec runuser -u "$vrun_s" -- "$@"
  fi
}
