// Jinja in texts that would reach a host as they stand: values of runbooks and template files.
import { describe, expect, it } from 'vitest';
import { toDynamic } from '../../../engine/language/dynamic/evaluate.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import { type Problem, ProblemError } from '../../../engine/language/problem/problem.ts';
import { compileTemplateFile } from '../../../engine/language/template/template.ts';
import { readYaml } from '../../../engine/language/yaml/yaml.ts';

function inValue(yaml: string): readonly Problem[] {
  const problems: Problem[] = [];
  const node = readYaml(new SourceText('site.yml', yaml), { version: '1.2', problems });
  if (node) toDynamic(node, problems);
  return problems;
}

function inFile(text: string): readonly Problem[] {
  try {
    compileTemplateFile(new SourceText('a.hbs', text));
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
}

describe.each<[string, string, string]>([
  ['{% if debug %}on{% endif %}', 'a block ‹if›', '{{#if name}}'],
  ['{%- for x in y -%}a{%- endfor -%}', 'a block ‹for›', '{{#each list}}'],
  ['{% set x = 1 %}', 'a block ‹set›', '!expr'],
  ['{% raw %}{{ x }}{% endraw %}', 'a block ‹raw›', '!unsafe'],
  ['{% include "a" %}', 'a block ‹include›', 'no partials'],
  ['{% endif %}', 'a block ‹endif›', '!unsafe'],
  ['a {# note #} b', 'a comment', '{{! … }}'],
])('%s', (text, what, hint) => {
  it('is a Problem in a value, at its place', () => {
    const [problem] = inValue(`content: |\n  one\n  ${text}\n`);
    expect(problem).toMatchObject({ code: 'jinja', summary: `This is Jinja: ${what}`, at: { line: 3 } });
    expect(problem?.at?.column).toBe(text.indexOf('{') + 3);
    expect(problem?.hint).toContain(hint);
    expect(problem?.hint).toContain('!unsafe');
  });

  it('is a Problem in a template file', () => {
    const problems = inFile(`one\n${text}\n{{ name }}\n`);
    expect(problems).toMatchObject([{ code: 'jinja', at: { file: 'a.hbs', line: 2 } }]);
  });
});

it('every block of a text is told of, and their ends are not', () => {
  const problems = inFile('{% if a %}x{% else %}y{% endif %}\n{% for b in c %}{# d #}{% endfor %}\n');
  expect(problems.map(({ summary }) => summary)).toEqual([
    'This is Jinja: a block ‹if›',
    'This is Jinja: a block ‹for›',
    'This is Jinja: a comment',
  ]);
});

it.each([
  '{{#if a}}x{{else}}y{{/if}}',
  '{{#each a}}{{this}}{{/each}} #}',
  'echo ${#name} and #}',
  'log_format a "%{X}o {%d}"',
  'date +%Y{%m}',
  'a {# without an end',
  'a {% without an end',
  '{{! {% if x %} {# y #} }}',
  '{{!-- {% if x %} }} --}}',
])('is no Jinja: %s', (text) => {
  expect(inFile(text)).toEqual([]);
  expect(inValue(`content: |\n  ${text}\n`)).toEqual([]);
});

it('stays as it is where it is said to be no template', () => {
  expect(inValue('content: !unsafe "{% if a %}{# b #}"\n')).toEqual([]);
});
