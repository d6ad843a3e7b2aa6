# Reads ufw's settings and rules from its own files (ufw itself is slow to start), whether they are loaded, and by which
# connection this host is reached. Prints a section `@NAME` of each, in few processes, and sets `tuples` to the rules. The
# login is the first sshd above the shell; which of its sockets is the connection is read from /proc, since ss(8) would look
# at every process of the host.
# shellcheck shell=sh disable=SC2034

echo @settings
grep -hE '^(ENABLED|LOGLEVEL|IPV6|DEFAULT_(INPUT|OUTPUT|FORWARD)_POLICY)=' /etc/ufw/ufw.conf /etc/default/ufw 2>/dev/null

echo @kernel
[ ! -e /proc/net/if_inet6 ] || echo ipv6
command -v ufw >/dev/null && echo ufw
if [ -d /etc/ufw ] && { [ ! -x /etc/ufw ] || { [ -e /etc/ufw/user.rules ] && [ ! -r /etc/ufw/user.rules ]; }; }; then
  echo hidden
fi
loaded=$(iptables -S 2>/dev/null)
case $loaded in
  *'-A INPUT -j ufw-before-input'*'-N ufw-user-input'*) echo loaded ;;
  *'-N ufw-user-input'*'-A INPUT -j ufw-before-input'*) echo loaded ;;
esac

echo @rules
tuples=$(grep '^### tuple ###' /etc/ufw/user.rules /etc/ufw/user6.rules 2>/dev/null)
printf '%s\n' "$tuples"

echo @ssh
pid=$$
while [ "$pid" -gt 1 ] && IFS= read -r stat <"/proc/$pid/stat"; do
  case $stat in
    *'(sshd'*)
      # Words are split on purpose, and hold no patterns.
      set -f
      inodes=
      descriptors=$(ls -l "/proc/$pid/fd" 2>/dev/null)
      for word in $descriptors; do
        case $word in 'socket:['*)
          word=${word#socket:?}
          inodes="$inodes|${word%]}"
          ;;
        esac
      done
      echo sshd
      [ -z "$inodes" ] || grep -hE " 01 .* (${inodes#?}) " /proc/net/tcp /proc/net/tcp6 2>/dev/null
      break
      ;;
  esac
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  pid=$2
done
