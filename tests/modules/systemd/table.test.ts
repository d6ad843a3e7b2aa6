import { describe, expect, test } from 'vitest';
import { Content, effectsOf, pathEffects, Secret } from '../../../engine/module/index.ts';
import systemd from '../../../modules/systemd/systemd.ts';
import { bind, output } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { foreseen } from '../harness/foreseen.ts';
import { table } from '../harness/table.ts';

const unit = {
  id: 'app.service',
  pulled: false,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  file: 'enabled',
  type: 'simple',
  remains: false,
  canReload: true,
  since: 1000,
  entries: [],
};
const stopped = { ...unit, active: 'inactive', sub: 'dead', since: undefined };
const installed = (install: readonly string[], config: readonly string[]) => ({
  units: [
    { names: ['app.service', 'nick.service'], fragments: [{ path: '/lib/systemd/system/app.service', install }] },
  ],
  config,
  runtime: [],
  global: [],
  taken: ['other.service'],
});
const INSTALL = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=a.target\n';
const none = { ...stopped, load: 'not-found', file: '', type: '', entries: [undefined] };
const TEXT = '[Service]\nExecStart=/bin/true\n';
const written = (modified = 900) => entry({ sha256: Content.of(TEXT).sha256, modified, mode: 0o644 });
const old = entry({ sha256: 'other', text: 'old\n' });
const FILE = '/etc/systemd/system/app.service';
const call = (verb: string, name = 'app.service') => [
  `  $ u=${name}`,
  `  $ timeout 90 systemctl ${verb} -- "$u"; s=$?`,
];

