import { inspect } from 'node:util';
import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import { SourceText } from '../../../engine/language/problem/position.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import {
  compileTemplate,
  compileTemplateFile,
  isTemplate,
  renderTemplate,
} from '../../../engine/language/template/template.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { Unknown, type Value } from '../../../engine/language/value/value.ts';
import { pointed, problemOf, scopeOf, standing } from '../support.ts';

const later = new Unknown('later', 'the facts');
const apply = new Unknown('apply', 'the key');
const values = {
  domain: 'vantus.systems',
  port: 3005,
  ratio: 1.5,
  on: true,
  off: false,
  nothing: null,
  empty: '',
  list: ['a', 'b'],
  none: [],
  app: {
    port: 80,
    users: [
      { name: 'ann', groups: ['x'] },
      { name: 'bob', groups: [] },
    ],
  },
  'web-1': { a: 1 },
  password: new Secret('password', 'hunter2'),
  token: new Secret('token', 'opensesame'),
  key: apply,
  facts: later,
  half: { known: 'yes', unknown: apply },
};

const render = (text: string, scope: Readonly<Record<string, Value>> = values) =>
  renderTemplate(compileTemplate(text, standing(text)), scopeOf(scope));

describe('values', () => {
  test.each<[string, Value]>([
    ['{{ domain }}', 'vantus.systems'],
    ['https://{{ domain }}:{{ port }}/{{ on }}/{{ ratio }}', 'https://vantus.systems:3005/true/1.5'],
    // one path alone keeps its type
    ['{{ port }}', 3005],
    ['  {{ on }}\n', true],
    ['{{ nothing }}', null],
    ['{{ list }}', values.list],
    ['{{ app.users.[1].name }}', 'bob'],
    ['{{ list.length }}', 2],
    ['{{ vars.port }}', 3005],
    ['{{{ port }}}', 3005],
    ['{{ [web-1].a }}', 1],
    ['{{ port }}!', '3005!'],
    ['{{ json app.port }}', '80'],
    ['{{ json list }} ', '["a","b"] '],
    ['{{#if on}}yes{{else}}no{{/if}}', 'yes'],
    ['{{#if none}}yes{{else if off}}maybe{{else}}no{{/if}}', 'no'],
    ['{{#if nothing}}yes{{/if}}', ''],
    ['{{#unless off}}yes{{/unless}}', 'yes'],
    ['{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}', '0a,1b'],
    [
      '{{#each app.users as |user i|}}{{i}}{{user.name}}{{#each user.groups as |g|}}{{g}}{{user.name}}{{/each}} {{/each}}',
      '0annxann 1bob ',
    ],
    [
      '{{#each app.users}}{{name}}@{{../domain}}:{{@root.port}} {{/each}}',
      'ann@vantus.systems:3005 bob@vantus.systems:3005 ',
    ],
    ['{{#each app.users}}{{#each groups}}{{@../index}}{{../name}}{{../../port}}{{/each}}{{/each}}', '0ann3005'],
    ['{{#each app}}{{@key}} {{/each}}', 'port users '],
    ['{{#each none}}x{{else}}nobody{{/each}}', 'nobody'],
    ['{{#with app}}{{port}}{{/with}}', '80'],
    ['{{#with app as |a|}}{{a.port}}{{/with}}', '80'],
    ['<a href="{{ domain }}">&</a>', '<a href="vantus.systems">&</a>'],
    ['\\{{ domain }} {{! a comment }}{{!-- another --}}', '{{ domain }} '],
    ['a {{~ port ~}} b', 'a3005b'],
  ])('%s', (text, expected) => {
    expect(render(text)).toEqual(expected);
  });

  test('only text with {{ is a template', () => {
    expect(['{{ x }}', 'a {{x}}', '{ x }', '$' + '{x}', '{% x %}'].map(isTemplate)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('files', () => {
  const file = (text: string) => compileTemplateFile(new SourceText('/t/unit.hbs', text));

  test('lines of blocks and comments leave nothing, all else stays', () => {
    const text =
      '[Unit]\n{{! why }}\n{{#each list}}\nUser={{this}}\n{{/each}}\n  {{#if on}}\n\tOn=1\n  {{/if}}\n\nPort={{port}}\n\n';
    expect(renderTemplate(file(text), scopeOf(values))).toBe('[Unit]\nUser=a\nUser=b\n\tOn=1\n\nPort=3005\n\n');
  });

  test('a file of one path is text', () => {
    expect(renderTemplate(file('{{ port }}'), scopeOf(values))).toBe('3005');
    expect(renderTemplate(file('{{ port }}\r\n'), scopeOf(values))).toBe('3005\r\n');
    expect(problemOf(() => renderTemplate(file('{{ list }}'), scopeOf(values)))).toMatchObject({
      code: 'template-value',
    });
  });

  test('problems stand where they are in the file', () => {
    expect(pointed(problemOf(() => file('one\n{{#if on}}\n  {{ a | upper }}\n{{/if}}\n')))).toBe('3:8 |');
    expect(pointed(problemOf(() => renderTemplate(file('one\r\n\r\n  {{ prot }}\n'), scopeOf(values))))).toBe(
      '3:6 prot',
    );
  });
});

describe('problems', () => {
  test.each<[string, string, string]>([
    ['{{ prot }}', 'undefined-variable', 'prot'],
    ['{{#if prot}}x{{/if}}', 'undefined-variable', 'prot'],
    ['{{#if off}}{{else if prot}}x{{/if}}', 'undefined-variable', 'prot'],
    ['{{#each prot}}x{{/each}}', 'undefined-variable', 'prot'],
    ['{{#with prot}}x{{/with}}', 'undefined-variable', 'prot'],
    ['{{ json prot }}', 'undefined-variable', 'prot'],
    ['{{ app.prot }}', 'undefined-variable', 'app.prot'],
    ['{{ app.port.x }}', 'undefined-variable', 'app.port.x'],
    ['{{ password.length }}', 'undefined-variable', 'password.length'],
    ['{{ app.constructor }}', 'undefined-variable', 'app.constructor'],
    ['{{ app.__proto__ }}', 'undefined-variable', 'app.__proto__'],
    ['{{ list.push }}', 'undefined-variable', 'list.push'],
    ['{{ list.[2] }}', 'undefined-variable', 'list.[2]'],
    ['{{ toString }}', 'undefined-variable', 'toString'],
    ['{{#each app.users}}{{domain}}{{/each}}', 'undefined-variable', 'domain'],
    ['{{#each list}}{{name}}{{/each}}', 'undefined-variable', 'name'],
    ['a {{ list }}', 'template-value', '{{ list }}'],
    ['a {{ app }}', 'template-value', '{{ app }}'],
    ['a {{ nothing }}', 'template-value', '{{ nothing }}'],
    ['{{#each domain}}{{/each}}', 'template-value', 'domain'],
    ['{{ port', 'template-syntax', '{{'],
    ['{{ port }', 'template-syntax', '{{'],
    ['{{ }}', 'template-syntax', '}'],
    ['{{#if on}}x', 'template-syntax', 'x'],
    ['{{#if on}}{{/each}}', 'template-syntax', 'if'],
    ['{{/if}}', 'template-syntax', '{'],
    ['{{ list.0 }}', 'template-syntax', '0'],
    ['{{ port + 1 }}', 'template-syntax', '+'],
    ['{{ port | default(1) }}', 'jinja', '|'],
    ['{{ upper domain }}', 'template-syntax', 'upper'],
    ['{{ if on }}', 'template-syntax', 'if'],
    ['{{ log domain }}', 'template-syntax', 'log'],
    ['{{ lookup app "port" }}', 'template-syntax', 'lookup'],
    ['{{ json }}', 'template-syntax', '{{ json }}'],
    ['{{ json list 2 }}', 'template-syntax', '{{ json list 2 }}'],
    ['{{#on}}x{{/on}}', 'template-syntax', 'on'],
    ['{{^on}}x{{/on}}', 'template-syntax', 'on'],
    ['{{#if on off}}x{{/if}}', 'template-syntax', 'if'],
    ['{{#if on includeZero=true}}x{{/if}}', 'template-syntax', 'includeZero=true'],
    ['{{> head }}', 'template-syntax', '{{> head }}'],
    ['{{#> head }}x{{/head}}', 'template-syntax', '{{#> head }}x{{/head}}'],
    ['{{* inline }}', 'template-syntax', '{{* inline }}'],
    ['{{{{raw}}}} {{x}} {{{{/raw}}}}', 'template-syntax', 'raw'],
    ['{{ "domain" }}', 'template-syntax', '"domain"'],
    ['{{ this }}', 'template-syntax', 'this'],
    ['{{ ../port }}', 'template-syntax', '../port'],
    ['{{ @index }}', 'template-syntax', '@index'],
    ['{{#with app}}{{@index}}{{/with}}', 'template-syntax', '@index'],
    ['{{#each list}}{{@indx}}{{/each}}', 'template-syntax', '@indx'],
  ])('%s', (text, code, marked) => {
    const problem = problemOf(() => render(text));
    expect([problem.code, pointed(problem).replace(/^1:\d+ /, '')]).toEqual([code, marked]);
  });

  test('name what was perhaps meant', () => {
    expect(problemOf(() => render('{{ domian }}')).hint).toBe('Did you mean ‹domain›?');
    expect(problemOf(() => render('{{ app.user }}')).hint).toBe('Did you mean ‹users›?');
    expect(problemOf(() => render('{{#each app.users}}{{ domain }}{{/each}}')).hint).toContain('@root.domain');
    expect(problemOf(() => render('a {{ list }}')).hint).toContain('{{ json name }}');
  });

  test('all of a template at once', () => {
    const compile = () => compileTemplate('{{> a}} {{ b c }} {{#d}}{{/d}}', standing('x'));
    expect(compile).toThrow(ProblemError);
    expect(() => compile()).toThrow(/Partials.*no helper ‹b›.*no block ‹d›/);
  });
});

describe('free names', () => {
  test.each<[string, string[]]>([
    ['{{ a.b }} {{ json c }}', ['a.b', 'c']],
    ['{{#each a as |x i|}}{{x.y}}{{i}}{{z}}{{../b}}{{@root.c.d}}{{@index}}{{this}}{{/each}}', ['a', 'b', 'c.d']],
    ['{{#if a}}{{b}}{{else if c}}{{d}}{{/if}}', ['a', 'b', 'c', 'd']],
    ['{{#with a}}{{b}}{{else}}{{c}}{{/with}}', ['a', 'c']],
    ['plain', []],
  ])('%s', (text, expected) => {
    expect(compileTemplate(text, standing(text)).paths.map(({ path }) => path.join('.'))).toEqual(expected);
  });
});

describe('secrets and unknowns', () => {
  test.each<[string, string, string]>([
    ['{{ password }}', 'password', 'hunter2'],
    ['a{{ password }}b', 'password', 'ahunter2b'],
    ['{{ password }}:{{ token }}:{{ password }}', 'password+token', 'hunter2:opensesame:hunter2'],
    ['{{#if password}}yes{{/if}}', 'password', 'yes'],
    ['{{#with password}}{{this}}{{/with}}', 'password', 'hunter2'],
  ])('%s is a secret', (text, name, revealed) => {
    const value = render(text);
    if (!(value instanceof Secret)) throw new Error('it is not a secret');
    expect([value.name, value.reveal()]).toEqual([name, revealed]);
  });

  test('JSON with a secret deep inside is a secret', () => {
    const value = render('{{ json x }}', { x: [{ y: values.password }] });
    expect(value instanceof Secret && value.reveal()).toBe('[{"y":"hunter2"}]');
  });

  test.each<[string, Value]>([
    ['{{ key }}', apply],
    ['a {{ key }}', apply],
    ['a {{ key }} {{ facts }}', later],
    ['a {{ facts }} {{ key }}', later],
    ['{{ facts.os.family }}', later],
    ['{{#if key}}a{{/if}}', apply],
    ['{{#each key}}a{{/each}}', apply],
    ['{{ json half }}', apply],
    ['{{ password }}{{ key }}', apply],
    ['{{ half.unknown }}', apply],
    ['{{ half.known }}', 'yes'],
    ['{{ half }}', values.half],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  test('a name that does not exist is a problem beside an unknown, too', () => {
    expect(problemOf(() => render('{{ key }} {{ prot }}')).code).toBe('undefined-variable');
  });
});

describe('properties', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  // Handlebars compares contexts with ‹!=›, which needs a prototype; and it adds up two booleans that stand side by
  // side, hence the dashes below
  const data = fc.record(
    {
      a: leaf,
      b: fc.array(leaf),
      c: fc.dictionary(fc.constantFrom('x', 'y'), leaf, { noNullPrototype: true }),
      d: fc.boolean(),
    },
    { noNullPrototype: true },
  );
  const piece = fc.constantFrom(
    'text ',
    '\n',
    ' <&> ',
    '{{#if d}}',
    '{{else}}',
    '{{/if}}',
    '{{#each b}}',
    '{{#each c}}',
    '{{/each}}',
    '-{{@index}}',
    '-{{@key}}',
    '-{{@first}}',
    '{{#unless a}}',
    '{{/unless}}',
    '{{~',
    '{{! c }}',
    '\\{{a}}',
    '{{#with c}}',
    '{{/with}}',
    '-{{@root.d}}',
    '-{{../d}}',
    '{{#if b}}',
  );
  const source = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

  test('what renders, renders as Handlebars does', () => {
    let compared = 0;
    fc.assert(
      fc.property(source, data, (text, scope) => {
        let ours: Value;
        try {
          ours = renderTemplate(compileTemplateFile(new SourceText('t', text)), scopeOf(scope));
        } catch (error) {
          if (error instanceof ProblemError) return;
          throw error;
        }
        compared++;
        expect(ours).toBe(Handlebars.compile(text, { noEscape: true })(scope));
      }),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test('whatever the text, compiling it gives a template or problems with a place', () => {
    const any = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.oneof(
            piece,
            fc.constantFrom(
              '{{',
              '}}',
              'a',
              '.',
              '"',
              '|',
              '#',
              '/',
              '(',
              ')',
              '=',
              '[',
              ']',
              ' ',
              '@',
              '../',
              '>',
              '*',
              '\r',
            ),
          ),
          { maxLength: 20 },
        )
        .map((p) => p.join('')),
    );
    fc.assert(
      fc.property(any, (text) => {
        try {
          compileTemplate(text, standing('x'));
          compileTemplateFile(new SourceText('t', text));
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          for (const { at } of error.problems) expect(at?.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('a secret is in nothing that can be printed', () => {
    const use = fc.constantFrom(
      '{{ password }}',
      'x{{ password }}',
      '{{#if password}}{{ password }}{{/if}}',
      '{{ json m }}',
      '{{#each m}}{{this}}{{/each}}',
      '{{ m }}',
      '{{ m.list }}',
      '{{#with m}}{{p}}{{/with}}',
      '{{ password.x }}',
      '{{ m.p.q }}',
      '{{#each password}}{{/each}}',
      'a {{ m }}',
    );
    fc.assert(
      fc.property(fc.array(use, { minLength: 1, maxLength: 3 }), (uses) => {
        let printed: unknown;
        try {
          printed = render(uses.join(' '), {
            password: values.password,
            m: { p: values.password, list: [values.password] },
          });
        } catch (error) {
          printed = error instanceof ProblemError ? error.problems : error;
        }
        expect(`${inspect(printed, { depth: 9 })}${JSON.stringify(printed)}${String(printed)}`).not.toContain(
          'hunter2',
        );
      }),
    );
  });
});
