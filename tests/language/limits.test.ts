// What a runbook may ask of the machine that reads it: beyond a limit it is a Problem, and below it is read in no time.

import { describe, expect, test } from 'vitest';
import { MOST_ITEMS, MOST_NODES, MOST_TASKS } from '../../engine/base/limits.ts';
import type { Dynamic } from '../../engine/language/dynamic/dynamic.ts';
import { evaluate, toDynamic } from '../../engine/language/dynamic/evaluate.ts';
import { dynamicLayer, layered } from '../../engine/language/dynamic/variables.ts';
import { SourceText } from '../../engine/language/problem/position.ts';
import { type Problem, ProblemError } from '../../engine/language/problem/problem.ts';
import { readRunbook } from '../../engine/language/read/runbook.ts';
import { compileTemplate } from '../../engine/language/template/template.ts';
import type { Value } from '../../engine/language/value/value.ts';
import { leftSealed } from '../../engine/language/yaml/age.ts';
import { readYaml } from '../../engine/language/yaml/yaml.ts';
import { realCatalog as catalog } from './real-catalog.ts';
import { problemOf, read, standing } from './support.ts';

const play = (tasks: string, more = '') => `- name: Play\n  hosts: all\n${more}  tasks:\n${tasks}`;
const leaf = '- name: Leaf\n  debug: { msg: x }\n';

async function problemsIn(files: Readonly<Record<string, string>>): Promise<readonly Problem[]> {
  const readFile = async (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' });
    return Buffer.from(text);
  };
  const { problems } = await readRunbook('site.yml', { catalog, secrets: leftSealed(() => undefined), readFile });
  return problems.filter(({ severity }) => severity !== 'warning');
}

const told = (problems: readonly Problem[]) => problems.map(({ code, summary }) => `${code} ${summary}`);

describe('includes and imports', () => {
  /** Files of which each names the next one twice. */
  const doubling = (levels: number, line: (next: string) => string, end: string) =>
    Object.fromEntries(
      Array.from({ length: levels + 1 }, (_, level) => [
        `t${level}.yml`,
        level === levels ? end : line(`t${level + 1}.yml`).repeat(2),
      ]),
    );

  test.each([16, 40])('that double, %i levels deep', async (levels) => {
    const files = doubling(levels, (next) => `- include_tasks: ${next}\n`, leaf);
    const problems = await problemsIn({ ...files, 'site.yml': play('    - include_tasks: t0.yml\n') });
    expect(told(problems)).toEqual([`runbook-shape A runbook with more than ${MOST_TASKS} tasks`]);
  });

  test('runbooks that double', async () => {
    const files = doubling(
      20,
      (next) => `- import_playbook: ${next}\n`,
      play(leaf.replace(/^/gm, '    ').trimEnd() + '\n'),
    );
    const problems = await problemsIn({ ...files, 'site.yml': '- import_playbook: t0.yml\n' });
    expect(told(problems)).toEqual([`runbook-shape A runbook with more than ${MOST_TASKS} tasks`]);
  });

  test.each(['include_tasks', 'import_playbook'])('a long chain of %s', async (word) => {
    const chain = Array.from({ length: 3000 }, (_, at) => [`t${at}.yml`, `- ${word}: t${at + 1}.yml\n`]);
    const first = word === 'include_tasks' ? play('    - include_tasks: t0.yml\n') : '- import_playbook: t0.yml\n';
    const problems = await problemsIn({ ...Object.fromEntries(chain), 'site.yml': first });
    expect(told(problems)).toEqual(['runbook-shape Files that name one another more than 50 deep']);
  });

  test('a dozen levels are fine', async () => {
    const files = doubling(12, (next) => `- include_tasks: ${next}\n`, leaf);
    expect(await problemsIn({ ...files, 'site.yml': play('    - include_tasks: t0.yml\n') })).toEqual([]);
  });
});

