import { APP_ON_HOST } from '../../lab/app-offer.js';
import type { Situations } from '../situation.ts';

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

const situations: Situations = [
  {
    name: 'bare',
    title: 'a host without npm, a directory that is not there, an application that is not',
    given: 'mkdir /srv/app',
    wants: [{ path: '/srv/none' }, { path: '/srv/app' }, { path: '/srv/app', user: 'none-such' }],
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
