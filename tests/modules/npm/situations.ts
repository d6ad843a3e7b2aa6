import { readFileSync } from 'node:fs';
import { APP_ON_HOST } from '../../lab/app-offer.js';
import type { Situations } from '../harness/situation.ts';

/** npm, and an application with packages from files beside it: no registry is asked. */
export const NPM_READY = `${APP_ON_HOST}
node_there
pack() {
  mkdir -p "/tmp/$1/package" /srv/packages
  printf '{"name":"%s","version":"%s"}\\n' "$1" "$2" >"/tmp/$1/package/package.json"
  echo 'module.exports = 1;' >"/tmp/$1/package/index.js"
  tar -czf "/srv/packages/\${1#@*/}-$2.tgz" -C "/tmp/$1" package
}
pack greet 1.0.0; pack greet 2.0.0; pack tool 1.0.0; pack @lab/deep 1.0.0
app() {
  mkdir -p "$1"
  cat >"$1/package.json" <<'END'
{
  "name": "app",
  "version": "1.0.0",
  "scripts": { "build": "id -un >built" },
  "dependencies": { "greet": "file:../packages/greet-1.0.0.tgz", "@lab/deep": "file:../packages/deep-1.0.0.tgz" },
  "devDependencies": { "tool": "file:../packages/tool-1.0.0.tgz" }
}
END
  (cd "$1" && npm install --package-lock-only --offline --no-audit --loglevel=error >/dev/null)
}
`;

const REGISTRY_FILE = readFileSync('tests/differential/npm-registry.js').toString('base64');

/** npm, and a registry of a few packages on the host itself. */
export const REGISTRY = 'http://127.0.0.1:4873/';
export const REGISTRY_READY = `${APP_ON_HOST}
node_there
echo ${REGISTRY_FILE} | base64 -d >/srv/registry.mjs
systemd-run --quiet sh -c 'sleep infinity | node /srv/registry.mjs 4873'
node -e 'const ask = () => fetch("${REGISTRY}tool").catch(() => setTimeout(ask, 100)); ask()'
useradd --system --create-home app; echo prefix=/home/app/.local >/home/app/.npmrc
`;

const situations: Situations = [
  {
    name: 'bare',
    title: 'a host without npm, a directory that is not there, an application that is not',
    given: 'mkdir /srv/app',
    wants: [
      { path: '/srv/none' },
      { path: '/srv/app' },
      { path: '/srv/app', user: 'none-such' },
      { name: 'tool', global: true },
      { name: 'tool', global: true, executable: '/opt/node/bin/npm' },
    ],
  },
  {
    name: 'global',
    title:
      "packages for all: one that is there, half of one, none; prefixes of users, their own and one that is not theirs; a registry that answers and one that doesn't",
    given: `${REGISTRY_READY}
npm install --global --loglevel=error --registry=${REGISTRY} tool@1.1.0 >/dev/null
runuser -u app -- env HOME=/home/app npm install --global --loglevel=error --registry=${REGISTRY} @s/tool >/dev/null
mkdir -p /usr/lib/node_modules/half; echo '{' >/usr/lib/node_modules/half/package.json
mkdir -p /usr/lib/node_modules/hollow; ln -s /srv/none /usr/lib/node_modules/dangling
useradd --system --no-create-home other`,
    wants: [
      { name: 'tool', global: true },
      { name: 'tool', global: true, version: '1.0.0' },
      { name: 'tool', global: true, version: '^1.0', user: 'root' },
      { name: 'tool', global: true, state: 'absent' },
      { name: 'tool', global: true, state: 'latest', registry: REGISTRY },
      { name: 'tool', global: true, version: 'next', registry: REGISTRY },
      { name: 'tool', global: true, state: 'latest', registry: 'http://127.0.0.1:9/' },
      { name: 'none', global: true, state: 'absent' },
      { name: 'half', global: true },
      { name: 'hollow', global: true },
      { name: 'dangling', global: true, state: 'absent' },
      { name: '@s/tool', global: true },
      { name: '@s/tool', global: true, user: 'app' },
      { name: 'tool', global: true, user: 'app' },
      { name: 'tool', global: true, user: 'other' },
      { name: 'left', global: true, user: 'other' },
      { name: 'tool', global: true, executable: '/usr/bin/npm' },
    ],
  },
  {
    name: 'trees',
    title:
      'packages as wanted, none, changed by hand, with development packages; lock files that are missing, old and of another application',
    given: `${NPM_READY}
ci() { (cd "$1" && shift && npm ci --offline --no-audit --loglevel=error "$@" >/dev/null); }
mkdir /srv/empty
for name in new done drifted copied dev install nolock disagree old; do app /srv/$name; done
for name in done drifted copied install disagree; do ci /srv/$name --omit=dev; done; ci /srv/dev
rm -r /srv/drifted/node_modules/@lab/deep; mkdir /srv/drifted/node_modules/stray; echo '{"name":"stray"}' >/srv/drifted/node_modules/stray/package.json
sed -i 's/1.0.0/1.0.1/' /srv/drifted/node_modules/greet/package.json
rm /srv/copied/node_modules/.package-lock.json
rm /srv/nolock/package-lock.json
for name in install disagree; do sed -i 's/greet-1/greet-2/' /srv/$name/package.json; done
printf '{"lockfileVersion":1,"dependencies":{}}\\n' >/srv/old/package-lock.json
mkdir /srv/without; cd /srv/without; echo '{"scripts":{"build":"x"}}' >package.json; npm install --package-lock-only --offline --no-audit --loglevel=error >/dev/null`,
    wants: [
      ...['empty', 'new', 'done', 'drifted', 'copied', 'dev', 'nolock', 'disagree', 'old'].map((name) => ({
        path: `/srv/${name}`,
      })),
      { path: '/srv/dev', production: false },
      { path: '/srv/done', production: false },
      { path: '/srv/done', command: 'install' },
      { path: '/srv/install', command: 'install' },
      { path: '/srv/nolock', command: 'install' },
      { path: '/srv/done', command: 'run build' },
      { path: '/srv/done', command: 'run test' },
      { path: '/srv/without' },
    ],
  },
  {
    name: 'broken',
    title: 'files that are no JSON',
    given: `${NPM_READY}
mkdir /srv/package /srv/lock; echo '{' >/srv/package/package.json; echo '{}' >/srv/lock/package.json; echo '<html>' >/srv/lock/package-lock.json`,
    wants: [{ path: '/srv/package' }, { path: '/srv/lock' }],
  },
  {
    name: 'ordinary-user',
    title: 'ops, who cannot become another',
    as: 'ops',
    given: `${NPM_READY}
app /srv/app`,
    wants: [{ path: '/srv/app' }, { path: '/srv/app', user: 'www-data' }, { path: '/srv/app', user: 'ops' }],
  },
];

export default situations;