describe('one file', () => {
  test.each([MOST_TASKS, 80_000])('%i tasks', async (count) => {
    const problems = await problemsIn({ 'site.yml': play('    - { name: T, debug: { msg: x } }\n'.repeat(count)) });
    expect(told(problems)).toEqual([
      count === MOST_TASKS
        ? `runbook-shape A runbook with more than ${MOST_TASKS} tasks`
        : `yaml-syntax This file has more than ${MOST_NODES} values`,
    ]);
  });

  test('a loop over too many items', async () => {
    const items = Array.from({ length: MOST_ITEMS + 1 }, (_, at) => at).join(', ');
    const task = `    - { name: T, debug: { msg: x }, loop: [${items}] }\n`;
    expect(told(await problemsIn({ 'site.yml': play(task) }))).toEqual(['bad-value ‹loop› runs over too many items']);
  });

  test.each<[string, string]>([
    ['lists', `a: ${'['.repeat(200)}${']'.repeat(200)}`],
    ['maps', Array.from({ length: 200 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    ['thousands of lists', `a: ${'['.repeat(20_000)}`],
  ])('%s in one another', (_, text) => {
    expect(told(read(text).problems)).toContain('yaml-syntax This is nested more than 100 levels deep');
  });

  // Each of these took the square of its length: minutes.
  test.each<[string, string]>([
    [
      'one line with many values',
      `a: { ${Array.from({ length: 40_000 }, (_, at) => `k${at}: "{{ x }}"`).join(', ')} }`,
    ],
    ['a text with many templates', `a: "${'{{ x }}'.repeat(40_000)}"`],
    ['a block of many templates', `a: |\n${'  {{ x }} text\n'.repeat(40_000)}`],
    ['a folded text of many templates', `a: >\n${'  {{ x }} text\n'.repeat(10_000)}`],
    ['a line of many names of secrets', `a: "${'password: '.repeat(40_000)}"`],
    ['a line of one long word', `a: "${'a-'.repeat(200_000)}"`],
  ])('%s is read in no time', (_, text) => {
    const problems: Problem[] = [];
    const node = readYaml(new SourceText('vars.yml', text), { version: '1.2', problems });
    const dynamic = node && toDynamic(node, problems);
    expect([dynamic?.kind, problems]).toEqual(['map', []]);
  });
});

describe('templates', () => {
  test.each<[string, string]>([
    ['blocks', `${'{{#if x}}'.repeat(5000)}x${'{{/if}}'.repeat(5000)}`],
    ['blocks, just too many', `${'{{#each x}}'.repeat(101)}x${'{{/each}}'.repeat(101)}`],
    ['branches', `{{#if x}}a${'{{else if x}}b'.repeat(5000)}{{/if}}`],
    ['calls', `{{ json ${'(json '.repeat(5000)}x${')'.repeat(5000)} }}`],
    ['blocks that are never closed', '{{#if x}}'.repeat(5000)],
  ])('%s in one another', (_, text) => {
    const problem = problemOf(() => compileTemplate(text, standing(text)));
    expect([problem.code, problem.summary]).toEqual([
      'template-syntax',
      'This template is nested more than 100 levels deep',
    ]);
  });

  test.each<[string, string]>([
    ['a hundred blocks', `${'{{#if x}}'.repeat(100)}x${'{{/if}}'.repeat(100)}`],
    ['thousands beside one another', '{{#if x}}a{{else}}b{{/if}}{{ json (json x) }}(('.repeat(5000)],
  ])('%s', (_, text) => {
    expect(compileTemplate(text, standing(text)).nodes.length).toBeGreaterThan(0);
  });
});

describe('values', () => {
  const long = Array.from({ length: 20_000 }, (_, at) => at);

  /** What `last` is in a scope of these variables, in YAML. */
  function lookedUp(last: string, text: string): Value | undefined {
    const problems: Problem[] = [];
    const node = readYaml(new SourceText('vars.yml', text), { version: '1.2', problems });
    if (node?.kind !== 'map') throw new Error('no map');
    const entries = node.entries.map(({ key, value }): [string, Dynamic] => [key, toDynamic(value, problems)]);
    if (problems.length > 0) throw new ProblemError(problems);
    const given = new Map([['long', { value: long }]]);
    return layered([dynamicLayer(new Map(entries)), dynamicLayer(given)]).lookup(last);
  }

  const doubled = (first: string, next: (before: string) => string) =>
    [`v0: ${first}`, ...Array.from({ length: 40 }, (_, at) => `v${at + 1}: ${next(`v${at}`)}`)].join('\n');

  test.each<[string, string, string]>([
    ['texts that double', 'template-value', doubled('abcdefghij', (v) => `"{{ ${v} }}{{ ${v} }}"`)],
    ['lists that double', 'bad-value', doubled('[1, 2]', (v) => `["{{ ${v} }}", "{{ ${v} }}"]`)],
    ['maps that double', 'bad-value', doubled('{ a: 1 }', (v) => `{ a: "{{ ${v} }}", b: "{{ ${v} }}" }`)],
    ['sums of lists that double', 'expression-value', doubled('[1, 2, 3]', (v) => `!expr "${v} + ${v}"`)],
    ['sums of texts that double', 'expression-value', doubled('abcdefghij', (v) => `!expr "${v} + ${v}"`)],
    [
      'a list for each item of a list',
      'template-value',
      'v40: "{{#each long}}{{#each @root.long}}x{{/each}}{{/each}}"',
    ],
    ['and nothing in it', 'template-value', 'v40: "{{#each long}}{{#each @root.long}}{{/each}}{{/each}}"'],
  ])('%s', (_, code, text) => {
    expect(problemOf(() => lookedUp('v40', text)).code).toBe(code);
  });

  test('what is held twice, and isn’t much, is fine', () => {
    const text = doubled('[1, 2]', (v) => `["{{ ${v} }}", "{{ ${v} }}"]`);
    expect(JSON.stringify(lookedUp('v10', text)).length).toBeGreaterThan(5000);
    expect(evaluate({ kind: 'literal', value: 1, at: standing('1') }, layered([]))).toBe(1);
  });
});
