#!/bin/sh
# Records what the real Ansible (ansible-core 2.14, `apt-get install ansible-core`) says of each fixture, beside it:
# expected.json (ansible-inventory --list), expected.graph, and expected.patterns where there is a file `patterns`.
# Run it after a fixture was changed; the results are never edited by hand.
set -eu
cd "$(dirname "$0")/fixtures"
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
: >"$settings/ansible.cfg"
export ANSIBLE_CONFIG="$settings/ansible.cfg" ANSIBLE_HOME="$settings" ANSIBLE_NOCOLOR=1
[ $# -gt 0 ] || set -- */
for fixture in "$@"; do
  fixture=${fixture%/}
  [ -f "$fixture/sources" ] || continue
  (
    cd "$fixture"
    set --
    while IFS= read -r source; do set -- "$@" -i "$source"; done <sources
    ansible-inventory "$@" --list >expected.json 2>warnings.tmp || { cat warnings.tmp; exit 1; }
    ansible-inventory "$@" --graph >expected.graph 2>/dev/null
    echo "$fixture: $(grep -c . warnings.tmp || true) lines of warnings"
    rm warnings.tmp
    [ -f patterns ] || exit 0
    while IFS= read -r pattern; do
      hosts=$(ansible "$pattern" "$@" --list-hosts 2>/dev/null </dev/null | sed -n 's/^    //p' | tr '\n' ' ')
      printf '%s\t%s\n' "$pattern" "${hosts% }"
    done <patterns >expected.patterns
  )
done
