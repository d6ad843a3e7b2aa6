#!/bin/sh
# sh verify-record.sh [RECORD [ALLOWED_SIGNERS]] checks a record of vrun with nothing but coreutils, sed, grep and ssh-keygen (OpenSSH 8.7 or later).
# PARTIAL=1 accepts an export that leaves runs out. What a run wrote is checked by the digests that its last entry signs.
# Whether a key was valid is asked for the time that its entry says.
export LC_ALL=C CDPATH='' && signers=$(realpath -ms -- "${2:-${1:-.vrun}/allowed_signers}") && cd -- "${1:-.vrun}" && n=0 prev=$(printf %064d 0) || exit 2
wrong() { echo "WRONG: $1" >&2; exit 2; }
for e in log/*; do n=$((n + 1)); [ "$e" = "$(printf log/%08d.json "$n")" ] || wrong "$e stands where entry $n should"
  { sed 1q "$e"; echo '-----BEGIN SSH SIGNATURE-----'; sed '1,2d;$d' "$e" | base64 -d | base64 -w 70; echo '-----END SSH SIGNATURE-----'; } 2>&1 | cmp -s - "$e" || wrong "$e is not written as vrun does"
  sed 1q "$e" | grep -q "\"prev\":\"$prev\",\"" || wrong "$e does not hold the digest of the entry before it"
  t=$(sed -En '1s/^\{"_type":"[^"]*","predicate":\{"at":"(.{4})-(..)-(..)T(..):(..):(..)[.].*/\1\2\3\4\5\6Z/p' "$e")
  sed 1d "$e" | { sed 1q "$e" | ssh-keygen -Y verify -Overify-time="$t" -f "$signers" -I "$(sed -n '1s/.*,"signer":"\([^"]*\)".*/\1/p' "$e")" -n vrun-audit-entry-v1 -s /dev/fd/3; } 3<&0 || wrong "$e is not signed by an allowed signer"
  { sha256sum "$e"; sed 1q "$e" | tr '{' '\n' | sed -En 's#^"sha256":"([0-9a-f]{64})"\},"name":"((log|runs)/[^"]*)"\}.*#\1  \2#p'; } | sha256sum -c --quiet --strict ${PARTIAL:+--ignore-missing} || wrong "$e seals files that are no longer as they were"
  prev=$(sha256sum < "$e" | cut -c 1-64)
done
echo "All $n entries are signed and linked, and the files that they seal are as they were."
