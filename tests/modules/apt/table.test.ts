import { describe, expect, test } from 'vitest';
import apt from '../../../modules/apt/apt.ts';
import { packageSpec } from '../../../modules/apt/want.ts';
import { bind, output } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

const none = {
  root: true,
  packages: [],
  provided: [],
  age: undefined,
  simulation: undefined,
  deb: undefined,
  files: 0,
  outdatedFiles: 0,
};
const record = (name: string, version: string, status = 'installed', arch = 'amd64') => ({
  name,
  version,
  arch,
  status,
  held: false,
});
const held = (name: string, version: string) => ({ ...record(name, version), held: true });
const would = (
  installs: readonly (readonly [string, string | undefined, string])[],
  removes: readonly string[] = [],
) => ({
  installs: installs.map(([name, from, to]) => ({ name, from, to })),
  removes,
});
const INSTALL =
  '  $ apt() { apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold';
const END = '>"$log" 2>&1 </dev/null; }';
const UPDATE = '  $ until apt-get -q -o APT::Update::Error-Mode=any update >"$log" 2>&1 </dev/null; do';

table(
  apt,
  [
    {
      title: 'a package and what comes with it',
      params: { name: 'curl' },
      have: {
        ...none,
        simulation: would([
          ['libcurl4', undefined, '7.88'],
          ['curl', undefined, '7.88'],
        ]),
      },
      changes: [
        '+ package curl: 7.88, with libcurl4',
        `${INSTALL} --no-remove install curl ${END}`,
        '  = package:curl',
      ],
    },
    {
      title: 'only what is missing is named to apt, so that nothing else is upgraded',
      params: { name: ['nginx', 'curl', 'jq'] },
      have: {
        ...none,
        packages: [record('nginx', '1.22')],
        simulation: would([
          ['curl', undefined, '7'],
          ['jq', undefined, '1.6'],
        ]),
      },
      changes: [
        '+ packages curl, jq: curl 7, jq 1.6',
        `${INSTALL} --no-remove install curl jq ${END}`,
        '  = package:curl',
        '  = package:jq',
      ],
      result: { packages: { nginx: '1.22' } },
    },
    {
      title: 'installed',
      params: { name: ['nginx', 'awk'], update_cache: true },
      have: { ...none, packages: [record('nginx', '1.22')], provided: ['awk'], age: 1e6 },
      changes: [],
    },
    {
      title: 'half-configured is not installed',
      params: { name: 'nginx' },
      have: { ...none, packages: [record('nginx', '1.22', 'half-configured')], simulation: would([]) },
      changes: ['+ package nginx', `${INSTALL} --no-remove install nginx ${END}`, '  = package:nginx'],
    },
    {
      title: 'lists that are missing are fetched first',
      params: { name: 'curl', update_cache: true },
      have: none,
      changes: [
        "! apt's lists: none → fetched",
        UPDATE,
        '+ package curl',
        `${INSTALL} --no-remove install curl ${END}`,
        '  = package:curl',
      ],
    },
    {
      title: 'lists that are fresh enough are not',
      params: { name: 'curl', cache_valid_time: 3600 },
      have: { ...none, age: 3599, simulation: would([['curl', undefined, '7']]) },
      changes: ['+ package curl: 7', `${INSTALL} --no-remove install curl ${END}`, '  = package:curl'],
    },
    {
      title: 'an older version than the one that is there',
      params: { name: 'hello=1.0', allow_downgrade: true },
      have: { ...none, packages: [record('hello', '1.1')], simulation: would([['hello', '1.1', '1.0']]) },
      changes: [
        '~ package hello: 1.1 → 1.0',
        `${INSTALL} --no-remove --allow-downgrades install hello=1.0 ${END}`,
        '  = package:hello',
      ],
    },
    {
      title: 'versions and architectures that fit',
      params: { name: ['hello=1.*', 'tree:amd64', 'base:amd64'] },
      have: {
        ...none,
        packages: [record('hello', '1.1'), record('tree', '2'), record('base', '1', 'installed', 'all')],
      },
      changes: [],
    },
    {
      title: 'another architecture is another package',
      params: { name: 'tree:i386' },
      have: { ...none, packages: [record('tree', '2')], simulation: would([['tree:i386', undefined, '2']]) },
      changes: ['+ package tree:i386: 2', `${INSTALL} --no-remove install tree:i386 ${END}`, '  = package:tree'],
    },
    {
      title: "the host's own architecture goes without saying",
      params: { name: 'tree:amd64' },
      have: { ...none, simulation: would([['tree', undefined, '2']]) },
      changes: ['+ package tree:amd64: 2', `${INSTALL} --no-remove install tree:amd64 ${END}`, '  = package:tree'],
    },
    {
      title: 'the newest version',
      params: { name: ['hello', 'tree'], state: 'latest' },
      have: {
        ...none,
        packages: [record('hello', '1.0'), record('tree', '2')],
        simulation: would([['hello', '1.0', '1.1']]),
      },
      changes: ['~ package hello: 1.0 → 1.1', `${INSTALL} --no-remove install hello tree ${END}`, '  = package:hello'],
    },
    {
      title: 'is there already',
      params: { name: 'hello', state: 'latest' },
      have: { ...none, packages: [record('hello', '1.1')], simulation: would([]) },
      changes: [],
    },
    {
      title: 'whether there is a newer one is known only with new lists',
      params: { name: 'hello', state: 'latest', cache_valid_time: 60 },
      have: { ...none, packages: [record('hello', '1.1')], age: 7200, simulation: would([]) },
      changes: ["! apt's lists: 2 hours old → fetched", UPDATE, `${INSTALL} --no-remove install hello ${END}`],
    },
    {
      title: 'removed, with what depends on it',
      params: { name: ['hello', 'tree'], state: 'absent' },
      have: {
        ...none,
        packages: [record('hello', '1.1'), record('tree', '2', 'config-files')],
        simulation: would([], ['extra', 'hello']),
      },
      changes: ['- package hello: 1.1 → gone, and with it extra', `${INSTALL} remove hello ${END}`],
    },
    {
      title: 'settings go with purge only',
      params: { name: 'tree', state: 'absent', purge: true, autoremove: true },
      have: { ...none, packages: [record('tree', '2', 'config-files')], simulation: would([], ['tree']) },
      changes: ['- package tree: 2 → gone', `${INSTALL} --auto-remove purge tree ${END}`],
    },
    {
      title: 'nothing to remove',
      params: { name: ['tree', 'none'], state: 'absent' },
      have: { ...none, packages: [record('tree', '2', 'config-files'), record('none', '', 'not-installed', '')] },
      changes: [],
    },
    {
      title: 'a version that is to be absent, where another one is installed, is',
      params: { name: ['hello=1.0', 'tree=2*'], state: 'absent' },
      have: {
        ...none,
        packages: [record('hello', '1.1'), record('tree', '2.1')],
        simulation: would([], ['tree']),
      },
      changes: ['- package tree: 2.1 → gone', `${INSTALL} remove tree ${END}`],
    },
    {
      title: 'an upgrade of everything',
      params: { upgrade: 'full' },
      have: {
        ...none,
        simulation: would([
          ['a', '1', '2'],
          ['b', undefined, '1'],
        ]),
      },
      changes: ['~ packages a, b: 1, none → 2, 1', `${INSTALL} dist-upgrade ${END}`],
    },
    { title: 'nothing to upgrade', params: { upgrade: 'safe' }, have: { ...none, simulation: would([]) }, changes: [] },
    {
      title: 'what nothing needs any more',
      params: { autoremove: true },
      have: { ...none, simulation: would([], ['liba', 'libb']) },
      changes: ['- packages liba, libb: gone', `${INSTALL} autoremove ${END}`],
    },
    {
      title: 'a package file',
      params: { deb: '/srv/hello.deb' },
      have: {
        ...none,
        deb: { name: 'hello', version: '1.0', installed: false },
        simulation: would([['hello', undefined, '1.0']]),
      },
      changes: ['+ package hello: 1.0', `${INSTALL} --no-remove install /srv/hello.deb ${END}`, '  = package:hello'],
    },
    {
      title: 'that is installed',
      params: { deb: '/srv/hello.deb' },
      have: { ...none, deb: { name: 'hello', version: '1.0', installed: true } },
      changes: [],
    },
    {
      title: 'what another package provides is installed where none of that name is to be had',
      params: { name: 'awk' },
      have: { ...none, provided: ['awk'] },
      changes: [],
    },
    {
      title: 'installed for another architecture only',
      params: { name: 'tree' },
      have: {
        ...none,
        packages: [record('tree', '1', 'foreign', 'i386')],
        simulation: would([['tree', undefined, '2']], ['tree:i386']),
      },
      changes: ['+ package tree: 2, without tree:i386', `${INSTALL} install tree ${END}`, '  = package:tree'],
    },
    {
      title: 'that architecture is the wanted one',
      params: { name: 'tree:i386' },
      have: { ...none, packages: [record('tree', '1', 'foreign', 'i386')] },
      changes: [],
    },
    {
      title: 'held once it is there',
      params: { name: ['hello=1.1', 'tree'], hold: true },
      have: {
        ...none,
        packages: [held('hello', '1.0'), record('tree', '2')],
        simulation: would([['hello', '1.0', '1.1']]),
      },
      changes: [
        '~ package hello: 1.0 → 1.1',
        `${INSTALL} --no-remove --allow-change-held-packages install hello=1.1 ${END}`,
        '  = package:hello',
        '~ package tree: not held → held',
        '  $ apt-mark -qq hold tree >/dev/null',
      ],
    },
    {
      title: 'held no longer',
      params: { name: ['hello', 'tree'], hold: false },
      have: { ...none, packages: [held('hello', '1.0'), record('tree', '2')] },
      changes: ['~ package hello: held → not held', '  $ apt-mark -qq unhold hello >/dev/null'],
    },
    {
      title: 'only upgrades: what is not installed stays so',
      params: { name: ['hello', 'tree'], state: 'latest', only_upgrade: true, hold: true },
      have: { ...none, packages: [held('hello', '1.0')], simulation: would([['hello', '1.0', '1.1']]) },
      changes: [
        '~ package hello: 1.0 → 1.1',
        `${INSTALL} --allow-change-held-packages --only-upgrade install hello tree ${END}`.replace(
          'confold ',
          'confold --no-remove ',
        ),
        '  = package:hello',
      ],
    },
    {
      title: 'fetched files that are of no use any more',
      params: { autoclean: true },
      have: { ...none, outdatedFiles: 3 },
      changes: ['! fetched package files: 3 → gone', '  $ apt-get -qq autoclean'],
    },
    {
      title: 'all of them, after what is fetched meanwhile',
      params: { name: 'tree', clean: true },
      have: { ...none, simulation: would([['tree', undefined, '2']]) },
      changes: [
        '+ package tree: 2',
        `${INSTALL} --no-remove install tree ${END}`,
        '  = package:tree',
        '! fetched package files: gone',
        '  $ apt-get -qq clean',
      ],
    },
    {
      title: 'none there',
      params: { name: 'tree', clean: true },
      have: { ...none, packages: [record('tree', '2')] },
      changes: [],
    },
    {
      title: 'what has to go for it is said, and forbidden where that is asked for',
      params: { name: 'a, b', fail_on_autoremove: true },
      have: {
        ...none,
        simulation: would(
          [
            ['a', undefined, '1'],
            ['b', undefined, '1'],
          ],
          ['c'],
        ),
      },
      changes: [
        '+ packages a, b: a 1, b 1, without c',
        `${INSTALL} --no-remove install a b ${END}`,
        '  = package:a',
        '  = package:b',
      ],
    },
    {
      title: 'without root',
      params: { name: 'curl' },
      have: { ...none, root: false, simulation: would([['curl', undefined, '7']]) },
      changes: [],
      failure: 'only root may change packages',
    },
    {
      title: 'options',
      params: {
        name: 'curl',
        install_recommends: false,
        default_release: 'stable',
        lock_timeout: 5,
        policy_rc_d: 101,
        autoremove: true,
      },
      have: { ...none, simulation: would([['curl', undefined, '7']]) },
      changes: [
        '+ package curl: 7',
        `${INSTALL.replace('=300', '=5')} -t stable --no-install-recommends --auto-remove install curl ${END}`,
        '  = package:curl',
      ],
    },
  ],
  /apt-get|apt-mark/,
);

