import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { renderProblems } from '../../../engine/language/problem/render.ts';
import type { YamlNode } from '../../../engine/language/yaml/yaml.ts';
import { cpuTime } from '../../cpu-time.ts';
import { plain, pointed, read } from '../support.ts';

describe('plain scalars', () => {
  test.each<[string, unknown, unknown]>([
    // text, YAML 1.2, YAML 1.1 as PyYAML 6 reads it
    ['yes', 'yes', true],
    ['Off', 'Off', false],
    ['y', 'y', 'y'],
    ['n', 'n', 'n'],
    ['true', true, true],
    ['FALSE', false, false],
    ['~', null, null],
    ['null', null, null],
    ['0644', 644, 420],
    ['0o644', 420, '0o644'],
    ['08', 8, '08'],
    ['0x1F', 31, 31],
    ['-0x1F', '-0x1F', -31],
    ['0b101', '0b101', 5],
    ['1_000', '1_000', 1000],
    ['1:30', '1:30', 90],
    ['22:22:22', '22:22:22', 80542],
    ['190:20:30.15', '190:20:30.15', 685230.15],
    ['08:00', '08:00', '08:00'],
    ['1e3', 1000, '1e3'],
    ['1.5e+3', 1500, 1500],
    ['1.', 1, 1],
    ['.5', 0.5, 0.5],
    ['+12', 12, 12],
    ['-0', 0, 0],
    ['1.2.3', '1.2.3', '1.2.3'],
    ['2026-11-22', '2026-11-22', '2026-11-22'],
    ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ['=', '=', '='],
  ])('%s', (text, core, pyYaml) => {
    expect(plain(read(`- ${text}\n`).node)).toEqual([core]);
    expect(plain(read(`- ${text}\n`, '1.1').node)).toEqual([pyYaml]);
  });

  test.each(['"yes"', "'0644'", '!!str 12', '! 12'])('%s is text', (text) => {
    const { node, problems } = read(`- ${text}\n`, '1.1');
    expect([typeof (plain(node) as unknown[])[0], problems]).toEqual(['string', []]);
  });

  test('the text as written stays beside the value', () => {
    const { node } = read('mode: 0644\nname: "0644"\n');
    const scalars = node?.kind === 'map' ? node.entries.map(({ value }) => value) : [];
    expect(scalars).toMatchObject([
      { raw: '0644', value: 644, quoted: false },
      { raw: '0644', value: '0644', quoted: true },
    ]);
  });

  test('numbers that a double cannot hold', () => {
    const text = '- 9007199254740993\n- .inf\n';
    expect(read(text).problems.map(({ code }) => code)).toEqual(['bad-value', 'bad-value']);
    // Ansible has integers of any size: there it stays what was written
    expect(plain(read(text, '1.1').node)).toEqual(['9007199254740993', '.inf']);
    expect(read(text, '1.1').problems).toEqual([]);
  });
});

describe('structure', () => {
  test.each([
    ['nothing', ''],
    ['a comment', '# hello\n'],
    ['a marker', '---\n'],
    ['white space', ' \n\n'],
  ])('%s is an empty file', (_name, text) => {
    expect(read(text)).toEqual({ node: undefined, problems: [] });
  });

  test('an explicit null is not an empty file', () => {
    expect(read('null\n').node).toMatchObject({ kind: 'scalar', value: null });
  });

  test('anchors, aliases and merge keys', () => {
    const text = 'base: &b { a: 1, b: 2 }\nmore: &m { b: 3, c: 4 }\nx: { <<: *b, a: 9 }\ny:\n  <<: [*m, *b]\nz: *b\n';
    expect(read(text).problems).toEqual([]);
    expect(plain(read(text).node)).toMatchObject({ x: { a: 9, b: 2 }, y: { a: 1, b: 3, c: 4 }, z: { a: 1, b: 2 } });
  });

  test('keys are text, in the order of the file', () => {
    const { node } = read('b: 1\n80: 2\ntrue: 3\n"": 4\n');
    expect(node?.kind === 'map' && node.entries.map(({ key }) => key)).toEqual(['b', '80', 'true', '']);
  });

  test('positions of keys, values and tags', () => {
    const { node } = read('\ufeffname: web\nlist:\n  - !expr "a + 1"\n');
    const places: string[] = [];
    const walk = (at: YamlNode) => {
      places.push(`${at.kind} ${at.at.line}:${at.at.column}+${at.at.length}`);
      if (at.kind === 'list') at.items.forEach(walk);
      if (at.kind === 'map') at.entries.forEach(({ value }) => void walk(value));
    };
    if (node) walk(node);
    expect(places).toEqual(['map 1:1+9', 'scalar 1:7+3', 'list 3:3+15', 'scalar 3:11+7']);
  });

  test.each([
    ['"a {{ x }} b"', 'x: "a {{ x }} b"\n', '1:10 x'],
    ['an escape before it', 'x: "\\t{{ x }}"\n', '1:10 x'],
    ['a block scalar', 'x: |\n  one\n  {{ x }}\n', '3:6 x'],
    ['a folded one', 'x: >\n  x one\n  two {{ x }}\n', '3:10 x'],
    ['single quotes', "x: 'it''s {{ x }}'\n", '1:14 x'],
  ])('a place inside of a string: %s', (_name, text, expected) => {
    const { node } = read(text);
    const scalar = node?.kind === 'map' ? node.entries[0]?.value : undefined;
    if (scalar?.kind !== 'scalar') throw new Error('no scalar');
    const value = String(scalar.value);
    const start = value.lastIndexOf('x }}');
    expect(pointed({ code: 'usage', summary: '', at: scalar.locate(start, start + 1) })).toBe(expected);
  });
});

