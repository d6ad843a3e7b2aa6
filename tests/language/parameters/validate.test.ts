// Parameters as they are bound: what passes, what it becomes, what is refused and in which words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateParams } from '../../../engine/language/parameters/validate.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { Content } from '../../../engine/module/content.ts';
import { fakeCatalog } from '../fake-catalog.ts';

const nowhere = new SourceText('site.yml', 'x').at(0);

function validate(module: string, values: Readonly<Record<string, unknown>>) {
  const syntax = fakeCatalog.get(module);
  if (!syntax) throw new Error(module);
  const asked: string[] = [];
  const { params, problems } = validateParams(syntax, values, (path) => {
    asked.push(path.join('/'));
    return nowhere;
  });
  return { params, found: problems.map(({ code }, index) => `${asked[index]} ${code}`), problems };
}

describe('what passes', () => {
  it.each([
    ['defaults are filled in', 'user', { name: 'a' }, { name: 'a', state: 'present', system: false }],
    [
      'nested defaults too',
      'ports',
      { rules: [{ rule: 'allow', port: 22 }] },
      {
        allow: [],
        rules: [{ rule: 'allow', port: 22, log: false }],
        limits: { rate: 1.5 },
        texts: {},
      },
    ],
    [
      'text that reads as an integer',
      'user',
      { name: 'a', uid: '3005' },
      { name: 'a', uid: 3005, state: 'present', system: false },
    ],
    [
      'text that reads as a boolean',
      'user',
      { name: 'a', system: 'true' },
      { name: 'a', state: 'present', system: true },
    ],
    ['a number for a text', 'user', { name: 5 }, { name: '5', state: 'present', system: false }],
    ['any value', 'set-fact', { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ])('%s', (_, module, values, wanted) => {
    const before = structuredClone(values);
    const { params, found } = validate(module, values);
    expect(found).toEqual([]);
    expect(params).toEqual(wanted);
    expect(values).toEqual(before);
  });

  it('what the engine puts in place of files, texts and expressions', () => {
    const content = Content.of('x');
    const source = { name: 'a', content, tree: undefined };
    const secret = new Secret('s', 'hunter2');
    const that = [{ source: 'a', outcome: true }];
    expect(validate('copy', { dest: '/a', src: source }).params).toEqual({ dest: '/a', src: source });
    expect(validate('copy', { dest: '/a', content }).params.content).toBe(content);
    expect(validate('copy', { dest: '/a', content: secret }).params.content).toBe(secret);
    expect(validate('ports', { texts: { a: secret, b: 'c' } }).params.texts).toEqual({ a: secret, b: 'c' });
    expect(validate('assert', { that }).params).toEqual({ that });
  });
});

describe('what is refused', () => {
  const secret = new Secret('s', 'hunter2');
  it.each([
    ['user', {}, [' missing-parameter']],
    ['user', { name: '' }, ['name bad-value']],
    ['user', { name: 'a', shel: 'x' }, ['shel unknown-parameter']],
    ['user', { name: 'a', uid: 'many' }, ['uid bad-value']],
    ['user', { name: 'a', uid: 1.5 }, ['uid bad-value']],
    ['user', { name: 'a', uid: -1 }, ['uid bad-value']],
    ['user', { name: 'a', system: 'yes' }, ['system not-boolean']],
    ['user', { name: 'a', state: 'presnt' }, ['state bad-value']],
    ['user', { name: 'a', groups: 'www-data' }, ['groups bad-value']],
    ['user', { name: null }, ['name bad-value']],
    ['file', { path: '/a', state: 'file', mode: 644 }, ['mode octal-mode']],
    ['file', { path: '/a', state: 'file', mode: 'rw' }, ['mode bad-value']],
    ['ports', { allow: [0] }, ['allow/0 bad-value']],
    ['ports', { allow: [{}] }, ['allow/0 bad-value']],
    [
      'ports',
      {
        rules: [
          { rule: 'allow', port: 1 },
          { rule: 'alow', prot: 2 },
        ],
      },
      ['rules/1 missing-parameter', 'rules/1/prot unknown-parameter', 'rules/1/rule bad-value'],
    ],
    ['user', { name: secret }, ['name secret-misplaced']],
    ['user', { name: 'a', groups: [secret] }, ['groups/0 secret-misplaced']],
    ['command', { argv: ['a', secret] }, ['argv/1 secret-misplaced']],
    ['set-fact', { a: { b: secret } }, ['a/b secret-misplaced']],
    ['file', { path: '/a', state: 'link' }, [' bad-value']],
  ] as const)('%s %o', (module, values, wanted) => {
    const { found, problems } = validate(module, values);
    expect(found.sort()).toEqual([...wanted].sort());
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('says what came, what is wanted and what to write', () => {
    const words = (module: string, values: Record<string, unknown>) => {
      const [problem] = validate(module, values).problems;
      return `${problem?.detail} ${problem?.hint ?? ''}`.trim();
    };
    expect(words('user', {})).toBe('‹user› needs ‹name›: login name.');
    expect(words('user', { name: 'a', shel: 'x' })).toBe('‹user› has no parameter ‹shel›. Did you mean ‹shell›?');
    expect(words('user', { name: 'a', uid: true })).toBe('‹uid› wants a whole number, and ‹true› is a boolean.');
    expect(words('user', { name: 'a', state: 'absnt' })).toBe(
      '‹state› is one of ‹present›, ‹absent›, and not ‹absnt›. Did you mean ‹absent›?',
    );
    expect(words('ports', { rules: [{ rule: 'deny', port: [] }] })).toBe(
      '‹rules[0].port› wants a whole number, and a list came.',
    );
    expect(words('ports', { allow: ['x'] })).toContain('must match');
    expect(words('ports', { limits: { rate: 'x' } })).toBe('‹limits.rate› wants a number, and ‹x› is text.');
  });
});

describe('for any values at all', () => {
  const anything = fc.object({ maxDepth: 3, withNullPrototype: true });
  it('nothing is thrown and nothing else than Problems comes back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fakeCatalog.names()), anything, (module, values) => {
        for (const { code, summary } of validate(module, values).problems) {
          expect(code).toMatch(/^[a-z-]+$/);
          expect(summary).not.toBe('');
        }
      }),
    );
  });

  it('a secret’s value is in no problem, wherever it stands', () => {
    const names = ['name', 'groups', 'path', 'mode', 'content', 'that', 'rules', 'texts', 'x'];
    const secret = new Secret('s', 'hunter2');
    const nested = fc.constantFrom(secret, [secret], { a: secret }, [{ port: secret }]);
    fc.assert(
      fc.property(
        fc.constantFrom(...fakeCatalog.names()),
        fc.dictionary(fc.constantFrom(...names), nested),
        (module, values) => {
          expect(JSON.stringify(validate(module, values).problems)).not.toContain('hunter2');
        },
      ),
    );
  });
});
