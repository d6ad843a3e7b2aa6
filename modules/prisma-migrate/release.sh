# The migrations of the release: those in migrations/ beside the schema, or where Prisma's own configuration says. Prisma names none
# of them in a database where it has no table yet. Defines `configured`, which finds the place by the configuration, where there is
# one, once, and is false where that can't be read; and `release`, which prints `m NAME` for each. Sets `vrun_config` to that file.
# Expects `as`, and:
#
#   vrun_schema       Prisma's schema, a file or a directory
#   vrun_config       the configuration that Prisma is given; empty for none
#   vrun_program      Prisma
#   vrun_configured   the program configured.cjs
#
# shellcheck shell=sh disable=SC2154
vrun_migrations=$vrun_schema
if [ ! -d "$vrun_migrations" ]; then
  case $vrun_migrations in */*) vrun_migrations=${vrun_migrations%/*} ;; *) vrun_migrations=. ;; esac
fi
vrun_migrations=$vrun_migrations/migrations
vrun_given=$vrun_config
if [ -z "$vrun_config" ]; then
  for vrun_config in prisma.config.* .config/prisma.*; do
    [ ! -e "$vrun_config" ] || break
    vrun_config=
  done
fi
case $vrun_program in */*) ;; *) vrun_program=$(command -v "$vrun_program") ;; esac

vrun_known=
configured() {
  [ -z "$vrun_known" ] || return "$vrun_known"
  vrun_known=0
  [ -n "$vrun_config" ] || return 0
  # Where all that it says stands in it, and of migrations nothing: reading it takes half a second.
  if grep -Fq 'defineConfig({' "$vrun_config" && ! grep -Eq 'migrations|\.\.\.' "$vrun_config"; then return 0; fi
  vrun_said=$(as node -e "$vrun_configured" "$vrun_given" "$vrun_program" node_modules/prisma/package.json 2>/dev/null </dev/null | sed -n 's/^vrun:/:/p' | tail -n 1)
  case $vrun_said in
    :) ;;
    :/*) vrun_migrations=${vrun_said#:} ;;
    *) vrun_known=1 ;;
  esac
  return "$vrun_known"
}

release() {
  for vrun_migration in "$vrun_migrations"/*/migration.sql; do
    [ -e "$vrun_migration" ] || continue
    vrun_migration=${vrun_migration%/*}
    printf 'm %s\n' "${vrun_migration##*/}"
  done
}
