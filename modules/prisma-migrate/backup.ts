// A copy of the database from before its migrations: a file of SQLite by VACUUM INTO, which is whole whatever is being written
// meanwhile; a database of PostgreSQL by pg_dump. The newest are kept.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import CONNECTION from './connection.awk';
import PERCENT from './percent.awk';
import type { MigrateWant } from './probe.ts';
import { prismaShell } from './shell.ts';

/** Prints the path of the copy. Nothing is left behind when it fails. What a relative path is relative to, only Prisma knows. */
export function backupScript(want: MigrateWant & { readonly backup: NonNullable<MigrateWant['backup']> }): Script {
  const { backup, user } = want;
  const own = user === undefined ? sh`` : sh`chown -- ${user} "$vrun_place" &&`;
  return lines(
    prismaShell(want),
    sh`umask 077; vrun_place=${backup.path}
[ -d "$vrun_place" ] || { mkdir -p -m 0700 -- "$vrun_place" && ${own} : ; } || exit 1
vrun_time=$(date -u +%Y%m%dT%H%M%SZ)
case $DATABASE_URL in
file:*)
  vrun_file=\${DATABASE_URL#file:}; vrun_file=\${vrun_file%%\?*}; case $vrun_file in //*) vrun_file=\${vrun_file#//};; esac
  vrun_database=\${vrun_file##*/}; vrun_copy="$vrun_place/$vrun_database.$vrun_time";;
*)
  vrun_exports=$(LC_ALL=C awk ${`${PERCENT}\n${CONNECTION}`}) || exit 1; eval "$vrun_exports"
  vrun_database=\${PGDATABASE-database}; vrun_database=\${vrun_database##*/}; vrun_copy="$vrun_place/$vrun_database.$vrun_time";;
esac
while [ -e "$vrun_copy" ]; do vrun_copy=$vrun_copy+; done
vrun_part="$vrun_copy.part"; trap 'rm -f -- "$vrun_part"' EXIT; trap 'exit 1' HUP INT TERM`,
    sh`case $DATABASE_URL in
file:*)
  vrun_query=$(printf '%s\n' "$vrun_part" | sed "s/'/''/g")
  vrun_query="VACUUM INTO '$vrun_query'"
  if case $vrun_file in /*) command -v sqlite3 >/dev/null;; *) false;; esac; then vrun_said=$(as sqlite3 -bail -cmd '.timeout 60000' "$vrun_file" "$vrun_query" 2>&1 </dev/null)
  else vrun_said=$(execute "$vrun_query;"); fi;;
*)
  command -v pg_dump >/dev/null || { echo 'pg_dump is not on this host: install postgresql-client' >&2; exit 1; }
  vrun_said=$(as pg_dump --no-password --format=custom --file="$vrun_part" 2>&1 </dev/null);;
esac || { printf '%s\n' "$vrun_said" | cleared | sed 's/^> //' >&2; exit 1; }
[ -s "$vrun_part" ] || { echo 'the copy is empty' >&2; exit 1; }
sync -- "$vrun_part" 2>/dev/null || sync
mv -- "$vrun_part" "$vrun_copy" || exit 1
printf '%s\n' "$vrun_copy"
set -- "$vrun_place/$vrun_database".[0-9]*Z*
while [ $# -gt ${backup.keep} ]; do case $1 in *.part) ;; *) rm -f -- "$1";; esac; shift; done`,
  );
}
