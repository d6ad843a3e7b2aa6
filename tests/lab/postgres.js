// Makes a lab host a database server, with the packages that the lab's repository offers.
import { randomBytes } from 'node:crypto';
import { enter } from './host.js';
import { hostOf } from './plan.js';

/** Described in lab-api.d.ts. */
export async function postgresOn(name, { database = 'app', user = 'app' } = {}) {
  for (const word of [database, user]) {
    if (!/^[a-z_][a-z0-9_]*$/.test(word)) throw new Error(`'${word}' is no plain name for a database or its user.`);
  }
  const { address } = hostOf(name);
  const password = randomBytes(18).toString('hex');
  const script = `set -eu
    export DEBIAN_FRONTEND=noninteractive
    if ! command -v pg_lsclusters >/dev/null; then
      apt-get -q update
      apt-get -q -y --no-install-recommends install postgresql
    fi
    set -- $(pg_lsclusters --no-header)
    conf=/etc/postgresql/$1/$2
    printf "listen_addresses = 'localhost,${address}'\\nfsync = off\\n" >"$conf/conf.d/lab.conf"
    grep -q '^host all all samenet' "$conf/pg_hba.conf" || echo 'host all all samenet scram-sha-256' >>"$conf/pg_hba.conf"
    systemctl restart "postgresql@$1-$2"
    cd /
    psql() { setpriv --reuid=postgres --regid=postgres --init-groups psql -q -v ON_ERROR_STOP=1 "$@"; }
    psql -c "DROP DATABASE IF EXISTS ${database}" -c "DROP ROLE IF EXISTS ${user}"
    psql -c "CREATE ROLE ${user} LOGIN PASSWORD '${password}'" -c "CREATE DATABASE ${database} OWNER ${user}"`;
  const { status, stdout, stderr } = await enter(name, script);
  if (status !== 0) throw new Error(`PostgreSQL on ${name} ended with status ${status}:\n${stdout}${stderr}`);
  return { url: `postgresql://${user}:${password}@${address}:5432/${database}`, address, database, user, password };
}
