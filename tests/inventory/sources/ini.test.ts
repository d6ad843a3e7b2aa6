import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InventoryBuilder } from '../../../engine/inventory/model/builder.ts';
import { addIni } from '../../../engine/inventory/sources/ini.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { load, variablesOf } from '../load-inventory.ts';

test.each([
  ['[web', '1:1 This names no host'],
  ['[we b]', '1:1 This is no section'],
  ['[web:]', '1:1 This is no section'],
  ['[web:hosts:x]', '1:1 This is no section'],
  ['[web:var]', '1:1 A group has no section ‹var›'],
  ['ok\n[web:children]\ndb', '3:1 There is no group ‹db›'],
  ['ok\n[web:vars]\na=1', '2:1 There is no group ‹web›'],
  ['[web]\nok\n[web:vars]\nnothing', '4:1 A variable is missing its value'],
  ['[web]\nok\n[web:vars]\na: 1', '4:1 A variable is missing its value'],
  ['[web]\nok\n[web:children]\na b', '4:1 Here stands the name of one group a line'],
  ['web1 user=x port', '1:13 After a host come its variables'],
  ['web1 a="b', '1:8 This quote is never closed'],
  ['web1 a=b\\', '1:9 Nothing follows the backslash'],
  ['web[1:3', '1:1 This names no host'],
  ['web[3:1] a=1', '1:1 This names no host'],
  ['web1:', '1:1 This names no host'],
  ['web1:99999', '1:1 This names no host'],
  ['-oProxyCommand=x', '1:1 This names no host'],
  ['---', '1:1 This looks like YAML'],
  ['[a]\nok\n[a:children]\na', '4:1 A group holds itself'],
  ['[a]\nok\n[b]\n[a:children]\nb\n[b:children]\na', '7:1 A group holds itself'],
  ['[a]\nok\n[a:children]\nungrouped', '4:1 ‹ungrouped› holds no group and is in none'],
  ['[a]\nok\n[a:vars]\nansible_group_priority=high', '4:24 A group’s priority must be a whole number'],
])('%j', async (text, told) => {
  const { problems } = await load({ 'hosts.ini': text });
  const errors = problems.filter((problem) => problem.severity !== 'warning');
  expect(errors.map(({ at, summary }) => `${at?.line}:${at?.column} ${summary}`)[0]).toContain(
    told.replace('1:6 After', 'After'),
  );
});

test('all problems at once, and what could be read all the same', async () => {
  const { inventory, told } = await load({
    'hosts.ini': '[web:bad]\nskipped\n[web]\nweb1 x\nweb[2:1]\nweb4\n[gone:vars]\na=1\n',
  });
  expect(told).toEqual([
    'inventory-shape hosts.ini:1:1 A group has no section ‹bad›',
    'inventory-shape hosts.ini:4:6 After a host come its variables',
    'inventory-shape hosts.ini:5:1 This names no host',
    'inventory-shape hosts.ini:7:1 There is no group ‹gone›',
  ]);
  expect([...inventory.hosts.keys()]).toEqual(['web1', 'web4']);
});

test.each([
  ['web1 password=a#b', '1:16 The rest of this line is a comment'],
  ['[a]\nweb1\n[a:vars]\nname=foo # my comment', '4:10 This is part of the value'],
  ['web1\nweb1:22', '2:1 The port 22 isn’t used'],
  ['[web1]\nweb1', '1:1 A host and a group have the same name'],
  ['web1 size=3', '1:6 A variable that can’t be used under its name'],
])('a warning: %j', async (text, told) => {
  const { problems } = await load({ 'hosts.ini': text });
  expect(problems.map(({ at, summary }) => `${at?.line}:${at?.column} ${summary}`)).toEqual([told]);
  expect(problems[0]?.severity).toBe('warning');
});

test('positions point at what is meant', async () => {
  const { problems } = await load({ 'hosts.ini': '[web]\n  web1   domain="{{ base | upper }}"\n' });
  expect(problems).toMatchObject([{ code: 'jinja', at: { line: 2, text: '  web1   domain="{{ base | upper }}"' } }]);
  expect(problems[0]?.at?.column).toBe(26);
});

test('a line may end in a carriage return, a file in no line break', async () => {
  const { inventory, told } = await load({ 'hosts.ini': '[web]\r\nweb1 a=1\r\n\r\n[web:vars]\r\nb=two' });
  expect(told).toEqual([]);
  expect(variablesOf(inventory, 'web1')).toEqual({ b: 'two', a: 1 });
});

test('whatever is written, there are hosts or Problems with a place in the file', () => {
  const line = fc.oneof(
    fc.constantFrom('[web]', '[web:vars]', '[db:children]', '[x:y]', 'web', 'a=1', 'h[1:3] a="b c"', '# c', '; c', ''),
    fc.string({ maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...'[]:=#;"\'\\ ab1-{}'.split('')), maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const problems: Problem[] = [];
      const text = new SourceText('hosts.ini', lines.join('\n'));
      const builder = new InventoryBuilder(problems);
      addIni(builder, { file: 'hosts.ini', path: '/hosts.ini', directory: '/' }, text);
      builder.finish();
      const count = text.text.split('\n').length;
      for (const { at } of problems) expect(at && at.line >= 1 && at.line <= count && at.column >= 1).toBe(true);
      for (const host of builder.hosts.keys()) expect(host.trim()).not.toBe('');
    }),
  );
});
