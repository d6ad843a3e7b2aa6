import { expect, test } from 'vitest';
import { Content, Secret } from '../../engine/module/index.ts';
import template from '../../modules/template.ts';
import { bind } from './bind.ts';
import { entry } from './entries.ts';
import { table } from './table.ts';

const params = { dest: '/etc/app.conf', src: 'app.hbs' };
const local = { 'app.hbs': 'a\nb\n' };
const is = (text: string) => ({ entry: entry({ sha256: Content.of(text).sha256, text: 'old' }) });

table(template, [
  {
    title: 'a new file',
    params: { ...params, owner: 'root', group: 'adm', mode: '0640' },
    local,
    have: { entry: undefined },
    changes: [
      '+ file /etc/app.conf: mode 0640, owner root, group adm',
      '  > /etc/app.conf 0640 root:adm "a\\nb\\n"',
      '  = path:/etc/app.conf',
    ],
    result: { dest: '/etc/app.conf', mode: '0640' },
  },
  { title: 'the same text', params, local, have: is('a\nb\n'), changes: [] },
  {
    title: 'the same text, another mode',
    params: { ...params, mode: '0600' },
    local,
    have: is('a\nb\n'),
    changes: ['~ file /etc/app.conf: mode 0644 → mode 0600', '  $ chmod -- 00600 /etc/app.conf'],
  },
  {
    title: 'another text',
    params,
    local,
    have: is('x'),
    changes: ['~ file /etc/app.conf', '  > /etc/app.conf - "a\\nb\\n"'],
  },
  { title: 'not replaced without force', params: { ...params, force: false }, local, have: is('x'), changes: [] },
  {
    title: 'lines that end as on Windows',
    params: { ...params, newline_sequence: '\r\n' },
    local,
    have: is('a\r\nb\r\n'),
    changes: [],
  },
  {
    title: 'the sequence written with backslashes',
    params: { ...params, newline_sequence: '\\r\\n' },
    local,
    have: is('a\r\nb\r\n'),
    changes: [],
  },
  {
    title: 'a text with a secret in it is not shown, with other line ends neither',
    params: { ...params, newline_sequence: '\r' },
    local: { 'app.hbs': new Secret('db', 'password=hunter2\n') },
    have: is('x'),
    changes: ['~ file /etc/app.conf: new content (secret)', '  > /etc/app.conf - ‹secret content›'],
  },
  {
    title: 'checked, and the old one kept',
    params: { ...params, validate: "visudo -cf '%s'", backup: true },
    local,
    have: is('x'),
    changes: ['~ file /etc/app.conf', '  > /etc/app.conf - "a\\nb\\n"', '  validate visudo -cf "$n"', '  backup'],
  },
]);

test.each([
  [{ ...params, dest: '/etc/' }, 'name of a file'],
  [{ ...params, dest: 'app.conf' }, 'absolute'],
  [{ ...params, newline_sequence: '\t' }, 'Not one of the values'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(template, given, local)).toThrow(words);
});
