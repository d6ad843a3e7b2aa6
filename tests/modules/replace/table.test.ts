import { describe, expect, test } from 'vitest';
import { Content, Secret } from '../../../engine/module/index.ts';
import { type ReplaceWant, replaceInText } from '../../../modules/replace/edit.ts';
import replace from '../../../modules/replace/replace.ts';
import { ansibleCases } from '../harness/ansible-cases.ts';
import { bind, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { table } from '../harness/table.ts';

const path = '/etc/app.conf';
const file = (text: string, given: Parameters<typeof entry>[0] = {}) => ({
  path,
  text,
  entry: entry({ sha256: Content.of(text).sha256, ...given }),
  blocker: undefined,
});

table(replace, [
  {
    title: 'every match',
    params: { path, regexp: '^Port\\s+(\\d+)$', replace: 'Port=\\1' },
    have: file('Port 22\nA\nPort  23\n'),
    changes: ['~ file /etc/app.conf: 2 matches replaced', '  > /etc/app.conf - "Port=22\\nA\\nPort=23\\n"'],
    result: { path, replaced: 2 },
  },
  {
    title: 'nothing that fits',
    params: { path, regexp: '^Port', replace: 'x' },
    have: file('A\n'),
    changes: [],
    result: { path, replaced: 0 },
  },
  {
    title: 'what is found goes',
    params: { path, regexp: '#.*$' },
    have: file('a #b\n'),
    changes: ['~ file /etc/app.conf: 1 match replaced', '  > /etc/app.conf - "a \\n"'],
  },
  {
    title: 'a part of the text alone',
    params: { path, regexp: '^x$', replace: 'y', after: '\\[b\\]', before: '\\[c\\]' },
    have: file('[a]\nx\n[b]\nx\n[c]\nx\n'),
    changes: ['~ file /etc/app.conf: 1 match replaced', '  > /etc/app.conf - "[a]\\nx\\n[b]\\ny\\n[c]\\nx\\n"'],
  },
  {
    title: 'a bound that is not there',
    params: { path, regexp: 'x', replace: 'y', after: 'none' },
    have: file('x\n'),
    changes: [],
    result: { path, replaced: 0 },
  },
  {
    title: 'only the mode',
    params: { path, regexp: 'x', replace: 'y', mode: '0600' },
    have: file('a\n'),
    changes: ['~ file /etc/app.conf: mode 0644 → mode 0600', '  $ chmod -- 00600 /etc/app.conf'],
  },
  {
    title: 'with owner, check and the old file kept',
    params: { path, regexp: 'a', replace: 'b', owner: 'root', group: 'adm', backup: true, validate: 'check %s' },
    have: file('a\n'),
    changes: [
      '~ file /etc/app.conf: group root → 1 match replaced, group adm',
      '  > /etc/app.conf - root:adm "b\\n"',
      '  validate check "$n"',
      '  backup',
    ],
  },
  {
    title: 'what every run would replace',
    params: { path, regexp: 'a', replace: 'aa' },
    have: file('a\n'),
    changes: [],
    failure: 'every run would replace something',
  },
  {
    title: 'Latin-1',
    params: { path, regexp: 'ä', replace: 'ö', encoding: 'latin-1' },
    have: file('ä\n'),
    changes: ['~ file /etc/app.conf: 1 match replaced, new content (binary, 2 bytes)', '  > /etc/app.conf - ‹2 bytes›'],
  },
  {
    title: 'a character that Latin-1 lacks',
    params: { path, regexp: 'ä', replace: '€', encoding: 'latin-1' },
    have: file('ä\n'),
    changes: [],
    failure: 'can’t hold this text',
  },
  {
    title: 'a secret',
    params: { path, regexp: '^password=.*$', replace: new Secret('password', 'password=x') },
    have: file('password=\n'),
    changes: ['~ file /etc/app.conf: 1 match replaced, new content (secret)', '  > /etc/app.conf - ‹secret content›'],
  },
  {
    title: 'a pattern that tries for ever',
    params: { path, regexp: '^(a+)+$', replace: 'x' },
    have: file(`${'a'.repeat(60)}b\n`),
    changes: [],
    failure: 'takes too long',
  },
]);

test.each<[Params, string]>([
  [{ path }, 'A parameter is missing'],
  [{ path: 'etc/a', regexp: 'a' }, 'absolute'],
  [{ path, regexp: '(' }, 'Not a regular expression of Python’s'],
  [{ path, regexp: '(a)', replace: '\\2' }, 'put in the place of a match'],
  [{ path, regexp: 'a', replace: '\\q' }, 'put in the place of a match'],
  [{ path, regexp: 'a', after: '[b-a]' }, 'Not a regular expression of Python’s'],
  [{ path, regexp: 'a', after: '(?P<n>a)', before: '(?P<n>b)' }, 'Not a regular expression of Python’s'],
  [{ path, regexp: 'a', validate: 'check' }, 'where the file goes'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(replace, params)).toThrow(words);
});

describe('as Ansible does', () => {
  const edit = (text: string, { regexp, replace: made = '', after, before }: Partial<ReplaceWant>) => {
    const done = replaceInText(text, { regexp: regexp ?? '', replace: made, after, before });
    return 'summary' in done ? undefined : done.text;
  };

  test('the same text, once it has nothing more to do; and what never settles is refused', () => {
    const cases = ansibleCases('replace').map((one) => ({ ...one, ours: edit(one.text, one.params) }));
    expect(cases.filter(({ ours, after }) => ours !== after)).toEqual([]);
    expect(cases.filter(({ failed }) => failed === 'never settles').length).toBeGreaterThan(10);
    expect(cases.length).toBeGreaterThan(500);
  });
});
