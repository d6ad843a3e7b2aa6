import { describe, expect, test } from 'vitest';
import { Content, Secret } from '../../engine/module/index.ts';
import systemd from '../../modules/systemd.ts';
import { bind, output } from './bind.ts';
import { entry } from './entries.ts';
import { foreseen } from './foreseen.ts';
import { table } from './table.ts';

const unit = {
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
      title: 'one that cannot reload',
      params: { unit: 'app', state: 'reloaded' },
      have: { ...unit, canReload: false },
      changes: [],
      failure: "can't reload",
    },
    {
      title: 'enabled, another kind of unit',
      params: { unit: 'app.timer', enabled: true },
      have: { ...unit, file: 'disabled' },
      changes: ['~ unit app.timer: disabled → enabled', '  $ systemctl --quiet enable -- app.timer'],
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
      title: 'a static unit can be neither',
      params: { unit: 'app', enabled: true },
      have: { ...unit, file: 'static' },
      changes: [],
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
      title: 'unmasked and started',
      params: { unit: 'app', state: 'started', masked: false },
      have: { ...stopped, load: 'masked', file: 'masked' },
      changes: [
        '~ unit app.service: masked → not masked',
        '  $ systemctl unmask -- app.service',
        '~ unit app.service: inactive → started',
        ...call('start'),
      ],
    },
    {
      title: "a user's manager",
      params: { unit: 'agent', scope: 'user', enabled: true },
      have: { ...unit, file: 'disabled' },
      changes: [
        '~ unit agent.service: disabled → enabled',
        '  $ XDG_RUNTIME_DIR="/run/user/$(id -u)" systemctl --user --quiet enable -- agent.service',
      ],
    },
    {
      title: 'a new unit: its file, then the manager, then the rest',
      params: { unit: 'app', content: TEXT, enabled: true, state: 'started', restart_on_change: true },
      have: none,
      changes: [
        `+ file ${FILE}: mode 0644, owner root, group root`,
        '  revert systemctl daemon-reload',
        `  > ${FILE} 0644 root:root ${JSON.stringify(TEXT)}`,
        '  restore',
        '  $ systemctl daemon-reload',
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
  /systemctl [a-z].* -- [^"]|systemctl --quiet|systemctl --user|timeout|u=|mkdir|systemctl daemon-reload$/,
);

describe('what systemctl said', () => {
  const show = (load: string, active: string, more = '') =>
    `LoadState=${load}\nActiveState=${active}\nSubState=dead\nUnitFileState=\n${more}`;
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
    expect(systemd.probe(wants)?.text.match(/systemctl/g)?.length).toBe(2); // one of them asks whether there is one
  });
});

describe('what is refused', () => {
  test.each([
    [{ unit: 'a b' }, 'wrong form'],
    [{ unit: '-h' }, 'That is no unit'],
    [{ unit: 'a', content: 'x', src: 'any' }, 'in one task'],
    [{ unit: 'a', content: 'x', scope: 'user' }, 'units of the system'],
    [{ unit: 'a@.service', state: 'started' }, 'Only an instance'],
  ])('%j', (params, words) => {
    expect(() => bind(systemd, params, { any: '' })).toThrow(words);
  });
});

describe('what earlier changes of a dry run settle', () => {
  const want = bind(systemd, { unit: 'a', state: 'started', enabled: true });
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
    const [left] = systemd.plan(state, wanted).changes[0]?.leaves ?? [];
    expect(systemd.plan(systemd.pending(state, wanted, foreseen(left ? [left] : [])), wanted).changes).toEqual([]);
  });
});
