import { describe, expect, test } from 'vitest';
import { checkNamePaths, shapeOf, shapeOfValue } from '../../../engine/language/check/paths.ts';
import type { Dynamic } from '../../../engine/language/dynamic/dynamic.ts';
import { dynamicPaths, evaluate, isStatic, literal, toDynamic } from '../../../engine/language/dynamic/evaluate.ts';
import { type Definition, dynamicLayer, layered, valueLayer } from '../../../engine/language/dynamic/variables.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { findUnknown } from '../../../engine/language/value/find-unknown.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { Unknown, type Value } from '../../../engine/language/value/value.ts';
import { cpuTime } from '../../cpu-time.ts';
import { plain, pointed, problemOf, read, scopeOf, standing } from '../support.ts';

/** YAML text as a Dynamic without problems. */
function dynamic(text: string): Dynamic {
  const { node, problems } = read(text);
  if (!node) throw new Error('empty');
  const value = toDynamic(node, problems);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return value;
}

/** The entries of a YAML map as a layer. */
function layer(text: string) {
  const map = dynamic(text);
  if (map.kind !== 'map') throw new Error('no map');
  return dynamicLayer(new Map(map.entries.map(({ key, value }) => [key, value])));
}

describe('dynamics', () => {
  const text = 'a: "{{ x }}"\nb: !expr x + 1\nc: [1, "t {{ y }}", null]\nd: { e: true }\nf: "{ plain }"\n';

  test('evaluate to values', () => {
    expect(evaluate(dynamic(text), scopeOf({ x: 1, y: 'z' }))).toEqual({
      a: 1,
      b: 2,
      c: [1, 't z', null],
      d: { e: true },
      f: '{ plain }',
    });
  });

  test('know their names, and whether they have any', () => {
    expect(dynamicPaths(dynamic(text)).map(({ path }) => path.join('.'))).toEqual(['x', 'x', 'y']);
    expect([isStatic(dynamic(text)), isStatic(dynamic('a: [1, !expr "1 + 1"]\n'))]).toEqual([false, true]);
  });

  test('broken templates and expressions are all told, at their place', () => {
    const { node, problems } = read('a: "{{ x"\nb:\n  - !expr x +\n  - "{{ y | z }}"\n');
    const value = node && toDynamic(node, problems);
    expect(problems.map((problem) => [problem.code, pointed(problem)])).toEqual([
      ['template-syntax', '1:5 {{'],
      ['expression-syntax', '3:13 +'],
      ['jinja', '4:11 |'],
    ]);
    expect(value && evaluate(value, scopeOf({}))).toEqual({ a: null, b: [null, null] });
  });

  test('positions inside of a block scalar are those of the file', () => {
    const scope = scopeOf({ port: 1 });
    expect(pointed(problemOf(() => evaluate(dynamic('a: |\n  port {{ port }}\n  more {{ prot }}\n'), scope)))).toBe(
      '3:11 prot',
    );
    expect(pointed(problemOf(() => evaluate(dynamic('a: !expr >-\n  port ==\n  prot\n'), scope)))).toBe('3:3 prot');
  });

  test('what is tagged !unsafe is no template', () => {
    expect(evaluate(dynamic('- !unsafe "{{ x }} \\\\{{ y"\n- !unsafe 12\n'), scopeOf({}))).toEqual([
      '{{ x }} \\{{ y',
      '12',
    ]);
  });

  test('a secret outside of variables is a problem', () => {
    const { node, problems } = read('a: !secret hunter2\n');
    if (node) toDynamic(node, problems);
    expect(problems.map((problem) => [problem.code, pointed(problem)])).toEqual([['secret-misplaced', '1:4 !secret']]);
  });

  test('values as literals stay data', () => {
    const value: Value = { a: '{{ x }}', b: [1, null, { c: new Secret('s', 'v') }] };
    expect(evaluate(literal(value, standing('x')), scopeOf({}))).toEqual(value);
    expect(() => literal([new Unknown('apply', 'x')], standing('x'))).toThrow(TypeError);
  });

  test('unknowns are found at any depth, what must be waited for first', () => {
    const [apply, later] = [new Unknown('apply', 'a'), new Unknown('later', 'b')];
    expect(findUnknown({ a: [1, { b: apply }], c: later })).toBe(later);
    expect(findUnknown([apply, 'x'])).toBe(apply);
    expect(findUnknown({ a: [new Secret('s', 'v')] })).toBeUndefined();
  });
});

