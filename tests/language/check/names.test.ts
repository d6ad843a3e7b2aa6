// Names against what can be there: the inventory, other plays, other tasks, template files.

import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../engine/language/check/names.ts';
import type { Shape } from '../../../engine/language/check/paths.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import { compileTemplateFile } from '../../../engine/language/template/template.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { fakeCatalog } from '../fake-catalog.ts';

async function undefinedNames(text: string, known: Shape = new Map(), files: Readonly<Record<string, string>> = {}) {
  const { runbook, problems } = await readRunbook('site.yml', {
    catalog: fakeCatalog,
    secrets: secretOpener([], () => undefined),
    readFile: () => Promise.resolve(Buffer.from(text)),
  });
  expect(problems).toEqual([]);
  if (!runbook) throw new Error('no runbook');
  const found = checkNames(runbook, {
    known: () => known,
    catalog: fakeCatalog,
    templateFile: (_, name) => compileTemplateFile(new SourceText(name, files[name] ?? '')),
  });
  return found.map(({ summary, at }) => `${at?.file}:${at?.line} ${summary.replace(/.*‹(.*)›/, '$1')}`);
}

const using = (...names: readonly string[]) =>
  `- hosts: all\n  tasks:\n${names.map((name) => `    - command: "echo {{ ${name} }}"\n`).join('')}`;

describe('names', () => {
  it.each([
    'inventory_hostname',
    'groups.web',
    'group_names',
    'hostvars.web1.x',
    'run.id',
    'run.check_mode',
    'run.started',
    'run.operator',
    'facts.hostname',
    'facts.fqdn',
    'facts.arch',
    'facts.kernel',
    'facts.init',
    'facts.user',
    'facts.uid',
    'facts.cpus',
    'facts.memory_mb',
    'facts.addresses',
    'facts.date',
    'facts.os.id',
    'facts.os.version',
    'facts.os.family',
    'facts.os.codename',
  ])('%s is always there', async (name) => {
    expect(await undefinedNames(using(name))).toEqual([]);
  });

  it('come from the inventory, with the members that are known', async () => {
    const known: Shape = new Map<string, Shape>([
      ['app', new Map<string, Shape>([['port', 'any']])],
      ['site', 'any'],
    ]);
    expect(await undefinedNames(using('app.port', 'site.anything', 'app.prot'), known)).toEqual([
      'site.yml:5 app.prot',
    ]);
  });

  it('are not checked where nothing is known', async () => {
    expect(await undefinedNames(using('whatever'), 'any')).toEqual([]);
  });

  it('may have the members that any layer gives', async () => {
    const known: Shape = new Map<string, Shape>([['app', new Map<string, Shape>([['port', 'any']])]]);
    const text = `- hosts: all\n  defaults: { app: { user: a } }\n  tasks:\n    - command: "echo {{ app.port }} {{ app.user }} {{ app.x }}"\n`;
    expect(await undefinedNames(text, known)).toEqual(['site.yml:4 app.x']);
  });

  it('that tasks leave hold from there on, in later plays too, and in handlers', async () => {
    const text = [
      '- hosts: all',
      '  tasks:',
      '    - { command: "a", register: made, notify: Tell }',
      '    - set-fact: { fact: 1 }',
      '    - command: "echo {{ made.stdout }} {{ fact }}"',
      '  handlers:',
      '    - { name: Tell, command: "echo {{ made.rc }}" }',
      '- hosts: all',
      '  tasks:',
      '    - command: "echo {{ made.stdout }} {{ fact }} {{ later }}"',
      '- hosts: all',
      '  tasks:',
      '    - { command: "a", register: later }',
    ].join('\n');
    expect(await undefinedNames(text)).toEqual(['site.yml:10 later']);
  });

  it('of one play’s vars don’t hold in the next', async () => {
    expect(await undefinedNames(`- hosts: all\n  vars: { mine: 1 }\n${using('mine')}`)).toEqual(['site.yml:5 mine']);
  });

  it('that has() guards may be missing', async () => {
    const text =
      '- hosts: all\n  tasks:\n    - { command: a, when: "has(vars.x) && x == 1" }\n    - { command: a, when: x == 1 }\n';
    expect(await undefinedNames(text)).toEqual(['site.yml:4 x']);
  });

  it('that a task’s when guards may be missing in all of the task', async () => {
    const text =
      '- hosts: all\n  tasks:\n    - { command: "echo {{ x }} {{ y }}", when: [has(vars.x), x == 1] }\n    - command: "echo {{ x }}"\n';
    expect(await undefinedNames(text)).toEqual(['site.yml:3 y', 'site.yml:4 x']);
  });

  it('in template files are checked where the task stands', async () => {
    const text = [
      '- hosts: all',
      '  vars: { domain: a }',
      '  tasks:',
      '    - template: { src: a.hbs, dest: /a }',
      '      vars: { mine: 1 }',
      '    - template: { src: a.hbs, dest: /a }',
    ].join('\n');
    const files = { 'a.hbs': '{{ domain }}\n{{ mine }}\n{{#if typo}}x{{/if}}\n' };
    expect(await undefinedNames(text, new Map(), files)).toEqual(['a.hbs:3 typo', 'a.hbs:2 mine']);
  });

  it.each([
    ['{ stat: { path: /a }, register: s }', ['s.stat.exists', 's.changed', 's.stdout', 's.msg'], []],
    ['{ stat: { path: /a }, register: s, retries: 2 }', ['s.attempts'], []],
    ['{ stat: { path: /a }, register: s, until: s.stat.exists }', ['s.attempts'], []],
    ['{ stat: { path: /a }, register: s }', ['s.attempts'], 'all'],
    ['{ stat: { path: /a }, register: s }', ['s.stat.exist', 's.stats', 's.results'], 'all'],
    ['{ stat: { path: "{{ item }}" }, loop: [/a], register: s }', ['s.results', 's.results.[0].stat.exist'], []],
    ['{ stat: { path: "{{ item }}" }, loop: [/a], register: s }', ['s.stat', 's.rc'], 'all'],
    ['{ command: a, register: s }', ['s.anything'], []],
    ['{ stat: { path: "{{ item }}" }, loop: [/a], register: s, until: s.stat.exists }', ['s.results'], []],
    ['{ stat: { path: "{{ item }}" }, loop: [/a], register: s, changed_when: s.rc == 1 }', ['s.attempts'], []],
    ['{ stat: { path: "{{ item }}" }, loop: [/a], register: s, failed_when: s.stat.exists }', ['s.stat'], 'all'],
  ] as const)('of a result are those that the module gives: %s, %j', async (task, names, missing) => {
    const text = `${using(...names).replace('  tasks:\n', `  tasks:\n    - ${task}\n`)}`;
    const expected = missing === 'all' ? names.map((name, index) => `site.yml:${index + 4} ${name}`) : [];
    expect(await undefinedNames(text)).toEqual(expected);
  });

  it('of a result are those of every task that gives it', async () => {
    const two = '    - { stat: { path: /a }, register: s }\n    - { command: a, register: s }\n';
    expect(await undefinedNames(using('s.stat.exist').replace('tasks:\n', `tasks:\n${two}`))).toEqual([]);
  });
});
