# Prints what lock-guard.sh is given. Expects `lock` and `other` as lock-place.sh and lock-other.sh set them, and `run` and `epoch`.
# shellcheck shell=sh disable=SC2154
for file in "$lock/shells/$epoch.$$."*; do :; done
printf '%s\n%s\n%s' "$file" "$lock.epochs/$run" "${other:-$lock}.epochs/$run"
