import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from '../../../engine/language/problem/did-you-mean.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { place, renderProblem, renderProblems } from '../../../engine/language/problem/render.ts';
import { visible } from '../../../engine/language/problem/visible.ts';
import { CEL_WORDS, reservedName } from '../../../engine/language/value/names.ts';

const source = new SourceText('/srv/site.yml', 'hosts: web\n\tport: "{{ prot }}"\n');
const problem: Problem = {
  code: 'undefined-variable',
  summary: 'Undefined variable ‹prot›',
  detail: 'It is not in the inventory.\nNor in the play.',
  hint: 'Did you mean ‹port›?\n    port',
  at: source.at(22, 26),
};

describe('a problem as text', () => {
  test('says what, where, why and what to do', () => {
    expect(renderProblem(problem, { color: false, cwd: '/srv' })).toBe(
      [
        'error: Undefined variable ‹prot›',
        ' --> site.yml:2:12',
        '  |',
        '2 | \tport: "{{ prot }}"',
        '  | \t          ^^^^',
        '  = It is not in the inventory.',
        '  = Nor in the play.',
        '  → Did you mean ‹port›?',
        '        port',
      ].join('\n'),
    );
  });

  test('a warning without a place', () => {
    expect(renderProblem({ code: 'usage', severity: 'warning', summary: 'x' }, { color: false })).toBe('warning: x');
  });

  test('several have an empty line between them', () => {
    expect(
      renderProblems(
        [
          { code: 'usage', summary: 'a' },
          { code: 'usage', summary: 'b' },
        ],
        { color: false },
      ),
    ).toBe('error: a\n\nerror: b');
  });

  test('in colour it is the same text', () => {
    const colored = renderProblem(problem, { color: true });
    expect(colored).toContain('\u001b[1;31m^^^^\u001b[0m');
    expect(colored.replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe(renderProblem(problem, { color: false }));
  });

  test('a long line is shown around the place', () => {
    const long = new SourceText('f', `${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`);
    const lines = renderProblem({ code: 'usage', summary: 'x', at: long.at(5000, 5004) }, { color: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
    const caret = lines[4]?.indexOf('^') ?? -1;
    expect(lines[3]?.slice(caret, caret + 4)).toBe('HERE');
  });

  test('the caret stands under wide and escaped text', () => {
    const odd = new SourceText('f', 'a: "\u202eü\u0007" x');
    const at = odd.at(odd.text.indexOf('x'));
    const lines = renderProblem({ code: 'usage', summary: 's', at }, { color: false }).split('\n');
    expect(lines[3]).toBe('1 | a: "\\u{202e}ü\\x07" x');
    expect(lines[4]?.indexOf('^')).toBe(lines[3]?.indexOf('x', 20));
  });

  test('files below the working directory are named from there', () => {
    const at = source.at(0);
    expect([place(at, '/srv'), place(at, '/srv/other'), place(at)]).toEqual([
      'site.yml:1:1',
      '/srv/site.yml:1:1',
      '/srv/site.yml:1:1',
    ]);
  });

  test('nothing in it can move a cursor, whatever it quotes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, text, fc.nat(50), (summary, detail, hint, line, offset) => {
        const at = new SourceText(detail, line).at(Math.min(offset, line.length));
        const shown = renderProblem({ code: 'usage', summary, detail, hint, at }, { color: false });
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('visible text', () => {
  test.each([
    ['a\nb\tc', 'a\nb\tc'],
    ['a\rb', 'a\\x0db'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u009b31m', '\\x9b31m'],
    ['a\u0008b\u007f', 'a\\x08b\\x7f'],
    ['\u202eabc\u2066', '\\u{202e}abc\\u{2066}'],
    ['a\u200bb\u00adc\ufeff', 'a\\u{200b}b\\xadc\\u{feff}'],
    ['\u{e0041}\u{e007f}', '\\u{e0041}\\u{e007f}'],
    ['\ud800', '\\u{d800}'],
    ['Grüße, 世界, 🎉 ✔︎'.replace('\ufe0e', ''), 'Grüße, 世界, 🎉 ✔'],
  ])('%j', (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe('nearest names', () => {
  test.each<[string, string[], string[]]>([
    ['copi', ['copy', 'cron', 'file'], ['copy']],
    ['teh', ['the', 'ten', 'other'], ['ten', 'the']],
    ['set_fact', ['set-fact', 'sync'], ['set-fact']],
    ['Copy', ['copy'], ['copy']],
    ['regist', ['register', 'retries'], ['register']],
    ['xyz', ['copy'], []],
    ['', ['a'], []],
    ['a', ['b', 'ab', 'abc'], ['ab', 'b']],
    ['same', ['same', 'sane'], ['sane']],
  ])('%s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toEqual(expected);
  });

  test('as a sentence', () => {
    expect(didYouMean('prot', ['port', 'proto', 'host'])).toBe('Did you mean ‹port› or ‹proto›?');
    expect(didYouMean('prot', ['copy'])).toBeUndefined();
  });

  test('a swap costs one slip, and no word is its own neighbour', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, maxLength: 20, unit: fc.constantFrom('a', 'b', 'c', 'd') }),
        fc.nat(18),
        (word, at) => {
          const index = at % (word.length - 1);
          const swapped = word.slice(0, index) + word.charAt(index + 1) + word.charAt(index) + word.slice(index + 2);
          expect(nearest(word, [swapped])).toEqual(swapped === word ? [] : [swapped]);
        },
      ),
    );
  });
});

describe('reserved names', () => {
  test.each([
    'facts',
    'item',
    'vars',
    'json',
    'each',
    'list',
    'string',
    'has',
    'true',
    '__proto__',
    'constructor',
    'web-port',
    '1st',
    '',
  ])('%j', (name) => {
    expect(reservedName(name)).toBeTypeOf('string');
  });

  test.each(['port', 'app_port', '_x', 'hosts', 'listing', 'items'])('%s is free', (name) => {
    expect(reservedName(name)).toBeUndefined();
  });

  test('every word of CEL is one', () => {
    for (const word of CEL_WORDS) expect(reservedName(word)).toBeTypeOf('string');
  });
});