describe('layers', () => {
  test('the stronger wins, and templates see the strongest', () => {
    const scope = layered([layer('a: weak\nb: "{{ a }}!"\n'), layer('a: strong\n')]);
    expect([scope.lookup('a'), scope.lookup('b'), scope.lookup('c')]).toEqual(['strong', 'strong!', undefined]);
    expect([...scope.names()].sort()).toEqual(['a', 'b']);
  });

  test('a variable sees what is defined where it is used', () => {
    const host = layered([layer('url: "http://{{ name }}/{{ item }}"\nname: web\nother: "{{ name }}"\n')]);
    const [one, two] = ['a', 'b'].map((item) => host.with(valueLayer({ item })));
    expect([one?.lookup('url'), two?.lookup('url'), one?.lookup('other')]).toEqual([
      'http://web/a',
      'http://web/b',
      'web',
    ]);
    expect(problemOf(() => host.lookup('url'))).toMatchObject({ code: 'undefined-variable' });
    expect(one?.with(valueLayer({ name: 'db' })).lookup('url')).toBe('http://db/a');
    expect(
      host
        .with(valueLayer({ item: 'x' }))
        .with(valueLayer({ name: 'db' }))
        .lookup('other'),
    ).toBe('db');
  });

  test('has(vars.…) and hostvars see derived scopes', () => {
    const host = layered([layer('flag: !expr has(vars.item)\n')]);
    expect([host.lookup('flag'), host.with(valueLayer({ item: 1 })).lookup('flag')]).toEqual([false, true]);
  });

  test('each variable is evaluated once, however many scopes derive from its own', () => {
    let evaluations = 0;
    const counted = {
      get: (name: string) => (name === 'x' ? { value: evaluations++ } : undefined),
      names: () => ['x'],
    };
    const host = layered([counted, layer('a: "{{ x }}-"\n')]);
    const before = evaluations;
    for (let i = 0; i < 5; i++) expect(host.with(valueLayer({ item: i })).lookup('a')).toBe(host.lookup('a'));
    expect(evaluations - before).toBeLessThan(5);
    expect(new Set([host.lookup('a'), host.with(valueLayer({ item: 1 })).lookup('a')]).size).toBe(1);
  });

  test('what has changed is evaluated again, with all that depends on it', () => {
    const results = new Map<string, Definition>([['out', { value: { rc: 0 } }]]);
    const scope = layered([
      layer('a: "{{ out.rc }}"\nb: "b{{ a }}"\nc: c\nd: !expr vars["o" + "ut"].rc\n'),
      dynamicLayer(results),
    ]);
    expect([scope.lookup('b'), scope.lookup('c'), scope.lookup('d')]).toEqual(['b0', 'c', 0]);
    results.set('out', { value: { rc: 1 } });
    scope.changed('out');
    expect([scope.lookup('a'), scope.lookup('b'), scope.lookup('d')]).toEqual([1, 'b1', 1]);
  });

  test('what is not known is asked for again', () => {
    let facts: Value = new Unknown('later', 'facts');
    const scope = layered([
      { get: (name) => (name === 'facts' ? { value: facts } : undefined), names: () => ['facts'] },
      layer('family: "{{ facts.family }}"\nlist: ["{{ family }}"]\n'),
    ]);
    expect([scope.lookup('family'), scope.lookup('list')]).toEqual([facts, [facts]]);
    facts = { family: 'debian' };
    expect([scope.lookup('family'), scope.lookup('list')]).toEqual(['debian', ['debian']]);
  });

  test.each([
    ['a: "{{ a }}"\n', 'a', '‹a› needs ‹a›'],
    ['a: "{{ b }}"\nb: !expr c + 1\nc: ["{{ a }}"]\n', 'b', '‹b› needs ‹c› needs ‹a› needs ‹b›'],
    ['a: !expr vars["a"]\n', 'a', '‹a› needs ‹a›'],
  ])('a circle is named: %j', (text, name, circle) => {
    const problem = problemOf(() => layered([layer(text)]).lookup(name));
    expect([problem.code, problem.detail?.split('\n')[0]]).toEqual(['recursive-variable', circle]);
  });

  test('a chain without end is a problem, not a crash', () => {
    const chain = (length: number) =>
      layer(Array.from({ length }, (_, i) => `v${i}: ${i ? `"{{ v${i - 1} }}"` : 'a'}\n`).join(''));
    expect(layered([chain(150)]).lookup('v149')).toBe('a');
    expect(problemOf(() => layered([chain(3000)]).lookup('v2999'))).toMatchObject({ code: 'recursive-variable' });
  });

  test('a broken variable is told where it is written, and who used it', () => {
    const scope = layered([layer('a: "x {{ missing }}"\nb: "{{ a }}"\n')]);
    const problem = problemOf(() => scope.lookup('b'));
    expect(pointed(problem)).toBe('1:10 missing');
    expect(problem.detail).toContain('‹a› is used at site.yml:2:8');
  });

  test('inherited names are no variables', () => {
    const scope = layered([valueLayer({ a: 1 }), layer('b: 1\n')]);
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      expect(scope.lookup(name)).toBeUndefined();
  });

  test('fifty hosts with three hundred tasks take no time to speak of', () => {
    const vars = layer(Array.from({ length: 60 }, (_, i) => `v${i}: ${i ? `"{{ v${i - 1} }}x"` : 'a'}\n`).join(''));
    const task = dynamic('path: "/opt/{{ v9 }}/{{ item }}"\nwhen: !expr facts.os == "debian" && item >= 0\n');
    const started = cpuTime();
    for (let host = 0; host < 50; host++) {
      const scope = layered([vars, valueLayer({ facts: { os: 'debian' } })]);
      for (let item = 0; item < 300; item++) evaluate(task, scope.with(valueLayer({ item })));
    }
    // 0.3 s on an idle machine
    expect(cpuTime() - started).toBeLessThan(6000);
  });
});

