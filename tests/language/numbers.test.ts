// Numbers stay as they are written, wherever they come from; and texts that are no numbers are none.
import { describe, expect, it } from 'vitest';
import { evaluate, toDynamic } from '../../engine/language/dynamic/evaluate.ts';
import { compileExpression, evaluateExpression } from '../../engine/language/expression/expression.ts';
import { validateParams } from '../../engine/language/parameters/validate.ts';
import { SourceText } from '../../engine/language/problem/position.ts';
import { type Problem, ProblemError } from '../../engine/language/problem/problem.ts';
import { compileTemplate, renderTemplate } from '../../engine/language/template/template.ts';
import { asComputed, Float } from '../../engine/language/value/float.ts';
import { parseJson, writeJson } from '../../engine/language/value/json.ts';
import type { Scope, Value } from '../../engine/language/value/value.ts';
import { readYaml } from '../../engine/language/yaml/yaml.ts';
import { modules } from '../../modules/index.ts';
import { load } from '../inventory/load-inventory.ts';

const at = { file: 'a', line: 1, column: 1, length: 1, text: '' };
const scopeOf = (values: Readonly<Record<string, Value>>): Scope => ({
  lookup: (name) => values[name],
  names: () => Object.keys(values),
});
const none = scopeOf({});

function yaml(text: string, version: '1.1' | '1.2'): Value {
  const problems: Problem[] = [];
  const node = readYaml(new SourceText('a.yml', text), { version, problems });
  const value = node ? evaluate(toDynamic(node, problems), none) : null;
  if (problems.length > 0) throw new ProblemError(problems);
  return value;
}

const inText = (value: Value) => renderTemplate(compileTemplate('v{{ x }}', at), scopeOf({ x: value }));
const computed = (source: string, x: Value = null) => evaluateExpression(compileExpression(source, at), scopeOf({ x }));

describe.each(['8.0', '1.10', '2.50', '-3.0', '1.0e+3', '0.10'])('%s', (text) => {
  it('is in a text as it is written, from YAML, JSON and INI', async () => {
    for (const value of [yaml(text, '1.1'), yaml(text, '1.2'), parseJson(text)]) expect(inText(value)).toBe(`v${text}`);
    const { inventory } = await load({ hosts: `a v=${text}\n[all:vars]\nw=${text}\nlist=[${text}]\n` });
    const variables = inventory.hosts.get('a')?.variables;
    const value = (name: string) => {
      const found = variables?.get(name);
      return found ? evaluate(found.value, none) : null;
    };
    for (const name of ['v', 'w']) expect(inText(value(name))).toBe(`v${text}`);
    expect(writeJson(value('list'))).toBe(`[${text}]`);
  });

  it('is a number for expressions, and no whole one', () => {
    expect(computed('x == double(string(x))', yaml(text, '1.2'))).toBe(true);
    expect(computed('x / 2 * 2.0 == x', yaml(text, '1.2'))).toBe(true);
  });
});

it.each([
  ['3 / x', '1.5'],
  ['x', '2.0'],
  ['x + 1', '3.0'],
  ['x * 1.5', '3.0'],
  ['4.0 / 2', '2.0'],
  ['x == 2', 'true'],
  ['x in [1, 2]', 'true'],
  ['int(x) / 2', '1'],
  ['7 / 2', '3'],
])('%s is %s where x is 2.0', (source, text) => {
  expect(String(computed(source, new Float(2, '2.0')))).toBe(text);
});

it.each([
  "int('')",
  "int(' 1')",
  "int('0b11')",
  "int('1.0')",
  "int('1_000')",
  'int(1e30)',
  "uint('')",
  "uint('-1')",
  "double('')",
  "double('0x10')",
])('%s is no number', (source) => {
  expect(() => computed(source)).toThrow(ProblemError);
});

it.each([
  ['9007199254740993', '9007199254740993'],
  ['1234567890123456789', '1234567890123456789'],
  ['12', 12],
  ['1.5', 1.5],
  ['"1.0"', '1.0'],
  ['"\\u0001x"', '\u0001x'],
])('JSON’s %s', (text, value) => {
  expect(parseJson(text)).toBe(value);
  expect(parseJson(`{"a": [${text}, 2.0]}`)).toEqual({ a: [value, new Float(2, '2.0')] });
});

it('JSON is written as it was read', () => {
  const text = '{"a":8.0,"b":[1.10,2,"3.0","\\u00010"],"c":{"d":1.0e5}}';
  expect(writeJson(parseJson(text))).toBe(text);
  expect(writeJson(asComputed(4))).toBe('4.0');
});

it('a parameter is the text where the module wants one, and the number where it wants that', () => {
  const module = (name: string) => modules.find((one) => one.name === name);
  const params = (name: string, values: Readonly<Record<string, unknown>>) => {
    const found = module(name);
    if (!found) throw new Error(name);
    return validateParams({ ...found, check: undefined }, values, () => at);
  };
  const eight = new Float(8, '8.0');
  expect(params('file', { path: eight }).params.path).toBe('8.0');
  expect(params('file', { path: '/a', mode: eight }).problems).toHaveLength(1);
  expect(params('wait-for', { port: eight }).params.port).toBe(8);
  expect(params('set-fact', { fact: eight }).params.fact).toBe(eight);
});
