import { describe, expect, test } from 'vitest';
import reboot from '../../../modules/reboot.ts';
import { bind, output } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

const id = '52b96c52-61a2-4b48-8fac-7f7ee5adfd4a/1552083';
const have = { id, required: false, systemd: true };

table(reboot, [
  {
    title: 'always',
    params: {},
    transcript: { stdout: `boot ${id}\nsystemd\n` },
    changes: [
      '! reboot',
      '  $ systemd-run --quiet --collect --on-active=2 --timer-property=AccuracySec=100ms systemctl reboot',
    ],
    result: { required: false },
  },
  {
    title: 'without systemd',
    params: {},
    have: { ...have, systemd: false },
    changes: ['! reboot', '  $ (sleep 2; reboot) </dev/null >/dev/null 2>&1 &'],
  },
  { title: 'only when required, and it is not', params: { when_required: true }, have, changes: [] },
  {
    title: 'only when required, and it is',
    params: { when_required: true },
    transcript: { stdout: `boot ${id}\nrequired\nsystemd\n` },
    changes: [
      '! reboot',
      '  $ systemd-run --quiet --collect --on-active=2 --timer-property=AccuracySec=100ms systemctl reboot',
    ],
    result: { required: true },
  },
]);

describe('the host is back', () => {
  const { rejoin } = reboot.plan(have, bind(reboot, { timeout: 9 }));

  test('once it runs since another boot', () => {
    expect(rejoin?.seconds).toBe(9);
    expect(rejoin?.back(have)).toBe(false);
    expect(rejoin?.back({ ...have, id: '52b96c52-61a2-4b48-8fac-7f7ee5adfd4a/1552999' })).toBe(true);
    expect(rejoin?.back({ ...have, id: '62b96c52-61a2-4b48-8fac-7f7ee5adfd4a/1552083' })).toBe(true);
    expect(rejoin?.back(undefined)).toBe(false);
  });
});

test('a change that is pending may ask for it', () => {
  expect(reboot.plan(have, bind(reboot, { when_required: true })).doubt).toContain('may ask');
});

test('a host that does not say when it was booted', () => {
  expect(() => reboot.parse(output({ stdout: 'boot \n' }), [bind(reboot, {})])).toThrow(
    'does not say when it was booted',
  );
});
