import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadInventory } from '../../../engine/inventory/load.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { load, variablesOf } from '../load-inventory.ts';

test('a missing file, with what to write for a host', async () => {
  const { problems } = await load({ 'a.yml': 'all:\n  hosts:\n    x:' }, ['a.yml', 'web1']);
  expect(problems).toMatchObject([{ code: 'file-missing', detail: 'There is no file or directory ‹web1›.' }]);
  expect(problems[0]?.hint).toContain('-i web1,');
});

test.each([
  ['', ''],
  ['hosts.ini', '# nothing\n'],
  ['hosts.yml', '---\n'],
  ['hosts.yml', 'web:\n'],
  ['hosts', ''],
  ['empty/.keep', ''],
])('an inventory without hosts: %s %j', async (file, text) => {
  const files = file === '' ? {} : { [file]: text };
  const source = file === '' ? ',' : file.replace('/.keep', '');
  const { told } = await load(files, [source]);
  expect(told).toEqual(['inventory-empty The inventory has no hosts']);
});

test('a comma list may hold ranges', async () => {
  const { inventory, told } = await load({}, ['web[1:2],db:22']);
  expect(told).toEqual([]);
  expect([...inventory.hosts.keys()]).toEqual(['web1', 'web2', 'db']);
});

test('an empty -i is no directory', async () => {
  const { told } = await load({ hosts: 'a' }, ['']);
  expect(told).toEqual(['usage An inventory needs a name']);
});

test('no source at all is an empty inventory and no Problem', async () => {
  const { inventory, told } = await load({}, []);
  expect(told).toEqual([]);
  expect(inventory.hosts.size).toBe(0);
  expect([...inventory.groups.keys()]).toEqual(['all', 'ungrouped']);
});

test('a comma list has positions', async () => {
  const { inventory, told } = await load({}, ['a, b:22,c[1:3']);
  expect(told).toEqual(['inventory-shape -i:1:9 This names no host']);
  expect([...inventory.hosts.keys()]).toEqual(['a', 'b']);
});

test.each([
  ['web:\n  hosts:\n    a:\n', 'yaml'],
  ['# c\n\n---\nweb:\n  hosts:\n    a:\n', 'yaml'],
  ['{"web": {"hosts": {"a": null}}}', 'yaml'],
  ['[web]\na\n', 'ini'],
  ['a\n', 'ini'],
  ['a x="b: c"\n', 'ini'],
  ['# only\na:22\n', 'ini'],
])('a file without an extension is recognized: %j', async (text, kind) => {
  const { inventory, told } = await load({ hosts: text });
  expect(told).toEqual([]);
  expect([...inventory.hosts.keys()]).toEqual(['a']);
  expect(kind).toBe(text.includes('hosts') ? 'yaml' : 'ini');
});

test('a broken file without an extension is told as what it was meant to be', async () => {
  const yaml = await load({ hosts: 'web:\n  hosts:\n   a:\n  b\n' });
  expect(yaml.told[0]).toMatch(/^yaml-syntax hosts:/);
  const ini = await load({ hosts: '[web]\na b\n' });
  expect(ini.told).toEqual(['inventory-shape hosts:2:3 After a host come its variables']);
});

test.each([
  ['hosts.toml', '[web.hosts]\n', 'not-built hosts.toml:1:1 Inventories in TOML aren’t read'],
  ['hosts', '#!/bin/sh\n', 'inventory-shape hosts:1:1 This inventory is a program that may not be run'],
  ['hosts', '$ANSIBLE_VAULT;1.1;AES256\n6162', 'jinja hosts:1:1 Files of ansible-vault cannot be read'],
])('%s is refused: %j', async (name, text, told) => {
  const { cwd } = await load({ other: 'x' });
  writeFileSync(join(cwd, name), text);
  const problems: Problem[] = [];
  await loadInventory([name], {
    cwd,
    problems,
    signal: new AbortController().signal,
    secrets: secretOpener([], () => undefined),
  });
  expect(problems.map(({ code, at, summary }) => `${code} ${at?.file}:${at?.line}:${at?.column} ${summary}`)).toEqual([
    told,
  ]);
});

test('a file that is no UTF-8 names its line', async () => {
  const { cwd } = await load({ other: 'x' });
  writeFileSync(join(cwd, 'hosts'), Buffer.from('web1\nweb\xff2\n', 'latin1'));
  const problems: Problem[] = [];
  await loadInventory(['hosts'], {
    cwd,
    problems,
    signal: new AbortController().signal,
    secrets: secretOpener([], () => undefined),
  });
  expect(problems).toMatchObject([{ code: 'file-unreadable', at: { file: 'hosts', line: 2 } }]);
});

test('a data file that happens to be executable is data', async () => {
  const { cwd } = await load({ 'hosts.yml': 'web:\n  hosts:\n    a:\n' });
  chmodSync(join(cwd, 'hosts.yml'), 0o755);
  const problems: Problem[] = [];
  const signal = new AbortController().signal;
  const inventory = await loadInventory(['hosts.yml'], {
    cwd,
    problems,
    signal,
    secrets: secretOpener([], () => undefined),
  });
  expect(problems).toEqual([]);
  expect([...inventory.hosts.keys()]).toEqual(['a']);
});

test('in a directory a broken link is left out, and inner variables are told', async () => {
  const { cwd } = await load({ 'inv/hosts': 'a', 'inv/sub/hosts': 'b', 'inv/sub/group_vars/all.yml': 'x: 1' });
  symlinkSync('nowhere', join(cwd, 'inv/broken'));
  const problems: Problem[] = [];
  const signal = new AbortController().signal;
  const inventory = await loadInventory(['inv'], { cwd, problems, signal, secrets: secretOpener([], () => undefined) });
  expect([...inventory.hosts.keys()]).toEqual(['a', 'b']);
  expect(problems).toMatchObject([{ severity: 'warning', summary: 'A directory of variables isn’t read' }]);
  expect(variablesOf(inventory, 'a')).toEqual({});
});

test('the digest changes with any file, and with nothing else', async () => {
  const files = { 'inv/hosts': 'a', 'inv/group_vars/all.yml': 'x: 1', 'inv/host_vars/a': 'y: 1' };
  const first = await load(files, ['inv']);
  const same = await load(files, ['inv']);
  const vars = await load({ ...files, 'inv/host_vars/a': 'y: 2' }, ['inv']);
  const moved = await load({ 'inv/hosts': 'a', 'inv/group_vars/all.yml': 'x: 1', 'inv/host_vars/a.yml': 'y: 1' }, [
    'inv',
  ]);
  expect(first.inventory.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(same.inventory.digest).toBe(first.inventory.digest);
  const twice = { 'a/hosts': 'x', 'b/hosts': 'y' };
  const one = await load(twice, ['a', 'b']);
  const other = await load({ ...twice, 'a/hosts': 'z' }, ['a', 'b']);
  expect(other.inventory.digest).not.toBe(one.inventory.digest);
  expect(new Set([first, vars, moved].map(({ inventory }) => inventory.digest)).size).toBe(3);
});
