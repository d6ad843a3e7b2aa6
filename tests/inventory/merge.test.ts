import { expect, test } from 'vitest';
import { explainHost } from '../../engine/inventory/explain.ts';
import { load, variablesOf } from './load-inventory.ts';

const everywhere = {
  'inv/hosts': `
[web]
web1 a=7-host
[prod:children]
web
[all:vars]
a=1-all
[prod:vars]
a=2-prod
[web:vars]
a=3-web
`,
  'inv/group_vars/all.yml': 'a: 4-all-file',
  'inv/group_vars/prod.yml': 'a: 5-prod-file',
  'inv/group_vars/web.yml': 'a: 6-web-file',
  'inv/host_vars/web1.yml': 'a: 8-host-file',
};

test('every value of a variable, weakest first, with where it came from', async () => {
  const { inventory, told } = await load(everywhere, ['inv']);
  expect(told).toEqual([]);
  const history = inventory.hosts.get('web1')?.history.get('a') ?? [];
  const told_ = history.map(({ origin: { from, at } }) => `${from} @ ${at.file}:${at.line}`);
  expect(told_).toEqual([
    'group all @ inv/hosts:7',
    'group prod @ inv/hosts:9',
    'group web @ inv/hosts:11',
    'group_vars/all.yml @ inv/group_vars/all.yml:1',
    'group_vars/prod.yml @ inv/group_vars/prod.yml:1',
    'group_vars/web.yml @ inv/group_vars/web.yml:1',
    'host web1 @ inv/hosts:3',
    'host_vars/web1.yml @ inv/host_vars/web1.yml:1',
  ]);
  expect(variablesOf(inventory, 'web1')).toEqual({ a: '8-host-file' });
});

test('explain: the winner, and what it won over, strongest first', async () => {
  const { inventory } = await load(everywhere, ['inv']);
  const host = inventory.hosts.get('web1');
  if (!host) throw new Error('web1 is missing');
  const found = explainHost(host).find(({ name }) => name === 'a');
  expect(found?.winner).toMatchObject({ value: '8-host-file', from: 'host_vars/web1.yml' });
  expect(found?.beaten.map(({ value }) => value)).toEqual([
    '7-host',
    '6-web-file',
    '5-prod-file',
    '4-all-file',
    '3-web',
    '2-prod',
    '1-all',
  ]);
});

test('variables beside the runbook win over those beside the inventory, host by host and group by group', async () => {
  const files = {
    'inv/hosts': '[web]\nweb1\n',
    'inv/group_vars/web.yml': 'a: inventory\nb: inventory\nc: inventory',
    'inv/host_vars/web1.yml': 'b: inventory-host\nd: inventory-host',
    'play/group_vars/all.yml': 'c: play-all',
    'play/group_vars/web.yml': 'a: play\nb: play',
    'play/host_vars/web1.yml': 'd: play-host',
  };
  const { inventory } = await load(files, ['inv'], { runbookDirectories: ['play'] });
  expect(variablesOf(inventory, 'web1')).toEqual({ a: 'play', b: 'inventory-host', c: 'inventory', d: 'play-host' });
  const without = await load(files, ['inv']);
  expect(variablesOf(without.inventory, 'web1')).toMatchObject({ a: 'inventory', d: 'inventory-host' });
});

test('a directory that two sources share is read once, and in the place of the last', async () => {
  const files = {
    'a/one': 'h',
    'a/two': 'h',
    'a/group_vars/all.yml': 'v: a',
    'b/hosts': 'h',
    'b/group_vars/all.yml': 'v: b',
  };
  const { inventory } = await load(files, ['a/one', 'b/hosts', 'a/two']);
  expect(variablesOf(inventory, 'h')).toEqual({ v: 'a' });
  expect(inventory.hosts.get('h')?.history.get('v')).toHaveLength(2);
});

test('only one of NAME, NAME.yml … is read, and the others are told', async () => {
  const { inventory, told, problems } = await load(
    { 'inv/hosts': 'h', 'inv/host_vars/h/a.yml': 'v: directory', 'inv/host_vars/h.yml': 'v: file' },
    ['inv'],
  );
  expect(variablesOf(inventory, 'h')).toEqual({ v: 'directory' });
  expect(told).toEqual(['warning inventory-shape A variables file isn’t read']);
  expect(problems[0]?.hint).toBe('Move it into ‹host_vars/h/›.');
});

test.each([
  ['- a', 'inventory-shape inv/group_vars/all.yml:1:1 A variables file is a map'],
  ['$ANSIBLE_VAULT;1.1', 'jinja inv/group_vars/all.yml:1:1 Files of ansible-vault cannot be read'],
  ['a: "{{ b | c }}"', 'jinja inv/group_vars/all.yml:1:10 This is Jinja: a filter'],
  [
    'ansible_group_priority: 3',
    'warning inventory-shape inv/group_vars/all.yml:1:1 A group’s priority has no effect here',
  ],
  ['facts: 1', 'warning reserved-name inv/group_vars/all.yml:1:1 A variable that can’t be used under its name'],
])('a variables file: %s', async (text, told) => {
  const loaded = await load({ 'inv/hosts': 'h', 'inv/group_vars/all.yml': text }, ['inv']);
  expect(loaded.told).toEqual([told]);
});

test('a host called like a path reads no file elsewhere', async () => {
  const { inventory } = await load({ 'inv/hosts': '../up\n/etc', 'inv/up': 'x', 'inv/host_vars/x': 'a: 1' }, [
    'inv/hosts',
  ]);
  expect([...inventory.hosts.keys()]).toEqual(['../up', '/etc']);
  expect(variablesOf(inventory, '../up')).toEqual({});
});

test('this machine is there without being named, with the variables of all', async () => {
  const { inventory } = await load(
    { 'inv/hosts': 'h', 'inv/group_vars/all.yml': 'a: 1', 'inv/host_vars/localhost': 'b: 2' },
    ['inv'],
  );
  const local = inventory.localhost;
  expect([...local.variables.keys()].sort()).toEqual(['a', 'ansible_connection', 'b']);
  expect(local.groups).toEqual([]);
  expect(inventory.hosts.has('localhost')).toBe(false);
});

test('of a host and a group with one name each keeps its own variables', async () => {
  const { inventory, told } = await load({ hosts: '[web]\nweb a=host\nother\n[web:vars]\na=group\n' });
  expect(told).toEqual(['warning inventory-shape hosts:1:1 A host and a group have the same name']);
  expect([variablesOf(inventory, 'web'), variablesOf(inventory, 'other')]).toEqual([{ a: 'host' }, { a: 'group' }]);
});