describe('what apt said', () => {
  const parse = (stdout: string, ...params: Record<string, unknown>[]) =>
    apt.parse(
      output({ stdout }),
      params.map((one) => bind(apt, one)),
    );

  test('each task gets its own simulation', () => {
    const states = parse(
      'root\npackage installed a=1:2.0-1 amd64\nsim 0 0\n| Inst b (2.0 x [amd64])\nsim 2 0\n| Remv a [1:2.0-1]\n| Purg c [1]\nend\n',
      { name: 'b' },
      { name: 'a' },
      { name: 'a', state: 'absent' },
    );
    expect(states).toMatchObject([
      { root: true, simulation: { installs: [{ name: 'b', to: '2.0' }], removes: [] } },
      { packages: [{ name: 'a', version: '1:2.0-1', arch: 'amd64', status: 'installed' }], simulation: undefined },
      { simulation: { installs: [], removes: ['a', 'c'] } },
    ]);
  });

  test('a package that apt does not know', () => {
    const refused = 'sim 0 100\n| Reading package lists...\n| E: Unable to locate package b\nend\n';
    expect(parse(refused, { name: 'b' })).toMatchObject(
      [
        {
          needs: ['package:b'],
          failure: { detail: 'It says:\n  E: Unable to locate package b', hint: /update_cache/ },
        },
      ].map((one) => ({ ...one, failure: { ...one.failure, hint: expect.stringMatching(one.failure.hint) } })),
    );
    // New lists may know it.
    expect(parse(`lists none\n${refused}`, { name: 'b', update_cache: true })).toMatchObject([
      { simulation: undefined },
    ]);
  });

  test('no apt, no file, no package file', () => {
    expect(parse('none\n', { name: 'a' })).toMatchObject([{ needs: ['command:dpkg-query', 'command:apt-get'] }]);
    expect(parse('deb 0 missing - no\nend\n', { deb: '/a.deb' })).toMatchObject([{ needs: ['path:/a.deb'] }]);
    expect(parse('deb 0 ? ? no\nend\n', { deb: '/a.deb' })).toMatchObject([
      { needs: ['path:/a.deb'], failure: { summary: '/a.deb is no package' } },
    ]);
  });

  test.each(['', 'root\n', 'forged\nend\n', 'package installed x amd64\nend\n'])('%j is an error', (stdout) => {
    expect(() => parse(stdout, { name: 'a' })).toThrow();
  });
});