describe('names known before a run', () => {
  const shape = new Map([...shapeEntries('app: { port: 1, users: [] }\nname: x\n'), ['item', 'any' as const]]);

  function shapeEntries(text: string) {
    const known = shapeOf(dynamic(text));
    if (known === 'any') throw new Error('no shape');
    return [...known];
  }

  test.each<[string, string[]]>([
    ['{{ app.port }} {{ name }} {{ item.x.y }} {{ app.users.[0].z }}', []],
    ['{{ nmae }}', ['Undefined variable ‹nmae›']],
    ['{{ app.prot }} {{ vars.nmae }}', ['Undefined variable ‹app.prot›', 'Undefined variable ‹nmae›']],
    ['{{#each app.users}}{{ anything }}{{/each}}', []],
    ['{{ vars }}', []],
  ])('%s', (text, expected) => {
    const value = dynamic(JSON.stringify(text));
    expect(checkNamePaths(dynamicPaths(value), shape).map(({ summary }) => summary)).toEqual(expected);
    expect(checkNamePaths(dynamicPaths(value), 'any')).toEqual([]);
  });

  test('what a has(…) covers may be missing', () => {
    const paths = dynamicPaths(dynamic('!expr has(vars.nope) && nope.x > 1 && other == 1\n'));
    expect(checkNamePaths(paths, shape).map(({ summary }) => summary)).toEqual(['Undefined variable ‹other›']);
    expect(checkNamePaths(paths, shape, [['other']])).toEqual([]);
  });

  test('the nearest names are told', () => {
    const [problem] = checkNamePaths(dynamicPaths(dynamic('"{{ app.prot }}"\n')), shape);
    expect(problem).toMatchObject({ hint: 'Did you mean ‹port›?', detail: '‹app› has ‹port›, ‹users›.' });
  });

  test('values have shapes, too', () => {
    const known = shapeOfValue({ a: { b: 1 }, c: [1], d: new Secret('s', 'v'), e: new Unknown('later', 'x') });
    expect(known).toEqual(
      new Map<string, unknown>([
        ['a', new Map([['b', 'any']])],
        ['c', 'any'],
        ['d', 'any'],
        ['e', 'any'],
      ]),
    );
  });
});

test('reading, evaluating and writing again keeps every value', () => {
  const problems: Problem[] = [];
  const { node } = read('a: [1, 2.5, true, null, "x", { b: "" }]\n');
  if (!node) throw new Error('empty');
  expect(evaluate(toDynamic(node, problems), scopeOf({}))).toEqual(plain(node));
  expect(new SourceText('f', '').at(0)).toMatchObject({ line: 1, column: 1 });
});
