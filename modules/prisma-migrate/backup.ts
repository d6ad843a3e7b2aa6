// A copy of the database from before its migrations: a file of SQLite by VACUUM INTO, which is whole whatever is being written
// meanwhile; a database of PostgreSQL by pg_dump. The newest are kept.
import { lines, type Script, sh } from '../../engine/module/script.ts';
import type { MigrateWant } from './probe.ts';
import { prismaShell } from './shell.ts';

/** Sets what pg_dump needs from a URL, decoded; libpq would refuse Prisma's own options in it (`?schema=public`). */
const CONNECTION = String.raw`
function decoded(text,  out, i, c) {
  out = ""
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "%") {
      c = sprintf("%c", 16 * (index(HEX, toupper(substr(text, i + 1, 1))) - 1) + index(HEX, toupper(substr(text, i + 2, 1))) - 1)
      i += 2
    }
    out = out c
  }
  return out
}
function set(name, value,  parts, count, i, out) {
  if (value == "") return
  count = split(value, parts, "\047"); out = parts[1]
  for (i = 2; i <= count; i++) out = out "\047\\\047\047" parts[i]
  print "export " name "=\047" out "\047"
}
BEGIN {
  HEX = "0123456789ABCDEF"
  url = ENVIRON["DATABASE_URL"]; sub(/^[a-z]+:\/\//, "", url)
  if (match(url, /\?/)) { options = substr(url, RSTART + 1); url = substr(url, 1, RSTART - 1) }
  i = index(url, "/"); base = i ? substr(url, i + 1) : ""; if (i) url = substr(url, 1, i - 1)
  login = ""; if (match(url, /.*@/)) { login = substr(url, 1, RLENGTH - 1); url = substr(url, RLENGTH + 1) }
  i = index(login, ":")
  set("PGUSER", decoded(i ? substr(login, 1, i - 1) : login))
  if (i) set("PGPASSWORD", decoded(substr(login, i + 1)))
  if (match(url, /:[0-9]*$/)) { set("PGPORT", substr(url, RSTART + 1)); url = substr(url, 1, RSTART - 1) }
  gsub(/[][]/, "", url)
  count = split(options, option, "&")
  for (i = 1; i <= count; i++) {
    if (option[i] ~ /^sslmode=/) set("PGSSLMODE", decoded(substr(option[i], 9)))
    if (option[i] ~ /^host=/) url = substr(option[i], 6)
  }
  set("PGHOST", decoded(url)); set("PGDATABASE", decoded(base))
}`;

/** Prints the path of the copy. Nothing is left behind when it fails. What a relative path is relative to, only Prisma knows. */
export function backupScript(want: MigrateWant & { readonly backup: NonNullable<MigrateWant['backup']> }): Script {
  const { backup, user } = want;
  const own = user === undefined ? sh`` : sh`chown -- ${user} "$vrun_d" &&`;
  return lines(
    prismaShell(want),
    sh`umask 077; vrun_d=${backup.path}
[ -d "$vrun_d" ] || { mkdir -p -m 0700 -- "$vrun_d" && ${own} : ; } || exit 1
vrun_t=$(date -u +%Y%m%dT%H%M%SZ)
case $DATABASE_URL in
file:*)
  vrun_f=\${DATABASE_URL#file:}; vrun_f=\${vrun_f%%\?*}; case $vrun_f in //*) vrun_f=\${vrun_f#//};; esac
  vrun_b=\${vrun_f##*/}; vrun_n="$vrun_d/$vrun_b.$vrun_t";;
*)
  vrun_e=$(LC_ALL=C awk ${CONNECTION}) || exit 1; eval "$vrun_e"
  vrun_b=\${PGDATABASE-database}; vrun_b=\${vrun_b##*/}; vrun_n="$vrun_d/$vrun_b.$vrun_t";;
esac
while [ -e "$vrun_n" ]; do vrun_n=$vrun_n+; done
vrun_p="$vrun_n.part"; trap 'rm -f -- "$vrun_p"' EXIT; trap 'exit 1' HUP INT TERM`,
    sh`case $DATABASE_URL in
file:*)
  vrun_q=$(printf '%s\n' "$vrun_p" | sed "s/'/''/g")
  vrun_q="VACUUM INTO '$vrun_q'"
  if case $vrun_f in /*) command -v sqlite3 >/dev/null;; *) false;; esac; then vrun_o=$(as sqlite3 -bail -cmd '.timeout 60000' "$vrun_f" "$vrun_q" 2>&1 </dev/null)
  else vrun_o=$(execute "$vrun_q;"); fi;;
*)
  command -v pg_dump >/dev/null || { echo 'pg_dump is not on this host: install postgresql-client' >&2; exit 1; }
  vrun_o=$(as pg_dump --no-password --format=custom --file="$vrun_p" 2>&1 </dev/null);;
esac || { printf '%s\n' "$vrun_o" | cleared | sed 's/^> //' >&2; exit 1; }
[ -s "$vrun_p" ] || { echo 'the copy is empty' >&2; exit 1; }
sync -- "$vrun_p" 2>/dev/null || sync
mv -- "$vrun_p" "$vrun_n" || exit 1
printf '%s\n' "$vrun_n"
set -- "$vrun_d/$vrun_b".[0-9]*Z*
while [ $# -gt ${backup.keep} ]; do case $1 in *.part) ;; *) rm -f -- "$1";; esac; shift; done`,
  );
}