describe('what is refused', () => {
  test.each([
    [{}, 'The task gives apt nothing to do'],
    [{ name: 'A b' }, "no package's name"],
    [{ name: ['curl', '-y'] }, "no package's name"],
    [{ name: 'curl>=1' }, "no package's name"],
    [{ name: 'curl', upgrade: 'full' }, 'in one task'],
    [{ deb: '/a.deb', state: 'absent' }, 'absent is for packages by name'],
    [{ deb: 'a.deb' }, 'absolute'],
    [{ hold: true, upgrade: 'full' }, 'hold is for packages that are installed by name'],
    [{ name: 'a', state: 'absent', hold: true }, 'hold is for packages that are installed by name'],
    [{ upgrade: 'no' }, 'The task gives apt nothing to do'],
    [{ name: 'a', dpkg_options: '--force-all' }, 'wrong form'],
  ])('%j', (params, words) => {
    expect(() => bind(apt, params)).toThrow(words);
  });
});

test('a package is named with version and architecture', () => {
  expect(packageSpec('libc6:amd64=2.36-9+deb12u4')).toEqual({
    name: 'libc6',
    arch: 'amd64',
    version: '2.36-9+deb12u4',
    text: 'libc6:amd64=2.36-9+deb12u4',
  });
});

test('many tasks share one dpkg-query, and converged ones ask apt nothing', () => {
  const wants = Array.from({ length: 50 }, (_, index) => bind(apt, { name: `p${index}` }));
  const script = apt.probe(wants)?.text ?? '';
  expect(script.match(/dpkg-query -W/g)?.length).toBe(2); // the second only for what may be virtual
});
