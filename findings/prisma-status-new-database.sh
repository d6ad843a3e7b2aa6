#!/bin/sh
# prisma 6.19.3 with a JavaScript driver (`engine: 'js'`, @prisma/adapter-libsql): `prisma migrate status` makes the SQLite
# file of a database that isn't there yet, and lists no migration of it.
#
# A status is expected to read, and to say of a new database which migrations it lacks. It reports instead that the table
# of migrations doesn't exist, status 1, and leaves an empty file behind, while `prisma migrate deploy` then applies what
# was never listed.
# Seen with: prisma and @prisma/adapter-libsql 6.19.3 on Node 20.20. Needs: node, npm. Fails when this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts prisma@6.19.3 @prisma/adapter-libsql@6.19.3 >/dev/null
mkdir -p prisma/migrations/20260101000000_first
cat >prisma/schema.prisma <<'END'
datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}

model Note {
  id Int @id
}
END
printf 'CREATE TABLE "Note" ("id" INTEGER NOT NULL PRIMARY KEY);\n' >prisma/migrations/20260101000000_first/migration.sql
printf 'provider = "sqlite"\n' >prisma/migrations/migration_lock.toml
cat >prisma.config.mjs <<'END'
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { defineConfig } from 'prisma/config';

export default defineConfig({
  engine: 'js',
  experimental: { adapter: true },
  schema: 'prisma/schema.prisma',
  adapter: async () => new PrismaLibSQL({ url: process.env.DATABASE_URL }),
});
END
# Engines, which a JavaScript driver doesn't use, would be downloaded where no file is named.
export DATABASE_URL="file:$work/data.db" CHECKPOINT_DISABLE=1 NO_COLOR=1
export PRISMA_QUERY_ENGINE_LIBRARY=/bin/true PRISMA_SCHEMA_ENGINE_BINARY=/bin/true
prisma() { node_modules/.bin/prisma migrate "$1" --config prisma.config.mjs --schema prisma/schema.prisma 2>&1; }

status=0
said=$(prisma status) || status=$?
echo "migrate status: $status"
printf '%s\n' "$said" | grep -iE 'no such table|not yet been applied|up to date|20260101' || true
listed=$(printf '%s\n' "$said" | grep -c 20260101000000_first || true)
made=no
[ ! -e data.db ] || made="yes, $(wc -c <data.db) bytes"
echo "lists the migration: $listed time(s); data.db made: $made"
prisma deploy | grep 20260101000000_first
[ "$status" != 0 ] && [ "$listed" = 0 ] && [ "$made" = 'yes, 0 bytes' ]
