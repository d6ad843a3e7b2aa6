import { expect, test } from 'vitest';
import timezone from '../../../modules/timezone/timezone.ts';
import { bind, output } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

const zone = (name: string | undefined, text: string | undefined, given: object = {}) => ({
  ...{ name, text, known: true, writable: true },
  ...given,
});
const berlin = { name: 'Europe/Berlin' };
const link = [
  '  $ ln -sf -- ../usr/share/zoneinfo/Europe/Berlin /etc/.vrun-localtime.$$ && mv -fT -- /etc/.vrun-localtime.$$ /etc/localtime || { rm -f -- /etc/.vrun-localtime.$$; exit 1; }',
];
const text = ['  > /etc/timezone - "Europe/Berlin\\n"', '  restore'];

table(timezone, [
  {
    title: 'as it should be',
    params: berlin,
    have: zone('Europe/Berlin', 'Europe/Berlin'),
    changes: [],
    result: berlin,
  },
  { title: 'without /etc/timezone', params: berlin, have: zone('Europe/Berlin', undefined), changes: [] },
  {
    title: 'another zone',
    params: berlin,
    have: zone('Etc/UTC', 'Etc/UTC'),
    changes: ['~ time zone: Etc/UTC → Europe/Berlin', ...text, ...link],
  },
  {
    title: 'a file in place of the link',
    params: berlin,
    have: zone(undefined, undefined),
    changes: ['~ time zone: none → Europe/Berlin', ...link],
  },
  {
    title: 'only /etc/timezone says another',
    params: berlin,
    have: zone('Europe/Berlin', 'Etc/UTC'),
    changes: ['~ time zone: Etc/UTC in /etc/timezone → Europe/Berlin', ...text],
  },
  {
    title: 'a container’s, mounted from outside',
    params: berlin,
    have: zone('Etc/UTC', 'Etc/UTC', { mounted: true }),
    changes: [],
    failure: '/etc/localtime is a mount point',
  },
  {
    title: 'no such zone',
    params: berlin,
    have: zone('Etc/UTC', 'Etc/UTC', { known: false }),
    changes: [],
    failure: 'knows no time zone',
  },
  {
    title: 'without root',
    params: berlin,
    have: zone('Etc/UTC', 'Etc/UTC', { writable: false }),
    changes: [],
    failure: 'cannot be changed',
  },
]);

test.each(['', 'Europe/', '../passwd', '/etc/passwd', 'Europe Berlin', 'a\nb'])('no name of a zone: %j', (name) => {
  expect(() => bind(timezone, { name })).toThrow('A value of the wrong form');
});

test('an answer that is none', () => {
  expect(() => timezone.parse(output({ stdout: '@localtime\n' }), [bind(timezone, berlin)])).toThrow(
    'stopped before its end',
  );
});
