import { expect, test } from 'vitest';
import { load, variablesOf } from '../load-inventory.ts';

const host = 'all:\n  hosts:\n    web1:\n';

test.each([
  ['- web1', ['inventory-shape hosts.yml:1:1 An inventory is a map of groups']],
  ['web1', ['inventory-shape hosts.yml:1:1 An inventory is a map of groups']],
  ['plugin: aws_ec2\nregions: [x]', ['not-built hosts.yml:1:1 This configures an inventory plugin of Ansible']],
  [`${host}  host:\n    x:`, ['inventory-shape hosts.yml:4:3 A group has no ‹host›']],
  [`${host}  web:\n    hosts:\n      x:`, ['inventory-shape hosts.yml:4:3 A group has no ‹web›']],
  [`${host}  children: [web]`, ['inventory-shape hosts.yml:4:13 ‹children› must be a map']],
  [`${host}  vars: text`, ['inventory-shape hosts.yml:4:9 ‹vars› must be a map']],
  ['all:\n  hosts:\n    - web1', ['inventory-shape hosts.yml:3:5 ‹hosts› must be a map']],
  ['all:\n  hosts:\n    web1: 22', ['inventory-shape hosts.yml:3:11 The variables of ‹web1› must be a map']],
  ['all: web1', ['inventory-shape hosts.yml:1:6 The group ‹all› must be a map']],
  ['all:\n  hosts:\n    web[1:a]:', ['inventory-shape hosts.yml:3:5 This names no host']],
  [
    'a:\n  hosts: x\n  children:\n    b:\n      children:\n        a:',
    ['inventory-shape hosts.yml:4:5 A group holds itself'],
  ],
  [`${host}  vars:\n    p: !vault |\n      x`, ['jinja hosts.yml:5:8 ‹!vault› values of Ansible cannot be read']],
  [`${host}  vars:\n    p: !secrt hidden`, ['yaml-tag hosts.yml:5:8 Unknown YAML tag ‹!secrt›']],
  [`${host}  vars:\n    p: {{ a }}`, ['yaml-unquoted-template hosts.yml:5:8 A template must be quoted']],
  [`${host}  vars:\n\tp: 1`, ['yaml-tab hosts.yml:5:1 YAML doesn’t allow tabs for indentation']],
  [`${host}  vars:\n    p: 1\n    p: 2`, ['yaml-duplicate-key hosts.yml:6:5 The key ‹p› stands here twice']],
])('%j', async (text, told) => {
  const { told: all, problems } = await load({ 'hosts.yml': text });
  expect(all.map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual(
    told.map((each) => each.split(' ').slice(0, 2).join(' ')),
  );
  if (told[0]?.startsWith('inventory')) expect(all).toEqual(told);
  expect(JSON.stringify(problems)).not.toContain('hidden');
});

test.each([
  ['"{{ x | default(3) }}"', 'a filter', 'for the group ‹all›'],
  ['"{{ x | to_json }}"', 'a filter', '{{ json name }}'],
  ['"{{ x|int }}"', 'a filter', '!expr'],
  [`"{{ lookup('env', 'HOME') }}"`, 'a lookup', '-e'],
  ['"{{ x is defined }}"', 'a test', 'has(vars.other)'],
  [`"{{ 'a' if x else 'b' }}"`, 'a condition', '? this : that'],
  [`"{{ hostvars['web1']['x'] }}"`, 'an item in brackets', 'hostvars.web1.name'],
  ['"{{ list[0] }}"', 'an item in brackets', 'list.[0]'],
  ['"{{ x.upper() }}"', 'a call', '!expr'],
  ['"{{ x + 1 }}"', 'a calculation', '!expr'],
  [`"{{ a ~ '-' ~ b }}"`, 'a calculation', '!expr'],
  ['"{% if x %}a{% endif %}"', 'a block ‹if›', '{{#if name}}'],
  ['"{% for x in y %}{{ x }}{% endfor %}"', 'a block ‹for›', '{{#each list}}'],
  ['"{% set x = 1 %}"', 'a block ‹set›', '!expr'],
])('Jinja is told as such: %s', async (value, what, hint) => {
  const { problems } = await load({ 'hosts.yml': `${host}  vars:\n    v: ${value}\n` });
  expect(problems).toMatchObject([{ code: 'jinja', summary: `This is Jinja: ${what}`, at: { line: 5 } }]);
  expect(problems[0]?.hint).toContain(hint);
});

test.each([
  '"{{ name }}-x"',
  '"{{#if a}}b{{else}}c{{/if}}"',
  '"{{#each list as |x|}}{{ x }}{{/each}}"',
  '"{{ json a.b }}"',
  '"${#x}"',
  '"%{http_code}"',
])('Handlebars, and text that only looks like Jinja, is no Problem: %s', async (value) => {
  const { told } = await load({ 'hosts.yml': `${host}  vars:\n    v: ${value}\n` });
  expect(told).toEqual([]);
});

test('!unsafe is text, and what it holds is no template', async () => {
  const { inventory, told } = await load({ 'hosts.yml': `${host}  vars:\n    v: !unsafe "a {% b %}"\n` });
  expect(told).toEqual([]);
  expect(variablesOf(inventory, 'web1')).toEqual({ v: 'a {% b %}' });
});
