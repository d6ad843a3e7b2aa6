// What each module says that it is about, also while not all of its parameters are known.
import { expect, test } from 'vitest';
import { Unknown } from '../../../engine/module/index.ts';
import { modules } from '../../../modules/index.ts';

const later = new Unknown('apply', 'a pending change');

type Row = readonly [given: Readonly<Record<string, unknown>>, about: readonly string[], looksAt?: readonly string[]];

/** Modules that change nothing on a host that another task could be about. */
const NOTHING = ['assert', 'debug', 'fail', 'pause', 'proof-verify', 'set-fact', 'wait-for'];

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  apt: [
    [{ name: ['nginx', 'jq=1.6', 'libc6:amd64'] }, ['package:nginx', 'package:jq', 'package:libc6']],
    [{ name: later }, ['package:*']],
    [{ upgrade: 'safe' }, ['package:*']],
  ],
  'apt-repository': [
    [{ name: 'node' }, ['repository:node', 'path:/etc/apt/sources.list.d/node.sources']],
    [{ name: later }, ['repository:*', 'path:*']],
  ],
  'authorized-key': [[{ user: 'anna', path: '/k' }, ['keys of:anna', 'path:/k'], ['user:anna']]],
  blockinfile: [[{ path: '/etc/x/' }, ['path:/etc/x']]],
  certbot: [
    [
      { domains: ['a.example', 'b.example'] },
      [
        'certificate:a.example',
        'path:/etc/letsencrypt/live/a.example/',
        'path:/etc/letsencrypt/renewal/a.example.conf',
      ],
    ],
  ],
  command: [
    [{ argv: ['touch', '/srv/f'] }, ['path:/srv/f/']],
    [{ argv: ['make', 'all'], chdir: '/srv' }, ['act:any', 'word:make', 'path:/srv/all/', 'word:all', 'path:/srv/']],
    [{ cmd: later }, ['act:any']],
    [
      { argv: ['make'], creates: '/srv/out' },
      ['word:make', 'path:/srv/out/'],
      ['path:/srv/out', 'package:out', 'act:any'],
    ],
  ],
  copy: [
    [{ dest: '/f', content: later }, ['path:/f']],
    [{ dest: '/d', src: 'site' }, ['path:/d/']],
    [{ dest: '/d', src: '/s', remote_src: true }, ['path:/d/'], ['path:/s/']],
  ],
  cron: [
    [{ name: 'nightly' }, ['job:root/nightly'], ['word:crontab']],
    [{ name: later, cron_file: 'app' }, ['job:*', 'path:/etc/cron.d/app'], ['word:crontab']],
  ],
  'env-file': [[{ path: '/e' }, ['path:/e']]],
  fetch: [[{ src: '/f', dest: 'here/' }, ['fetched file:/f to here/'], ['path:/f']]],
  file: [
    [{ path: '/f', state: 'touch' }, ['path:/f']],
    [{ path: '/d', state: 'absent' }, ['path:/d/']],
    [{ path: '/l', state: 'hard', src: '/f' }, ['path:/l/'], ['path:/f']],
  ],
  find: [[{ paths: '/a,/b' }, [], ['path:/a/', 'path:/b/']]],
  'get-url': [
    [{ dest: '/d', url: later }, ['download:/d', 'path:/d']],
    [{ dest: '/d/', url: 'http://x/y/z' }, ['download:/d/', 'path:/d/z']],
  ],
  git: [[{ dest: '/d', repo: '/r' }, ['work tree:/d', 'path:/d/'], ['path:/r/']]],
  group: [[{ name: 'crew' }, ['group:crew'], ['own group:crew']]],
  hostname: [[{ name: later }, ['setting:hostname', 'path:/etc/hostname'], ['word:hostnamectl']]],
  http: [
    [{ url: 'http://x/' }, []],
    [{ url: 'http://x/', method: 'POST' }, ['act:any']],
  ],
  lineinfile: [[{ path: later }, ['path:*']]],
  replace: [[{ path: '/etc/a', regexp: later }, ['path:/etc/a']]],
  mount: [
    [
      { path: '/srv/data', src: '/dev/sdb1' },
      ['mount:/srv/data', 'path:/srv/data/', 'path:/etc/fstab'],
      ['path:/dev/sdb1'],
    ],
  ],
  meta: [
    [{ action: 'barrier' }, []],
    [{ action: 'end_host' }, ['play:rest']],
  ],
  nginx: [
    [
      { domain: 'a.example', tls: { certificate: '/c', key: '/k' } },
      ['path:/etc/nginx/sites-available/a.example', 'path:/etc/nginx/sites-enabled/a.example'],
      ['path:/c', 'path:/k'],
    ],
  ],
  npm: [[{ path: '/srv/app' }, ['packages of:/srv/app', 'path:/srv/app/']]],
  'prisma-migrate': [[{ path: '/a', env_file: '/e' }, ['database of:/a', 'path:/a/prisma/'], ['path:/e']]],
  reboot: [[{}, ['unit:*', 'act:any']]],
  release: [
    [{ path: '/a', id: 'one' }, ['path:/a/current', 'path:/a/releases/one']],
    [{ path: '/a', id: 'one', state: 'current' }, ['path:/a/current']],
  ],
  script: [[{ cmd: 'build.sh /srv' }, ['act:any', 'word:build.sh', 'path:/srv/']]],
  shell: [[{ cmd: 'cd /srv && rm -rf *.old x' }, ['path:/srv/', 'word:x', 'name:x']]],
  slurp: [[{ src: '/f' }, [], ['path:/f']]],
  stat: [[{ path: '/f' }, [], ['path:/f']]],
  sync: [[{ dest: '/d' }, ['path:/d/']]],
  sysctl: [[{ name: 'a.b' }, ['setting:a.b'], ['path:/etc/sysctl.d/99-vrun.conf', 'word:sysctl']]],
  systemd: [
    [
      { unit: 'nap' },
      ['unit:nap.service', 'path:/etc/systemd/system/nap.service', 'path:/etc/systemd/system/nap.service.d/'],
    ],
  ],
  template: [[{ dest: '/f' }, ['path:/f/']]],
  timezone: [
    [{ name: 'Etc/UTC' }, ['setting:timezone', 'path:/etc/localtime', 'path:/etc/timezone'], ['word:timedatectl']],
  ],
  ufw: [[{}, ['firewall:ufw', 'path:/etc/ufw/'], ['word:iptables', 'word:nft']]],
  unarchive: [
    [{ src: '/a.tar', remote_src: true, dest: '/d', creates: '/d/x' }, ['path:/d/'], ['path:/d/x', 'path:/a.tar']],
  ],
  user: [
    [{ name: 'anna', home: '/h', authorized_keys: ['k'] }, ['user:anna', 'path:/h/', 'keys of:anna', 'own group:anna']],
  ],
};

test.each(modules.map((module) => [module.name, module] as const))('%s', (name, module) => {
  const rows = ROWS[name] ?? (NOTHING.includes(name) ? [[{}, []] as Row] : []);
  expect(rows, 'each module has a row here').not.toEqual([]);
  for (const [given, about, looksAt] of rows) {
    expect(module.about(given, undefined)).toEqual(about);
    if (looksAt) expect(module.looksAt(given)).toEqual(looksAt);
  }
});
