# Defines `applied`, which sets `vrun_release` to what `release` prints: true where the database's own client, sqlite3 or psql, says that each migration of the release has been
# applied and that no attempt failed or was rolled back. Else Prisma has to be asked, which takes a hundred times as long.
# Expects what release.sh defines, DATABASE_URL, and:
#
#   vrun_file         SQLite's file
#   vrun_connection   the program connection.awk
#
# shellcheck shell=sh disable=SC2154
applied() {
  only_database_url || return 1
  vrun_rows=$(attempts 2>/dev/null </dev/null) && configured || return 1
  case $vrun_rows in -* | *"
-"*) return 1 ;; esac
  vrun_release=$(release)
  [ -n "$vrun_release" ] || return 1
  for vrun_name in $(printf '%s\n' "$vrun_release" | sed 's/^m //'); do
    printf '%s\n' "$vrun_rows" | grep -Fqx "+$vrun_name" || return 1
  done
}

# Whether what says where the database is, the configuration where there is one and else the schema, names no other address.
only_database_url() {
  [ "$(grep -rhoE '[A-Z0-9_]*_UR[IL]' "${vrun_config:-$vrun_schema}" | sort -u)" = DATABASE_URL ]
}

# The migrations of the database: after `+` what was applied, after `-` what has another attempt or none that went well.
attempts() {
  case $DATABASE_URL in
    file:*)
      case $vrun_file in /*) ;; *) return 1 ;; esac
      command -v sqlite3 >/dev/null || return 1
      as sqlite3 -batch -bail -init /dev/null -noheader -list -cmd '.timeout 5000' "$vrun_file" "$(query _prisma_migrations)"
      ;;
    postgres://* | postgresql://*)
      vrun_space=public
      case $DATABASE_URL in *[?\&]schema=*)
        vrun_space=${DATABASE_URL##*[?&]schema=}
        vrun_space=${vrun_space%%&*}
        ;;
      esac
      case $vrun_space in '' | *[!A-Za-z0-9_]*) return 1 ;; esac
      command -v psql >/dev/null || return 1
      eval "$(LC_ALL=C awk "$vrun_connection")"
      export PGCONNECT_TIMEOUT=5
      as psql -XAtq --no-password -v ON_ERROR_STOP=1 -c "$(query "\"$vrun_space\"._prisma_migrations")"
      ;;
    *) return 1 ;;
  esac
}

query() {
  echo "SELECT CASE WHEN count(CASE WHEN finished_at IS NOT NULL AND rolled_back_at IS NULL THEN 1 END) > 0
AND count(CASE WHEN finished_at IS NULL AND rolled_back_at IS NULL THEN 1 END) = 0
THEN '+' ELSE '-' END || migration_name FROM $1 GROUP BY migration_name;"
}
