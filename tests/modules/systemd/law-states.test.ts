// Every state of a unit's file that systemctl(1) has in its table of `is-enabled`, on a real host: what the module systemd
// makes of it, and that systemctl agrees.
import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { exec, reset } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, vrun } from '../../law/law.ts';

const GIVEN = `set -e
L=/usr/lib/systemd/system
svc() { f=$1; shift; printf '[Service]\\nExecStart=/bin/sleep 9999\\n' >$f; [ $# -eq 0 ] || printf '%s\\n' '[Install]' "$@" >>$f; }
W=WantedBy=multi-user.target
for n in enabled runtime disabled masked maskrun; do svc $L/t-$n.service $W; done
mkdir -p /srv/units; svc /srv/units/t-linked.service $W; svc /srv/units/t-linkrun.service $W
svc $L/t-named.service $W Alias=t-nick.service
svc $L/t-rival.service $W Alias=t-nick.service
svc $L/t-other.service $W Alias=t-second.service
svc $L/t-half.service $W RequiredBy=rescue.target
svc $L/t-static.service; svc $L/t-upheld.service UpheldBy=multi-user.target
svc $L/t-pulled.service; mkdir -p $L/multi-user.target.wants; ln -s ../t-pulled.service $L/multi-user.target.wants/
svc $L/t-also.service Also=t-also.timer
printf '[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n' >$L/t-also.timer
svc $L/t-deep.service Also=t-deeper.service; svc $L/t-deeper.service Also=t-deepest.path
printf '[Path]\\nPathExists=/none\\nUnit=t-pulled.service\\n[Install]\\nWantedBy=paths.target\\n' >$L/t-deepest.path
svc $L/t-tmpl@.service $W DefaultInstance=one
svc $L/t-dropped.service; mkdir $L/t-dropped.service.d; printf '[Install]\\n%s\\n' $W >$L/t-dropped.service.d/boot.conf
svc $L/t-named-by-percent@.service WantedBy=%i.target
svc $L/t-nicked@.service $W Alias=t-nicks@.service
: >$L/t-empty.service; ln -s /dev/null $L/t-vendor.service
printf 'x\\n[\\n' >$L/t-bad.service
for n in sysv sysvoff; do
printf '#!/bin/sh\\n### BEGIN INIT INFO\\n# Provides: t-%s\\n# Required-Start:\\n# Required-Stop:\\n# Default-Start: 2 3 4 5\\n# Default-Stop: 0 1 6\\n### END INIT INFO\\nexit 0\\n' $n >/etc/init.d/t-$n
chmod +x /etc/init.d/t-$n; done
update-rc.d t-sysv defaults
mkdir -p /srv/mnt; echo 'tmpfs /srv/mnt tmpfs nofail 0 0' >>/etc/fstab
systemctl daemon-reload
systemctl -q enable t-enabled t-named t-half; rm /etc/systemd/system/rescue.target.requires/t-half.service
systemctl -q enable t-other; rm /etc/systemd/system/t-second.service
systemctl -q enable --runtime t-runtime
systemctl -q link /srv/units/t-linked.service; systemctl -q link --runtime /srv/units/t-linkrun.service
systemctl -q mask t-masked; systemctl -q mask --runtime t-maskrun
systemctl daemon-reload
systemd-run -q --unit t-transient sleep 9999`;

interface Row {
  readonly unit: string;
  /** What `is-enabled` says before. */
  readonly state: string;
  /** The status of a task that wants it enabled, or why that is refused … */
  readonly on: 'ok' | 'changed' | RegExp;
  /** … and of one that wants it disabled, when nothing else has been done. */
  readonly off: 'ok' | 'changed' | RegExp;
  /** What is enabled by then, when that isn't the unit itself. */
  readonly enables?: string;
}