describe('problems', () => {
  test.each<[string, string, string, string]>([
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 'yaml-duplicate-key', '3:1 a'],
    ['a duplicate key in a flow map', '{ a: 1, a: 2 }\n', 'yaml-duplicate-key', '1:9 a'],
    ['a tab', 'a:\n\tb: 1\n', 'yaml-tab', '2:1 \t'],
    ['an unquoted template', 'a: {{ b }}\n', 'yaml-unquoted-template', '1:4 {{ b }}'],
    ['an unquoted template with text', 'a: {{ b }}/c\n', 'yaml-unquoted-template', '1:4 {{ b }}'],
    ['an unquoted template in a list', '- {{ b }}\n', 'yaml-unquoted-template', '1:3 {{ b }}'],
    ['an unquoted template as a key', '{{ b }}: 1\n', 'yaml-unquoted-template', '1:1 {{ b }}'],
    ['a mistyped tag', 'a: !secert hunter2\n', 'yaml-tag', '1:4 !secert'],
    ['an unquoted negation', 'when: !facts.x\n', 'yaml-tag', '1:7 !facts.x'],
    ['a Python object', 'a: !!python/object:os.system x\n', 'yaml-tag', '1:4 !!python/object:os.system'],
    ['a vault', 'a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n', 'jinja', '1:4 !vault'],
    ['a tag on a map', 'a: !secret { b: c }\n', 'yaml-tag', '1:4 !secret'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'yaml-syntax', '2:1 ---'],
    ['a list as key', '? [1]\n: 2\n', 'yaml-syntax', '1:3 [1]'],
    ['no key', ': 2\n', 'yaml-syntax', '1:1 :'],
    ['an unknown alias', 'a: *b\n', 'yaml-syntax', '1:4 *b'],
    ['a value in itself', 'a: &a [*a]\n', 'yaml-syntax', '1:8 *a'],
    ['a merge of text', 'a: { <<: x }\n', 'yaml-syntax', '1:10 x'],
    ['an open quote', 'a: "b\nc: 1\n', 'yaml-syntax', '1:4 "'],
    ['an open bracket', 'a: [1, 2\nb: 3\n', 'yaml-syntax', '2:1 b'],
    ['two colons', 'a: b: c\n', 'yaml-syntax', '1:4 b'],
    ['a reserved character', 'a: @b\n', 'yaml-syntax', '1:4 @'],
    ['a control character', 'a: b\u0007\n', 'yaml-syntax', '1:5 \u0007'],
    ['nesting without end', '['.repeat(100_000), 'yaml-syntax', '1:1 ['],
  ])('%s', (_name, text, code, place) => {
    const { problems } = read(text);
    expect(problems.map((problem) => [problem.code, pointed(problem)])).toEqual([[code, place]]);
  });

  test('come in the order of the file', () => {
    const { problems } = read('a: !x 1\nb: {{ c }}/d\ne: 1\ne: 2\n');
    expect(problems.map(({ at }) => at?.line)).toEqual([1, 2, 4]);
  });

  test('a mistyped tag is told its nearest, and its value is shown nowhere', () => {
    for (const text of [
      'a: !secert hunter2\n',
      'a: { b: !Secret "hunter2" }\n',
      'a: !secrets |\n  hunter2\n',
      'a: !seccret hunter2\nb: {{ x }}/y\n',
    ]) {
      const { node, problems } = read(text);
      const shown = renderProblems(problems, { color: false });
      expect(shown).toContain('Did you mean ‹!secret›?');
      expect(shown + JSON.stringify(problems) + JSON.stringify(node)).not.toContain('hunter2');
    }
  });

  test('the value of a secret is in no position of its line', () => {
    const { node } = read('{ a: !secret hunter2, b: 1 }\n');
    const positions = JSON.stringify(node, (key, value) =>
      key === 'value' && typeof value === 'string' ? undefined : value,
    );
    expect(positions).not.toContain('hunter2');
    expect(JSON.stringify(node)).toContain('"value":"hunter2"');
  });

  test('aliases that multiply are stopped', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]\n`).join('');
    const started = cpuTime();
    const { problems } = read(`a0: &a0 [x]\n${laughs}`);
    expect(problems.map(({ code }) => code)).toEqual(['yaml-syntax']);
    expect(cpuTime() - started).toBeLessThan(15_000);
  });
});

describe('properties', () => {
  const pieces = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '{{',
    '}}',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '!x ',
    '!secret ',
    '&a ',
    '*a',
    '#',
    '|',
    '>',
    '\t',
    '<<',
    '?',
    ',',
    '\\',
    '---',
    '%',
    '@',
    '0',
    '~',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  );

  test('whatever the text, reading it gives problems and nothing else', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('1.1' as const, '1.2' as const), (source, version) => {
        const { problems } = read(source, version);
        for (const problem of problems) if (!problem.at) throw new ProblemError(problems);
      }),
      { numRuns: 1000 },
    );
  });

  test('a quoted string is read as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const single = `'${value.replaceAll("'", "''")}'`;
        expect(plain(read(`- ${JSON.stringify(value)}\n- ${single}\n`).node)).toEqual([value, value]);
      }),
    );
  });
});
