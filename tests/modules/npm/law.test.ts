import { laws } from '../../law/law.ts';
import { NPM_READY } from './situations.ts';

laws('npm', [
  {
    title: 'packages from a lock file, as a user without a home',
    tasks: '- name: Packages\n  npm: { path: /srv/app, user: app }',
    situations: [
      {
        title: 'from absent',
        given: `${NPM_READY}
useradd --system app; app /srv/app; chown -R app /srv/app`,
        changed: ['Packages'],
      },
      {
        title: 'from drifted',
        given: 'cd /srv/app/node_modules && rm -r @lab/deep && mkdir stray && sed -i s/1.0.0/1.0.1/ greet/package.json',
        changed: ['Packages'],
      },
      {
        title: 'from installed with development packages',
        given:
          'cd /srv/app && runuser -u app -- env HOME=/tmp npm ci --offline --no-audit --loglevel=error >/dev/null && rm -rf /tmp/.npm',
        changed: ['Packages'],
      },
    ],
    observe:
      'cd /srv/app && stat -c "%n %U" node_modules/* node_modules/@lab/deep node_modules/.package-lock.json 2>&1; node -p \'require("/srv/app/node_modules/greet/package.json").version\' 2>&1 | tail -n 1; ls -A /srv/app /home',
    observed: [
      'node_modules/@lab app',
      'node_modules/greet app',
      'node_modules/@lab/deep app',
      'node_modules/.package-lock.json app',
      '1.0.0',
      '/home:',
      'ops',
      '',
      '/srv/app:',
      'node_modules',
      'package-lock.json',
      'package.json',
      '',
    ].join('\n'),
  },
  {
    title: 'install follows package.json',
    tasks: '- name: Packages\n  npm: { path: /srv/other, command: install, production: false }',
    situations: [
      {
        title: 'from absent',
        given: `${NPM_READY.replace('\nnode_there\n', '\n')}\napp /srv/other`,
        changed: ['Packages'],
      },
      {
        title: 'from a newer package.json',
        given: 'sed -i s/greet-1/greet-2/ /srv/other/package.json',
        changed: ['Packages'],
      },
    ],
    observe: 'cd /srv/other && ls node_modules 2>&1; grep -c "packages/greet" package-lock.json',
    observed: '@lab\ngreet\ntool\n2\n',
  },
  {
    title:
      'an application that needs no packages in production: those that were there go, and npm makes no node_modules',
    tasks: '- name: Packages\n  npm: { path: /srv/alone }',
    situations: [
      {
        title: 'from development packages',
        given: `mkdir /srv/alone; cd /srv/alone; echo '{"devDependencies":{"tool":"file:../packages/tool-1.0.0.tgz"}}' >package.json; npm install --offline --no-audit --loglevel=error >/dev/null`,
        changed: ['Packages'],
      },
    ],
    observe: 'ls -A /srv/alone',
    observed: 'package-lock.json\npackage.json\n',
  },
  {
    title: 'a script acts each time',
    tasks: '- name: Build\n  npm: { path: /srv/app, command: run build, user: app }',
    situations: [{ title: 'from not run', changed: ['Build'] }],
    observe: 'cat /srv/app/built 2>&1',
    observed: 'app\n',
    acts: ['Build'],
  },
]);