/** What a host with systemd of that version says; init scripts are units where it has the generator for them. */
const rowsFor = (version: number, scripts: boolean): readonly Row[] => [
  { unit: 't-enabled', state: 'enabled', on: 'ok', off: 'changed' },
  { unit: 't-half', state: 'enabled', on: 'changed', off: 'changed' },
  { unit: 't-runtime', state: 'enabled-runtime', on: 'changed', off: 'changed' },
  { unit: 't-linked', state: 'linked', on: 'changed', off: 'ok' },
  { unit: 't-linkrun', state: 'linked-runtime', on: 'changed', off: 'ok' },
  { unit: 't-nick', state: 'alias', on: 'ok', off: 'changed', enables: 't-named' },
  { unit: 't-rival', state: 'disabled', on: /can't be enabled/, off: 'ok' },
  { unit: 't-other', state: 'enabled', on: 'changed', off: 'changed' },
  { unit: 't-masked', state: 'masked', on: /is masked/, off: 'ok' },
  { unit: 't-maskrun', state: 'masked-runtime', on: /is masked/, off: 'ok' },
  { unit: 't-empty', state: 'masked', on: /is masked/, off: 'ok' },
  { unit: 't-static', state: 'static', on: /can't be enabled/, off: 'ok' },
  version < 254
    ? { unit: 't-upheld', state: 'static', on: /can't be enabled/, off: 'ok' }
    : { unit: 't-upheld', state: 'disabled', on: 'changed', off: 'ok' },
  { unit: 't-pulled', state: 'static', on: 'ok', off: 'ok' },
  { unit: 't-also', state: 'indirect', on: 'changed', off: 'ok', enables: 't-also.timer' },
  { unit: 't-deep', state: 'indirect', on: 'changed', off: 'ok', enables: 't-deepest.path' },
  { unit: 't-disabled', state: 'disabled', on: 'changed', off: 'ok' },
  { unit: 't-dropped', state: 'disabled', on: 'changed', off: 'ok' },
  { unit: 't-tmpl@two', state: 'disabled', on: 'changed', off: 'ok' },
  { unit: 't-named-by-percent@rescue', state: 'disabled', on: 'changed', off: 'ok' },
  { unit: 't-nicked@two', state: 'disabled', on: 'changed', off: 'ok' },
  ...(scripts
    ? ([
        { unit: 't-sysv', state: 'enabled', on: 'ok', off: 'changed' },
        { unit: 't-sysvoff', state: 'disabled', on: 'changed', off: 'ok' },
      ] as const)
    : ([{ unit: 't-sysv', state: '', on: /only an init script/, off: 'ok' }] as const)),
  { unit: 'srv-mnt.mount', state: 'generated', on: 'ok', off: /can't be disabled/ },
  { unit: 't-transient', state: 'transient', on: /can't be enabled/, off: 'ok' },
  { unit: 't-bad', state: '', on: /can't make sense/, off: 'ok' },
  { unit: 't-none', state: '', on: /./, off: 'ok' },
];

const GENERATORS = '/usr/lib/systemd/system-generators | grep sysv';
const rank = (status: string | RegExp) => (typeof status === 'string' ? 1 : 0);
const task = (name: string, params: string) => `- name: ${name}\n  ignore_errors: true\n  systemd: { ${params} }\n`;

describeLab("the states of a unit's file", () => {
  const lab = lent();
  let rows: readonly Row[] = [];
  const shell = async (command: string) => (await exec(lab.host, command)).stdout.trim();

  const given = async () => {
    const { status, stderr } = await exec(lab.host, GIVEN);
    expect(status, stderr).toBe(0);
  };

  beforeAll(async () => {
    await given();
    const [version, generators] = (
      await shell(`systemctl --version | sed -n '1s/^systemd \\([0-9]*\\).*/\\1/p'; ls ${GENERATORS}`)
    ).split('\n');
    rows = rowsFor(Number(version), generators !== undefined);
  }, LAB_START_MS);

  async function statuses(tasks: string, ...options: readonly string[]) {
    const project = openProject(tasks);
    try {
      const said = await vrun(project, lab.inventory, ...options);
      expect(said.tasks.length, said.output).toBeGreaterThan(0);
      return Object.fromEntries(said.tasks.map((one) => [one.name, one.failure ?? one.status]));
    } finally {
      rmSync(project, { recursive: true });
    }
  }
  // What is refused comes first: once changes are pending it is unknown.
  const all = (enabled: boolean) =>
    [...rows]
      .sort((a, b) => rank(a[enabled ? 'on' : 'off']) - rank(b[enabled ? 'on' : 'off']))
      .map(({ unit }) => task(unit, `unit: "${unit}", enabled: ${enabled}`))
      .join('');
  const expected = (key: 'on' | 'off') =>
    Object.fromEntries(
      rows.map((row) => [row.unit, typeof row[key] === 'string' ? row[key] : expect.stringMatching(row[key])]),
    );
  const then = (key: 'on' | 'off') =>
    Object.fromEntries(Object.entries(expected(key)).map(([unit, is]) => [unit, is === 'changed' ? 'ok' : is]));

  test('are what systemctl says', async () => {
    const said = await Promise.all(rows.map(({ unit }) => shell(`systemctl is-enabled ${unit} 2>/dev/null`)));
    // What isn't there has no state; a newer systemctl says so in a word.
    expect(said.map((state) => (state === 'not-found' ? '' : state))).toEqual(rows.map(({ state }) => state));
  });

  test('enabled and disabled, as foreseen', async ({ task: { result } }) => {
    // Where it is tried again, the host isn't as it was.
    if (result?.retryCount) {
      await reset(lab.host);
      await given();
    }
    expect(await statuses(all(true), '--check')).toEqual(expected('on'));
    expect(await statuses(all(false), '--check')).toEqual(expected('off'));
    expect(await statuses(all(true))).toEqual(expected('on'));
    expect(await statuses(all(true), '--check')).toEqual(then('on'));
    for (const { unit, on, enables = unit } of rows) {
      if (typeof on !== 'string' || unit === 't-pulled' || unit === 'srv-mnt.mount') continue;
      expect(await shell(`systemctl is-enabled ${enables} 2>/dev/null`), unit).toBe('enabled');
    }
    expect(
      await shell('ls /etc/systemd/system/rescue.target.requires /etc/systemd/system/rescue.target.wants | grep t-'),
    ).toBe('t-half.service\nt-named-by-percent@rescue.service');
    const off = await statuses(all(false));
    for (const { unit, on, off: was } of rows) {
      const status = on === 'changed' ? 'changed' : was;
      expect(off[unit], unit).toEqual(typeof status === 'string' ? status : expect.stringMatching(status));
    }
    expect(await statuses(all(false), '--check')).toEqual(then('off'));
    expect(await shell('find /etc/systemd/system /run/systemd/system -path "*.[wr]*s/t-*"')).toBe('');
  });

  test('one whose alias another unit has, once that is disabled', async () => {
    await shell('systemctl -q enable t-named');
    const rival = task('rival', 'unit: t-rival, enabled: true');
    const tasks = task('named', 'unit: t-named, enabled: false') + rival;
    expect((await statuses(rival, '--check')).rival).toMatch(/can't be enabled/);
    expect(await statuses(tasks, '--check')).toEqual({ named: 'changed', rival: 'unknown' });
    expect(await statuses(tasks)).toEqual({ named: 'changed', rival: 'changed' });
    expect(await shell('readlink /etc/systemd/system/t-nick.service; systemctl -q disable t-rival')).toMatch(/t-rival/);
  });

  describe('masks', () => {
    test('one until the next boot is taken away, or made to stay; one that came with a package is refused', async () => {
      const unmask = task('empty', 'unit: t-empty, masked: false') + task('vendor', 'unit: t-vendor, masked: false');
      const tasks = `${unmask}${task('runtime', 'unit: t-maskrun, masked: false')}${task('stays', 'unit: t-masked, masked: false')}`;
      const refused = expect.stringMatching(/can't be unmasked/);
      const first = { runtime: 'changed', stays: 'changed', empty: refused, vendor: refused };
      expect(await statuses(tasks, '--check')).toEqual(first);
      expect(await statuses(tasks)).toEqual(first);
      expect(await statuses(tasks)).toEqual({ ...first, runtime: 'ok', stays: 'ok' });
      await shell('systemctl mask --runtime t-maskrun');
      const mask = task('stays', 'unit: t-maskrun, masked: true');
      expect([await statuses(mask, '--check'), await statuses(mask), await statuses(mask)]).toEqual([
        { stays: 'changed' },
        { stays: 'changed' },
        { stays: 'ok' },
      ]);
      expect(await shell('systemctl is-enabled t-maskrun')).toBe('masked');
    });
  });

  test('a unit that another target shall want, by its own file or by one that was copied', async () => {
    const text = (wanted: string) => `"[Service]\\nExecStart=/bin/sleep 99\\n[Install]\\nWantedBy=${wanted}.target\\n"`;
    const own = (wanted: string) => task('own', `unit: t-own, content: ${text(wanted)}, enabled: true`);
    const copied = (wanted: string) =>
      `- name: file\n  copy: { dest: /etc/systemd/system/t-copied.service, content: ${text(wanted)} }\n${task('copied', 'unit: t-copied, enabled: true')}`;
    const tasks = (wanted: string) => own(wanted) + copied(wanted);
    for (const wanted of ['multi-user', 'graphical']) {
      const changed = { own: 'changed', file: 'changed', copied: 'changed' };
      expect(await statuses(tasks(wanted), '--check')).toEqual(changed);
      expect(await statuses(tasks(wanted))).toEqual(changed);
      expect(await statuses(tasks(wanted))).toEqual({ own: 'ok', file: 'ok', copied: 'ok' });
      expect(await shell('cd /etc/systemd/system; echo *.wants/t-own.service *.wants/t-copied.service')).toBe(
        `${wanted}.target.wants/t-own.service ${wanted}.target.wants/t-copied.service`,
      );
    }
  });

  test('a file of the task itself without an [Install] section is refused before it is written', async () => {
    const tasks = task(
      'unit',
      'unit: t-bare, content: "[Service]\\nExecStart=/bin/sleep 99\\n", enabled: true, state: started',
    );
    const refused = { unit: expect.stringMatching(/can't be enabled/) };
    expect(await statuses(tasks, '--check')).toEqual(refused);
    expect(await statuses(tasks)).toEqual(refused);
    expect(await shell('ls /etc/systemd/system/t-bare.service 2>/dev/null')).toBe('');
  });

  test('no manager of a user who is not logged in', async () => {
    await shell('useradd -m t-away');
    const tasks = `- name: away\n  become_user: t-away\n  systemd: { unit: t-x, scope: user, state: started }\n`;
    const project = openProject(tasks);
    try {
      expect((await vrun(project, lab.inventory, '--check')).output).toContain('loginctl enable-linger');
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  test('by its second name it is stopped and disabled; once it is gone it is nothing to do', async () => {
    await shell('systemctl -q enable --now t-named');
    const tasks = task('off', 'unit: t-nick, enabled: false, state: stopped');
    expect([await statuses(tasks, '--check'), await statuses(tasks)]).toEqual([{ off: 'changed' }, { off: 'changed' }]);
    expect(await shell('systemctl is-active t-named; systemctl is-enabled t-named')).toBe('inactive\ndisabled');
    expect([await statuses(tasks, '--check'), await statuses(tasks)]).toEqual([{ off: 'ok' }, { off: 'ok' }]);
  });

  test('what was there goes, and is gone', async () => {
    await shell(
      "printf '[Service]\\nExecStart=/bin/sleep 99\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/t-dc.service; systemctl -q enable --now t-dc",
    );
    const tasks = `${task('off', 'unit: t-dc, state: stopped, enabled: false, masked: false')}- name: gone\n  file: { path: /etc/systemd/system/t-dc.service, state: absent }\n${task('still off', 'unit: t-dc, state: stopped, enabled: false')}`;
    const first = { off: 'changed', gone: 'changed', 'still off': 'ok' };
    const second = { off: 'ok', gone: 'ok', 'still off': 'ok' };
    expect([await statuses(tasks, '--check'), await statuses(tasks)]).toEqual([first, first]);
    expect([await statuses(tasks, '--check'), await statuses(tasks)]).toEqual([second, second]);
  });
});
