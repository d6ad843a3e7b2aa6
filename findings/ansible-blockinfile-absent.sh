#!/bin/sh
# ansible-core 2.14.18 (Debian 12): blockinfile with `state: absent` says "Block removed" of a file that never had the block.
#
# A block that isn't there is expected to be absent already: `ok`. Where the last line of the file has no line break the module adds one instead,
# and reports that as the removal of a block, with status changed; the next run is ok.
# Seen with: ansible-core 2.14.18-0+deb12u2 on Python 3.11. Needs: Debian 12 with apt-get, dpkg-deb and its python3. Fails when this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq download ansible-core=2.14.18-0+deb12u2 python3-jinja2 python3-markupsafe python3-yaml python3-packaging python3-resolvelib \
  python3-cryptography python3-cffi-backend 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export PYTHONPATH="$work/root/usr/lib/python3/dist-packages" HOME="$work" ANSIBLE_LOCALHOST_WARNING=False LC_ALL=C.UTF-8
printf 'one\ntwo' >file
run() {
  /usr/bin/python3 -m ansible adhoc localhost -c local -e ansible_python_interpreter=/usr/bin/python3 -m blockinfile \
    -a "path=$work/file state=absent" 2>/dev/null | grep -E '"(changed|msg)"' | tr -d '\n'
}
first=$(run)
second=$(run)
printf 'first run: %s\nsecond run: %s\nfile: %s bytes of "one, two" without a last line break\n' "$first" "$second" "$(wc -c <file)"
case $first in *'"changed": true'*'"msg": "Block removed"'*) ;; *) exit 1 ;; esac
case $second in *'"changed": false'*) ;; *) exit 1 ;; esac
[ "$(wc -c <file)" -eq 8 ]
