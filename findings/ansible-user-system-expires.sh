#!/bin/sh
# ansible-core 2.14.18 (Debian 12): the user module makes a system account without the date on which it is to expire, and sets it with the next run.
#
# A task `name, system: true, expires` is expected to leave an account that expires, and to be ok when it is run again. The module gives the date to
# `useradd -r -e`, and useradd makes system accounts without it; the second run finds that, and is changed again.
# Seen with: ansible-core 2.14.18-0+deb12u2 on Python 3.11, useradd 4.13. Needs: root on Debian 12 with apt-get, dpkg-deb, unshare and its python3; the
# account is made in a copy of /etc that goes with the script. Fails when this is no longer so.
set -eu
if [ "${1-}" != inside ]; then exec unshare --mount -- "$0" inside; fi
work=$(mktemp -d)
trap 'umount /etc 2>/dev/null; rm -rf "$work"' EXIT
cp -a /etc "$work/etc"
mount --bind "$work/etc" /etc
cd "$work"
apt-get -qq download ansible-core=2.14.18-0+deb12u2 python3-jinja2 python3-markupsafe python3-yaml python3-packaging python3-resolvelib \
  python3-cryptography python3-cffi-backend 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export PYTHONPATH="$work/root/usr/lib/python3/dist-packages" HOME="$work" ANSIBLE_LOCALHOST_WARNING=False LC_ALL=C.UTF-8
run() {
  /usr/bin/python3 -m ansible adhoc localhost -c local -e ansible_python_interpreter=/usr/bin/python3 -m user \
    -a "name=finding-account system=true create_home=false expires=1900000000" 2>/dev/null | grep -o '"changed": [a-z]*'
  getent shadow finding-account | cut -d : -f 8
}
first=$(run | tr '\n' ' ')
second=$(run | tr '\n' ' ')
third=$(run | tr '\n' ' ')
printf 'status, and the day of expiry in shadow(5)\nfirst run:  %s\nsecond run: %s\nthird run:  %s\n' "$first" "$second" "$third"
[ "$first" = '"changed": true  ' ]
[ "$second" = '"changed": true 21990 ' ]
[ "$third" = '"changed": false 21990 ' ]
