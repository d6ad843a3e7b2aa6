// The schema for editors accepts what the reader accepts, and refuses what a schema can refuse.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { keywordsOf } from '../../../engine/language/keywords/keywords.ts';
import { runbookSchema } from '../../../engine/language/schema/schema.ts';
import { fakeCatalog } from '../fake-catalog.ts';

const schema = runbookSchema(fakeCatalog);
const ajv = new Ajv({ allowUnionTypes: true, strictRequired: false, strictTypes: false });
const validate = ajv.compile(schema);
const tags = ['!expr', '!secret'].map((tag) => ({ tag, resolve: (text: string) => text }));
const load = (text: string): unknown => parse(text, { customTags: tags, logLevel: 'silent', strict: false });
const accepts = (text: string) => validate(load(text));

describe('the schema', () => {
  it.each(['site.yml', 'imported.yml'])('accepts good/%s', (name) => {
    const text = readFileSync(join(import.meta.dirname, '../read/good', name), 'utf8');
    // !expr gives any type: editors see its text, which stands for a template here
    expect(accepts(text.replaceAll(/!expr (.*)/g, '"{{ $1 }}"')), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    'unknown-keyword',
    'unknown-module',
    'missing-parameter',
    'unknown-parameter',
    'ill-typed-parameter',
    'not-boolean',
    'octal-mode',
    'params',
    'keywords',
    'blocks',
    'serial',
    'not-a-list',
    'tasks-without-play',
  ])('refuses bad/%s.yml', (name) => {
    expect(accepts(readFileSync(join(import.meta.dirname, '../read/bad', `${name}.yml`), 'utf8'))).toBe(false);
  });

  const task = (body: string) => `- hosts: all\n  tasks:\n    - { ${body} }\n`;
  it.each([
    ['user: { name: a, uid: "{{ x }}" }', true],
    ['user: { name: a, uid: x }', false],
    ['user: { name: a, state: "{{ x }}" }', true],
    ['user: { name: a, state: x }', false],
    ['user: { name: a, groups: "{{ x }}" }', true],
    ['user: { name: a, groups: ["{{ x }}"] }', true],
    ['user: { name: a, system: "yes" }', false],
    ['user: { name: a, retries: 2 }', false],
    ['file: { dest: /a, state: file }', true],
    ['file: { state: file }', false],
    ['file: { path: /a, state: file, mode: "0644" }', true],
    ['file: { path: /a, state: file, mode: 644 }', false],
    ['file: { path: /a, state: file, mode: "{{ m }}" }', true],
    ['set_fact: { a: 1 }', true],
    ['ansible.builtin.set_fact: { a: [] }', true],
    ['ansible.builtin.user: { nam: a }', false],
    ['community.general.user: { name: a }', true],
    ['command: uptime', true],
    ['command:', true],
    ['user: a', false],
    ['name: only a name', false],
    ['ports: { rules: [{ rule: allow, port: "{{ p }}" }], limits: { rate: 2 } }', true],
    ['ports: { rules: [{ rule: allow, prt: 1 }] }', false],
    ['include_tasks: a.yml, when: x, tags: [a]', true],
    ['include_tasks: a.yml, register: x', false],
    ['command: a, become: "{{ x }}", ignore_errors: true, retries: "{{ n }}"', true],
    ['command: a, retries: 0', false],
    ['command: a, register: with-dash', false],
    [
      'block: [{ command: a }], rescue: [{ command: b }], always: [{ block: [{ command: c }] }], when: x, become: true',
      true,
    ],
    ['block: [{ command: a }], loop: [1]', false],
    ['block: [{ command: a }], register: x', false],
    ['block: [{ user: { nam: a } }]', false],
    ['rescue: [{ command: a }]', false],
  ])('%s: %s', (body, wanted) => {
    expect(accepts(task(body)), JSON.stringify(validate.errors)).toBe(wanted);
  });

  it.each([
    ['serial: 2', true],
    ['serial: 30%', true],
    ['serial: [1, "{{ n }}", 100%]', true],
    ['serial: 0', false],
    ['serial: all', false],
    ['serial: []', false],
    ['max_fail_percentage: 12.5', true],
    ['max_fail_percentage: 101', false],
    ['any_errors_fatal: true', true],
    ['force_handlers: 1', false],
  ])('a play with %s: %s', (body, wanted) => {
    expect(accepts(`- hosts: all\n  ${body}\n`), JSON.stringify(validate.errors)).toBe(wanted);
  });

  it('describes every keyword and every parameter', () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, member] of Object.entries(value ?? {})) {
            const described = typeof member === 'object' && member !== null && 'description' in member;
            if (!described || String(member.description).length < 3) bare.push(`${path}/${name}`);
          }
        }
        walk(value, `${path}/${key}`);
      }
    };
    walk(schema, '');
    expect(bare).toEqual([]);
    for (const place of ['play', 'task', 'block', 'include', 'import'] as const) {
      for (const name of keywordsOf(place).keys()) expect(JSON.stringify(schema)).toContain(`"${name}"`);
    }
  });

  it('is the same each time', () => {
    expect(JSON.stringify(runbookSchema(fakeCatalog))).toBe(JSON.stringify(schema));
  });
});
