import { expect, test } from 'vitest';
import hostname from '../../../modules/hostname/hostname.ts';
import { bind, output } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

const host = (running: string, fixed: string | undefined, writable = true) => ({ running, fixed, writable });

table(hostname, [
  {
    title: 'as it should be',
    params: { name: 'web1' },
    have: host('web1', 'web1'),
    changes: [],
    result: { name: 'web1' },
  },
  {
    title: 'another one',
    params: { name: 'web1' },
    have: host('old', 'old'),
    changes: ['~ host name: old → web1', '  > /etc/hostname - "web1\\n"', '  restore', '  $ hostname web1'],
  },
  {
    title: 'only until the next boot',
    params: { name: 'web1' },
    have: host('web1', undefined),
    changes: ['~ host name: none in /etc/hostname → web1', '  > /etc/hostname - "web1\\n"', '  restore'],
  },
  {
    title: 'only after the next boot',
    params: { name: 'web1' },
    have: host('old', 'web1'),
    changes: ['~ host name: old → web1', '  $ hostname web1'],
  },
  {
    title: 'without root',
    params: { name: 'web1' },
    have: host('old', 'old', false),
    changes: [],
    failure: 'cannot be changed',
  },
  {
    title: 'a name with its domain',
    params: { name: 'web1.example.com' },
    have: host('web1', 'web1'),
    changes: [
      '~ host name: web1 → web1.example.com',
      '  > /etc/hostname - "web1.example.com\\n"',
      '  restore',
      '  $ hostname web1.example.com',
    ],
  },
]);

test.each(['', '-web', 'web_1', 'a b', 'web1.', '$(id)', 'a'.repeat(65)])('no host’s name: %j', (name) => {
  expect(() => bind(hostname, { name })).toThrow('A value of the wrong form');
});

test('an answer that is none', () => {
  const want = bind(hostname, { name: 'a' });
  expect(() => hostname.parse(output({ stdout: '', stderr: 'uname: not found' }), [want])).toThrow('uname: not found');
});
