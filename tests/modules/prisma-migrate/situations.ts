import { APP_ON_HOST } from '../../lab/app-offer.js';
import type { Situations } from '../harness/situation.ts';

/** Version one in /srv/v1, its user, its settings for SQLite; Prisma run as that user. */
const READY = `${APP_ON_HOST}
node_there; app_there v1 /srv/v1
useradd --system vantus && install -d -o vantus -g vantus /var/lib/vantus
printf '# settings\\nNODE_ENV=production\\nDATABASE_URL="file:/var/lib/vantus/prod.db"\\n' >/etc/default/vantus
chown root:vantus /etc/default/vantus; chmod 0640 /etc/default/vantus
migrate() { (cd "$1" && set -a && . /etc/default/vantus && setpriv --reuid vantus --regid vantus --init-groups node_modules/.bin/prisma migrate deploy) >/tmp/said 2>&1; }
`;
const v1 = { path: '/srv/v1', env_file: '/etc/default/vantus', user: 'vantus' };
const v2 = { ...v1, path: '/srv/v2' };
const bad = { ...v1, path: '/srv/bad' };

const situations: Situations = [
  {
    name: 'bare',
    title: 'a host without the application, the user, Node.js and the settings',
    given:
      'mkdir -p /srv/empty/node_modules/.bin && cd /srv/empty/node_modules/.bin && printf "#!/bin/sh\\n" >prisma && chmod +x prisma',
    wants: [
      v1,
      { ...v1, path: '/srv/empty' },
      { path: '/srv/empty' },
      { path: '/srv/empty', command: ['npx', 'prisma'] },
      { path: '/srv/empty', command: ['node_modules/.bin/none'] },
    ],
  },
  {
    name: 'incomplete',
    title:
      'Node.js is there; the settings are not, do not say which database, or never end; a schema that is not there',
    given: `${READY}
printf 'NODE_ENV=production\\n' >/etc/default/silent
printf "DATABASE_URL='file:/x\\n" >/etc/default/open`,
    wants: [
      { ...v1, env_file: '/etc/default/none' },
      { ...v1, env_file: '/etc/default/silent' },
      { ...v1, env_file: '/etc/default/open' },
      { path: '/srv/v1' },
      { ...v1, schema: 'prisma/none.prisma' },
      { ...v1, user: 'none-such' },
    ],
  },
  {
    name: 'sqlite-new',
    title: 'no file of SQLite yet, and an empty one',
    given: `${READY}
app_there v2 /srv/v2
install -o vantus -g vantus /dev/null /var/lib/vantus/empty.db
printf 'DATABASE_URL=file:/var/lib/vantus/empty.db\\n' >/etc/default/empty`,
    wants: [v1, v2, { ...v2, env_file: '/etc/default/empty' }, { ...v1, backup: { path: '/var/lib/vantus/backups' } }],
  },
  {
    name: 'sqlite',
    title:
      'a database of version one: up to date, behind, ahead, and on another line of history; with sqlite3 on the host',
    given: `${READY}
DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install sqlite3 >/dev/null 2>&1
app_there v2 /srv/v2; app_there v1 /srv/other
migrate /srv/v1
cp -a /var/lib/vantus/prod.db /var/lib/vantus/ahead.db
printf 'DATABASE_URL=file:/var/lib/vantus/ahead.db\\n' >/etc/default/ahead
mkdir /srv/other/prisma/migrations/20260202000000_other && echo 'CREATE TABLE "Other" ("id" INTEGER);' >/srv/other/prisma/migrations/20260202000000_other/migration.sql
(cd /srv/v2 && DATABASE_URL=file:/var/lib/vantus/ahead.db setpriv --reuid vantus --regid vantus --init-groups node_modules/.bin/prisma migrate deploy) >/dev/null 2>&1`,
    wants: [
      v1,
      v2,
      { ...v2, backup: { path: '/var/lib/vantus/backups', keep: 2 } },
      { ...v1, env_file: '/etc/default/ahead' },
      { ...v1, env_file: '/etc/default/ahead', path: '/srv/other' },
    ],
  },
  {
    name: 'sqlite-failed',
    title: 'a migration that failed, another after it, and one that was rolled back',
    given: `${READY}
app_there failing-migration /srv/bad
migrate /srv/v1
setpriv --reuid vantus --regid vantus --init-groups node -e '
  const { createClient } = require("/srv/v1/node_modules/@libsql/client");
  createClient({ url: "file:/var/lib/vantus/prod.db" }).execute("INSERT INTO Start (\\"commit\\") VALUES (0)");'
! migrate /srv/bad || exit 1
cp -a /srv/bad /srv/more
mkdir /srv/more/prisma/migrations/20260501000000_more && echo 'CREATE TABLE "More" ("id" INTEGER);' >/srv/more/prisma/migrations/20260501000000_more/migration.sql
cp -a /var/lib/vantus/prod.db /var/lib/vantus/back.db; printf 'DATABASE_URL=file:/var/lib/vantus/back.db\\n' >/etc/default/back
(cd /srv/bad && DATABASE_URL=file:/var/lib/vantus/back.db setpriv --reuid vantus --regid vantus --init-groups node_modules/.bin/prisma migrate resolve --rolled-back 20260401090000_runs) >/dev/null 2>&1`,
    wants: [
      bad,
      v1,
      { ...bad, path: '/srv/more' },
      { ...bad, env_file: '/etc/default/back' },
      { ...v1, env_file: '/etc/default/back' },
    ],
  },
  {
    name: 'sqlite-foreign',
    title: 'a file that is no database, one of tables that no migration made, and one that may not be written',
    given: `${READY}
echo 'this is no database, and it is long enough to be looked at by SQLite as a header would be' >/var/lib/vantus/text.db
node -e '
  const { createClient } = require("/srv/v1/node_modules/@libsql/client");
  createClient({ url: "file:/var/lib/vantus/tables.db" }).execute("CREATE TABLE Old (id INTEGER)");'
install -d -m 0700 /var/lib/private-data; cp /var/lib/vantus/tables.db /var/lib/private-data/
for name in text tables; do printf "DATABASE_URL=file:/var/lib/vantus/$name.db\\n" >/etc/default/$name; done
printf 'DATABASE_URL=file:/var/lib/private-data/tables.db\\n' >/etc/default/private`,
    wants: [
      { ...v1, env_file: '/etc/default/text' },
      { ...v1, env_file: '/etc/default/tables' },
      { ...v1, env_file: '/etc/default/private' },
    ],
  },
  {
    name: 'postgresql',
    title: 'a PostgreSQL server: new, up to date and behind, a failed migration, and every way not to get in',
    given: `${READY}
app_there v2 /srv/v2; app_there failing-migration /srv/bad
DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install postgresql >/dev/null 2>&1
sql() { setpriv --reuid postgres --regid postgres --init-groups psql -q -v ON_ERROR_STOP=1 "$@"; }
cd /
sql -c "CREATE ROLE app LOGIN PASSWORD 'p@ss/w:rd 1'" -c 'CREATE DATABASE new OWNER app' -c 'CREATE DATABASE done OWNER app' -c 'CREATE DATABASE failed OWNER app'
url() { printf "DATABASE_URL='postgresql://%s@%s?schema=public'\\n" "$1" "$2" >"/etc/default/$3"; }
for name in new done failed; do url app:p%40ss%2Fw%3Ard%201 localhost/$name $name; done
deploy() { (cd "$1" && set -a && . "/etc/default/$2" && setpriv --reuid vantus --regid vantus --init-groups node_modules/.bin/prisma migrate deploy) >/tmp/said 2>&1; }
deploy /srv/v1 done; deploy /srv/v1 failed
sql -d failed -c "INSERT INTO \\"Start\\" (\\"commit\\") VALUES ('0')"
! deploy /srv/bad failed || exit 1
url app:canary-wrong localhost/done wrong; url app:canary-wrong localhost:1/done down; url app:p%40ss%2Fw%3Ard%201 localhost/none none
url app:canary/wrong localhost/done odd`,
    wants: ['new', 'done', 'failed', 'wrong', 'down', 'none', 'odd']
      .map(
        (name): Readonly<Record<string, unknown>> => ({
          ...v1,
          schema: 'prisma/postgresql/schema.prisma',
          env_file: `/etc/default/${name}`,
        }),
      )
      .concat([
        {
          ...v2,
          schema: 'prisma/postgresql/schema.prisma',
          env_file: '/etc/default/done',
          backup: { path: '/var/backups/vantus' },
        },
      ]),
  },
];

export default situations;
