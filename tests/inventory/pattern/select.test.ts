import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findHost } from '../../../engine/inventory/model/inventory.ts';
import { readLimit, selectHosts } from '../../../engine/inventory/pattern/select.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { load } from '../load-inventory.ts';

const hosts = { hosts: '[web]\nweb[1:3]\n[db]\ndb1\n[empty]\n' };

test.each([
  ['wbe', 'There is no host or group ‹wbe›', 'Did you mean ‹web›'],
  ['web:!dbb', 'There is no host or group ‹dbb›', 'Did you mean ‹db›'],
  ['web:&zzzzz', 'There is no host or group ‹zzzzz›', 'vrun inventory --graph'],
  ['x*', 'No host or group matches ‹x*›', ''],
  ['~x.*', 'No host or group matches ‹~x.*›', ''],
  ['web[7]', 'This subscript is beyond the end', ''],
  ['web[5:9]', 'This subscript is beyond the end', ''],
  ['web[-9]', 'This subscript is beyond the end', ''],
  ['wbe[0]', 'There is no host or group ‹wbe›', 'Did you mean ‹web›'],
])('%s is a Problem', async (pattern, summary, hint) => {
  const { inventory } = await load(hosts);
  const at = { file: 'site.yml', line: 2, column: 10, length: 3, text: `  hosts: ${pattern}` };
  const { problems } = selectHosts(inventory, pattern, { at });
  expect(problems).toMatchObject([{ code: 'unknown-host-pattern', summary, at }]);
  expect(problems[0]?.hint ?? '').toContain(hint);
});

test.each([
  ['~(', 'this parenthesis is never closed', 11, 1],
  ['~web\\h1', 'Python knows no escape ‹\\h›', 14, 2],
  ['~[a-\\d]', 'a range goes from one character to another', 12, 4],
  ['~(web)\\2', 'there is no group 2 before this', 16, 2],
])('%s is a Problem where it is wrong', async (pattern, detail, column, length) => {
  const { inventory } = await load(hosts);
  const at = { file: 'site.yml', line: 2, column: 10, length: pattern.length, text: `  hosts: ${pattern}` };
  const { problems } = selectHosts(inventory, pattern, { at });
  expect(problems).toMatchObject([{ code: 'unknown-host-pattern', at: { line: 2, column, length } }]);
  expect(problems[0]?.detail).toContain(detail);
});

test.each([
  ['~web\\-1|web1', ['web1']],
  ['~(?i:WEB)1,', ['web1']],
  ['~(?P<name>web)(?:1|3)$,', ['web1', 'web3']],
  ['~\\Aweb2\\Z', ['web2']],
  ['~(?>we)b1', ['web1']],
])('%s is Python’s', async (pattern, selected) => {
  const { inventory } = await load(hosts);
  expect(selectHosts(inventory, pattern)).toEqual({ hosts: selected, problems: [] });
});

test('a regular expression that would take for ever is stopped', async () => {
  const name = `${'a'.repeat(40)}.b`;
  const { inventory } = await load({ hosts: `${name}\n` });
  const { hosts, problems } = selectHosts(inventory, '~(a|a)*$');
  expect(hosts).toEqual([]);
  expect(problems.map(({ code, summary }) => [code, summary])).toEqual([
    ['unknown-host-pattern', 'This regular expression takes too long'],
  ]);
});

test.each(['empty', 'web:!x*', 'all:!~x', 'web[0:9]', 'web:!web1', 'localhost', '::1'])(
  '%s is none',
  async (pattern) => {
    const { inventory } = await load(hosts);
    expect(selectHosts(inventory, pattern).problems).toEqual([]);
  },
);

test('a list of patterns is one pattern', async () => {
  const { inventory } = await load(hosts);
  expect(selectHosts(inventory, ['web', '!web2', 'db']).hosts).toEqual(['web1', 'web3', 'db1']);
  expect(selectHosts(inventory, ['~web1:db', 'web2']).hosts).toEqual(['web1', 'db1', 'web2']);
});

test('a limit keeps the order of the pattern, and its names are checked too', async () => {
  const { inventory } = await load(hosts);
  const limited = selectHosts(inventory, 'db:web', { limit: ['web3', 'db1', 'web1'] });
  expect(limited).toEqual({ hosts: ['db1', 'web1', 'web3'], problems: [] });
  expect(selectHosts(inventory, 'web', { limit: ['db'] })).toEqual({ hosts: [], problems: [] });
  expect(selectHosts(inventory, 'web', { limit: ['nix'] }).problems).toMatchObject([{ code: 'unknown-host-pattern' }]);
  expect(selectHosts(inventory, 'all', { limit: ['!web'] }).hosts).toEqual(['db1']);
});

test('-l @file takes one pattern a line', async () => {
  const { inventory, cwd } = await load(hosts);
  writeFileSync(join(cwd, 'site.retry'), 'web2\n\n db1 \n');
  const problems: Problem[] = [];
  const limit = await readLimit('@site.retry,web1', cwd, problems);
  expect(limit).toEqual(['web2', 'db1', 'web1']);
  expect(selectHosts(inventory, 'web', { limit }).hosts).toEqual(['web1', 'web2']);
  expect(await readLimit('@gone', cwd, problems)).toEqual([]);
  expect(await readLimit('@.', cwd, problems)).toEqual([]);
  expect(problems.map(({ code }) => code)).toEqual(['file-missing', 'file-unreadable']);
});

test('localhost is found without being in the inventory, and only then', async () => {
  const { inventory } = await load(hosts);
  expect(selectHosts(inventory, 'localhost').hosts).toEqual(['localhost']);
  expect(selectHosts(inventory, 'all').hosts).not.toContain('localhost');
  expect(findHost(inventory, '127.0.0.1')?.name).toBe('127.0.0.1');
  expect(findHost(inventory, 'nix')).toBeUndefined();
  const named = await load({ hosts: 'localhost ansible_connection=ssh' });
  expect(findHost(named.inventory, 'localhost')).toBe(named.inventory.hosts.get('localhost'));
});