table(
  systemd,
  [
    {
      title: 'as it should be',
      params: { unit: 'app', state: 'started', enabled: true, masked: false },
      have: unit,
      changes: [],
    },
    {
      title: 'started',
      params: { unit: 'app', state: 'started' },
      have: stopped,
      changes: ['~ unit app.service: inactive → started', ...call('start')],
    },
    {
      title: 'one that crashes and is started again and again is not running',
      params: { unit: 'app', state: 'started' },
      have: { ...stopped, active: 'activating', sub: 'auto-restart' },
      changes: ['~ unit app.service: failing → started', ...call('start')],
    },
    {
      title: 'nor has it stopped',
      params: { unit: 'app', state: 'stopped' },
      have: { ...stopped, active: 'activating', sub: 'auto-restart' },
      changes: ['~ unit app.service: failing → stopped', ...call('stop')],
    },
    {
      title: 'one that is on its way is',
      params: { unit: 'app', state: 'started' },
      have: { ...stopped, active: 'activating', sub: 'start' },
      changes: [],
    },
    {
      title: 'what runs once and ends is an act, since it is never found running',
      params: { unit: 'app', state: 'started' },
      have: { ...stopped, type: 'oneshot' },
      changes: ['! unit app.service: inactive → run once', ...call('start')],
    },
    {
      title: 'unless it remains',
      params: { unit: 'app', state: 'started' },
      have: { ...unit, type: 'oneshot', remains: true },
      changes: [],
    },
    {
      title: 'stopped',
      params: { unit: 'app', state: 'stopped' },
      have: unit,
      changes: ['~ unit app.service: active → stopped', ...call('stop')],
    },
    {
      title: 'failed is stopped',
      params: { unit: 'app', state: 'stopped' },
      have: { ...stopped, active: 'failed' },
      changes: [],
    },
    {
      title: 'a restart is an act',
      params: { unit: 'app', state: 'restarted' },
      have: unit,
      changes: ['! unit app.service: active → restarted', ...call('restart')],
    },
    {
      title: 'so is a reload',
      params: { unit: 'app.service', state: 'reloaded' },
      have: unit,
      changes: ['! unit app.service: active → reloaded', ...call('reload')],
    },
    {
      title: 'which starts what does not run',
      params: { unit: 'app', state: 'reloaded' },
      have: stopped,
      changes: ['! unit app.service: inactive → started', ...call('start')],
    },
    {
      title: 'also one that cannot reload',
      params: { unit: 'app', state: 'reloaded' },
      have: { ...stopped, canReload: false },
      changes: ['! unit app.service: inactive → started', ...call('start')],
    },
    {
      title: 'one that runs and cannot reload',
      params: { unit: 'app', state: 'reloaded' },
      have: { ...unit, canReload: false },
      changes: ['! unit app.service: active → reloaded', ...call('reload')],
      foretold: "can't reload",
    },
    {
      title: 'enabled, another kind of unit',
      params: { unit: 'app.timer', enabled: true },
      have: { ...unit, id: 'app.timer', file: 'disabled' },
      changes: ['~ unit app.timer: disabled → enabled', '  $ systemctl --quiet enable -- app.timer'],
    },
    {
      title: 'by a name that another unit has',
      params: { unit: 'app', enabled: true },
      have: { ...unit, file: 'disabled', install: installed(['Alias=free.service other.service'], []) },
      changes: [],
      failure: "app.service can't be enabled",
    },
    {
      title: 'the same by force',
      params: { unit: 'app', enabled: true, force: true },
      have: { ...unit, file: 'disabled', install: installed(['Alias=other.service'], []) },
      changes: ['~ unit app.service: disabled → enabled', '  $ systemctl --quiet --force enable -- app.service'],
    },
    {
      title: 'until the next boot only',
      params: { unit: 'app', enabled: true },
      have: { ...unit, file: 'enabled-runtime' },
      changes: ['~ unit app.service: enabled-runtime → enabled', '  $ systemctl --quiet enable -- app.service'],
    },
    {
      title: 'disabled',
      params: { unit: 'app', enabled: false },
      have: unit,
      changes: ['~ unit app.service: enabled → disabled', '  $ systemctl --quiet disable -- app.service'],
    },
    {
      title: 'a unit without [Install] starts with others or not at all',
      params: { unit: 'app', enabled: true },
      have: { ...unit, file: 'static', install: installed([], []) },
      changes: [],
      failure: "can't be enabled",
    },
    {
      title: 'one that others want',
      params: { unit: 'app', enabled: true },
      have: { ...unit, file: 'static', pulled: true, install: installed([], []) },
      changes: [],
    },
    {
      title: 'nor is it enabled',
      params: { unit: 'app', enabled: false },
      have: { ...unit, file: 'static', install: installed([], []) },
      changes: [],
    },
    {
      title: 'each link that [Install] asks for has to be there',
      params: { unit: 'app', enabled: true },
      have: { ...unit, install: installed(['WantedBy=a.target b.target'], ['a.target.wants/app.service']) },
      changes: [
        '~ unit app.service: enabled (a.target.wants/app.service) → enabled (a.target.wants/app.service, b.target.wants/app.service)',
        '  $ systemctl --quiet enable -- app.service',
      ],
    },
    {
      title: 'an empty value takes back what a drop-in adds to, and a line goes on in the next',
      params: { unit: 'app', enabled: true },
      have: {
        ...unit,
        install: installed(
          ['WantedBy=a.target', 'WantedBy=', '# not this', 'WantedBy=b.target \\', '  %p.target'],
          ['b.target.wants/app.service', 'app.target.wants/app.service'],
        ),
      },
      changes: [],
    },
    {
      title: 'links of somebody else beside them stay',
      params: { unit: 'app', enabled: true },
      have: {
        ...unit,
        install: installed(['WantedBy=a.target'], ['a.target.wants/app.service', 'b.target.wants/app.service']),
      },
      changes: [],
    },
    {
      title: 'but not where the file is of the task itself',
      params: { unit: 'app', enabled: true, content: INSTALL },
      have: {
        ...unit,
        install: installed(['WantedBy=b.target'], ['b.target.wants/app.service']),
        entries: [entry({ sha256: Content.of(INSTALL).sha256, mode: 0o644 })],
      },
      changes: [
        '~ unit app.service: enabled (b.target.wants/app.service) → enabled (a.target.wants/app.service)',
        '  $ systemctl --quiet reenable -- app.service',
      ],
    },
    {
      title: 'nothing but Also=: the other unit decides',
      params: { unit: 'app', enabled: true },
      have: {
        ...unit,
        file: 'indirect',
        install: {
          ...installed(['Also=tick.timer'], []),
          units: [
            ...installed(['Also=tick.timer'], []).units,
            {
              names: ['tick.timer'],
              fragments: [{ path: '/t', install: ['WantedBy=timers.target', 'Also=app.service'] }],
            },
          ],
        },
      },
      changes: ['~ unit app.service: indirect → enabled', '  $ systemctl --quiet enable -- app.service'],
    },
    {
      title: 'by a second name',
      params: { unit: 'nick', state: 'stopped', enabled: false },
      have: { ...unit, install: installed(['WantedBy=a.target'], ['a.target.wants/app.service']) },
      changes: [
        '~ unit app.service: active → stopped',
        ...call('stop'),
        '~ unit app.service: enabled → disabled',
        '  $ systemctl --quiet disable -- app.service',
      ],
    },
    {
      title: 'enabled until the next boot, and no longer',
      params: { unit: 'app', enabled: false },
      have: {
        ...unit,
        file: 'enabled-runtime',
        install: { ...installed(['WantedBy=a.target'], []), runtime: ['a.target.wants/app.service'] },
      },
      changes: [
        '~ unit app.service: enabled-runtime → disabled',
        '  $ systemctl --quiet disable -- app.service && systemctl --quiet disable --runtime -- app.service',
      ],
    },
    {
      title: 'an init script',
      params: { unit: 'app', enabled: true },
      have: { ...unit, file: 'generated', source: '/etc/init.d/app', initLinks: false, install: installed([], []) },
      changes: ['~ unit app.service: generated → enabled', '  $ systemctl --quiet enable -- app.service'],
    },
    {
      title: 'what is generated anew at each boot',
      params: { unit: 'srv.mount', enabled: false },
      have: {
        ...unit,
        id: 'srv.mount',
        file: 'generated',
        source: '/etc/fstab',
        pulled: true,
        install: installed([], []),
      },
      changes: [],
      failure: "can't be disabled",
    },
    {
      title: 'what is gone is stopped, disabled and not masked',
      params: { unit: 'app', state: 'stopped', enabled: false, masked: false },
      have: none,
      changes: [],
    },
    {
      title: 'nobody waits for it',
      params: { unit: 'app', state: 'started', no_block: true },
      have: stopped,
      changes: [
        '! unit app.service: inactive → started',
        '  $ [ "$(systemctl show --property=NeedDaemonReload --value -- app.service)" != yes ] || systemctl daemon-reload || exit',
        '  $ systemctl --no-block start -- app.service',
      ],
    },
    {
      title: 'the manager reads its files again where it has to',
      params: { daemon_reload: true },
      have: { ...none, id: '', stale: true },
      changes: ['! systemd: files that it has not read → read again', '  $ systemctl daemon-reload'],
    },
    { title: 'and not where it has not', params: { daemon_reload: true }, have: { ...none, id: '' }, changes: [] },
    {
      title: 'masked until the next boot',
      params: { unit: 'app', masked: true },
      have: { ...stopped, load: 'masked', file: 'masked-runtime' },
      changes: ['~ unit app.service: masked until the next boot → masked', '  $ systemctl mask -- app.service'],
    },
    {
      title: 'masked by its package',
      params: { unit: 'app', masked: false },
      have: { ...stopped, load: 'masked', file: 'masked', fragment: '/lib/systemd/system/app.service' },
      changes: [],
      failure: "can't be unmasked",
    },
    {
      title: 'masked',
      params: { unit: 'app', masked: true },
      have: unit,
      changes: ['~ unit app.service: not masked → masked', '  $ systemctl mask -- app.service'],
    },
    {
      title: 'a masked unit is not started unasked',
      params: { unit: 'app', state: 'started' },
      have: { ...stopped, load: 'masked', file: 'masked' },
      changes: [],
      failure: 'app.service is masked',
    },
    {
      title: 'one that runs already needs no start',
      params: { unit: 'app', state: 'started' },
      have: { ...unit, load: 'masked', file: 'masked' },
      changes: [],
    },
    {
      title: 'but can be neither restarted nor enabled',
      params: { unit: 'app', state: 'restarted' },
      have: { ...unit, load: 'masked', file: 'masked' },
      changes: [],
      failure: 'app.service is masked',
    },
    {
      title: 'unmasked and started',
      params: { unit: 'app', state: 'started', masked: false },
      have: { ...stopped, load: 'masked', file: 'masked' },
      changes: [
        '~ unit app.service: masked → not masked',
        '  $ systemctl unmask -- app.service && systemctl unmask --runtime -- app.service',
        '~ unit app.service: inactive → started',
        ...call('start'),
      ],
    },
    {
      title: "a user's manager",
      params: { unit: 'agent', scope: 'user', enabled: true },
      have: { ...unit, id: 'agent.service', file: 'disabled' },
      changes: [
        '~ unit agent.service: disabled → enabled',
        '  $ env XDG_RUNTIME_DIR="/run/user/$(id -u)" systemctl --user --quiet enable -- agent.service',
      ],
    },
    {
      title: 'a new unit: its file, then its links, with which the manager reads it, then the rest',
      params: { unit: 'app', content: INSTALL, enabled: true, state: 'started', restart_on_change: true },
      have: none,
      changes: [
        `+ file ${FILE}: mode 0644, owner root, group root`,
        '  revert systemctl daemon-reload',
        `  > ${FILE} 0644 root:root ${JSON.stringify(INSTALL)}`,
        '  restore',
        `  = path:${FILE}`,
        '  = unit:app.service',
        '~ unit app.service: not enabled → enabled',
        '  $ systemctl --quiet enable -- app.service',
        '~ unit app.service: inactive → started',
        ...call('start'),
      ],
    },
    {
      title: 'a changed file restarts in the same change, so that the restart cannot get lost',
      params: { unit: 'app', content: TEXT, restart_on_change: true, state: 'started' },
      have: { ...unit, entries: [old] },
      changes: [
        `~ file ${FILE}: restarted`,
        '  revert systemctl daemon-reload && systemctl restart -- app.service',
        `  > ${FILE} 0644 root:root ${JSON.stringify(TEXT)}`,
        '  restore',
        '  $ systemctl daemon-reload',
        ...call('restart'),
      ],
    },
    {
      title: 'only where asked for',
      params: { unit: 'app', content: TEXT },
      have: { ...unit, entries: [old] },
      changes: [
        `~ file ${FILE}`,
        '  revert systemctl daemon-reload',
        `  > ${FILE} 0644 root:root ${JSON.stringify(TEXT)}`,
        '  restore',
        '  $ systemctl daemon-reload',
      ],
    },
    {
      title: 'what does not run is not restarted',
      params: { unit: 'app', content: TEXT, restart_on_change: true },
      have: { ...stopped, entries: [written()] },
      changes: [],
    },
    {
      title: 'a restart that an earlier run did not come to is made up for',
      params: { unit: 'app', content: TEXT, restart_on_change: true },
      have: { ...unit, entries: [written(1003)] },
      changes: ['~ unit app.service: running from before its file changed → restarted', ...call('restart')],
    },
    {
      title: 'with two seconds of doubt',
      params: { unit: 'app', content: TEXT, restart_on_change: true },
      have: { ...unit, entries: [written(1002)] },
      changes: [],
    },
    {
      title: 'a drop-in',
      params: { unit: 'app', drop_in: { limits: TEXT } },
      have: { ...unit, entries: [undefined] },
      changes: [
        `+ file ${FILE}.d/limits.conf: mode 0644, owner root, group root`,
        `  $ mkdir -p -- ${FILE}.d`,
        '  revert systemctl daemon-reload',
        `  > ${FILE}.d/limits.conf 0644 root:root ${JSON.stringify(TEXT)}`,
        '  restore',
        '  $ systemctl daemon-reload',
        `  = path:${FILE}.d/limits.conf`,
      ],
    },
    {
      title: "a secret in a unit's file is root's alone",
      params: { unit: 'app', content: new Secret('unit', TEXT) },
      have: none,
      changes: [
        `+ file ${FILE}: mode 0600, owner root, group root, new content (secret)`,
        '  revert systemctl daemon-reload',
        `  > ${FILE} 0600 root:root ‹secret content›`,
        '  restore',
        '  $ systemctl daemon-reload',
        `  = path:${FILE}`,
        '  = unit:app.service',
      ],
    },
  ],
  /systemctl [a-z-].* -- [^"]|systemctl --quiet|systemctl --user|timeout|u=|mkdir|systemctl daemon-reload$/,
);

describe('what systemctl said', () => {
  const show = (load: string, active: string, more = '') =>
    `Id=a.service\nLoadState=${load}\nActiveState=${active}\nSubState=dead\nUnitFileState=\n${more}`;
  const parse = (said: Parameters<typeof output>[0], ...params: Record<string, unknown>[]) =>
    systemd.parse(
      output(said),
      params.map((one) => bind(systemd, one)),
    );

  test('blocks come in the order of the names, each name once', () => {
    const stdout = `@clock\n5000 1000.5\n@system\n${show('loaded', 'active', 'ActiveEnterTimestampMonotonic=250500000\n')}\n${show('not-found', 'inactive')}`;
    const states = parse(
      { stdout },
      { unit: 'a', state: 'started' },
      { unit: 'b', state: 'started' },
      { unit: 'a', enabled: true },
    );
    expect(states).toMatchObject([
      { load: 'loaded', since: 4250 },
      { needs: ['unit:b.service'], fresh: { active: 'inactive' } },
      { load: 'loaded' },
    ]);
  });

  test('no systemd', () => {
    expect(parse({ stdout: '@none\n' }, { unit: 'a' })).toMatchObject([{ needs: ['command:systemctl'] }]);
    const said = { stdout: '@clock\n1 1\n@system\n', stderr: 'System has not been booted with systemd\n', status: 1 };
    expect(parse(said, { unit: 'a' })).toMatchObject([
      { failure: { summary: 'systemd does not answer', detail: '  System has not been booted with systemd' } },
    ]);
  });

  test.each(['@clock\n1 1\n@system\n', '@clock\n\n@system\nLoadState=a\n', '@clock\n1 1\n@system\nActiveState=a\n'])(
    '%j is an error',
    (stdout) => {
      expect(() =>
        parse({ stdout: stdout === '@clock\n1 1\n@system\n' ? `${stdout}\n\nx\n\ny` : stdout }, { unit: 'a' }),
      ).toThrow();
    },
  );

  test('many units are one systemctl', () => {
    const wants = Array.from({ length: 40 }, (_, index) => bind(systemd, { unit: `u${index}`, state: 'started' }));
    expect(systemd.probe(wants)?.text.match(/\$\(show|ctl show/g)?.length).toBe(2); // what show is, and that it is asked
  });
});

describe('what is refused', () => {
  test.each([
    [{ unit: 'a b' }, 'wrong form'],
    [{ unit: '-h' }, 'That is no unit'],
    [{ unit: 'a', content: 'x', src: 'any' }, 'in one task'],
    [{ unit: 'a', content: 'x', scope: 'user' }, 'units of the system'],
    [{ unit: 'a@.service', state: 'started' }, 'Only an instance'],
    [{ state: 'started' }, 'No unit is named'],
    [{ daemon_reload: true, enabled: true }, 'No unit is named'],
    [{ unit: 'a', masked: true, state: 'started' }, 'neither started nor enabled'],
    [{ unit: 'a', state: 'started', no_block: true, settle: 2 }, 'nobody waits'],
  ])('%j', (params, words) => {
    expect(() => bind(systemd, params, { any: '' })).toThrow(words);
  });
});

describe('what earlier changes of a dry run settle', () => {
  const want = bind(systemd, { unit: 'app', state: 'started', enabled: true });
  const pending = (have: unknown, as: Readonly<Record<string, string>>) =>
    systemd.plan(systemd.pending(have, want, { ...foreseen([]), settled: () => as }), want).changes.map(({ to }) => to);

  test.each<[string, object, Readonly<Record<string, string>>, readonly string[]]>([
    ['nothing', unit, {}, []],
    ['it will have stopped', unit, { active: 'inactive', sub: 'dead' }, ['started']],
    ['it will have been started', stopped, { active: 'active', sub: 'running' }, []],
    ['it will be disabled', unit, { file: 'disabled' }, ['enabled']],
  ])('%s', (_title, have, as, changes) => {
    expect(pending(have, as)).toEqual(changes);
  });

  test('a file that will be there', () => {
    const wanted = bind(systemd, { unit: 'app', content: TEXT });
    const state = { ...unit, entries: [undefined] };
    expect(systemd.plan(state, wanted).changes).toHaveLength(1);
    const effects = pathEffects(systemd.plan(state, wanted).changes.flatMap(effectsOf));
    expect(systemd.plan(systemd.pending(state, wanted, foreseen(effects)), wanted).changes).toEqual([]);
  });
});
