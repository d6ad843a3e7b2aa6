// Files of NAME=value lines, read and edited by the scripts of env-file in real shells: what systemd and a shell that
// sources the file read afterwards is told by a reader of our own and by that shell.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Missing, type Plan } from '../../../engine/module/index.ts';
import { toEre } from '../../../engine/resources/text/host-pattern.ts';
import envFile from '../../../modules/env-file/env-file.ts';
import { lengthOf } from '../../../modules/env-file/want.ts';
import { bind, type Params } from '../harness/bind.ts';
import { runScript, SHELLS } from '../harness/perform.ts';

const directory = mkdtempSync(join(tmpdir(), 'vrun-env-'));
const path = join(directory, 'app.env');
afterAll(() => rmSync(directory, { recursive: true }));

/** BusyBox's own tools, in the place of the machine's. */
const BUSYBOX = '/usr/bin/busybox';

function here(params: Params, shell: readonly string[] = ['dash']): { readonly plan: Plan; readonly printed: string } {
  const owner = `${process.getuid?.()}`;
  const want = bind(envFile, { path, owner, group: `${process.getgid?.()}`, ...params });
  const out = runScript(envFile.probe([want])?.text ?? '', envFile.input([want])?.bytes(), shell);
  const [have] = envFile.parse(out, [want]);
  if (have instanceof Missing) throw new Error(`missing ${have.needs}`);
  return { plan: envFile.plan(have, want), printed: out.stdout + out.stderr };
}

/** Edits a file that holds `before` and gives what it holds then; a second plan has to find nothing. */
function edited(before: string | undefined, params: Params, shell?: readonly string[]): string {
  rmSync(path, { force: true });
  if (before !== undefined) writeFileSync(path, before);
  const { plan } = here(params, shell);
  if (plan.failure) throw new Error(plan.failure.summary);
  for (const step of plan.changes.flatMap(({ steps }) => steps)) {
    if (!('run' in step)) throw new Error('a file that holds secrets is written by a script');
    const { status, stderr } = runScript(step.run.text, step.stdin?.bytes(), shell);
    if (status !== 0) throw new Error(stderr);
  }
  const { changes, failure } = here(params, shell).plan;
  expect(changes.map(({ op, what }) => `${op} ${what}`)).toEqual([]);
  expect(failure).toBeUndefined();
  expect(readdirSync(directory), 'nothing is left over').toEqual(['app.env']);
  return readFileSync(path, 'utf8');
}

const ROWS: readonly (readonly [title: string, before: string | undefined, params: Params, after: string])[] = [
  ['a new file', undefined, { values: { A: 1, B: '' } }, 'A=1\nB=\n'],
  ['a line is replaced in its place', '# c\nA=0\n\nZ=9\n', { values: { A: 1 } }, '# c\nA=1\n\nZ=9\n'],
  ['a new one comes last', 'Z=9\n', { values: { A: 'x y' } }, "Z=9\nA='x y'\n"],
  ['also where the last line has no end', 'Z=9', { values: { A: 1 } }, 'Z=9\nA=1\n'],
  ['which it keeps when nothing is added', 'A=0\nZ=9', { values: { A: 1 } }, 'A=1\nZ=9'],
  ['the last of two counts', 'A=1\nA=0\n', { values: { A: 1 } }, 'A=1\nA=1\n'],
  ['and is enough', 'A=0\nA=1\n', { values: { A: 1 } }, 'A=0\nA=1\n'],
  [
    'quotes that both read',
    `A="1"\nB='x y'\nC="a\\$b"\n`,
    { values: { A: 1, B: 'x y', C: 'a$b' } },
    `A="1"\nB='x y'\nC="a\\$b"\n`,
  ],
  ['what a shell reads otherwise is quoted', 'A=x y\n', { values: { A: 'x y' } }, "A='x y'\n"],
  ['a dollar', 'A=a$b\n', { values: { A: 'a$b' } }, "A='a$b'\n"],
  ['every quote there is', '', { values: { A: `'"\`$\\ ~` } }, 'A="\'\\"\\`\\$\\\\ ~"\n'],
  ['CRLF: our line ends alike for both', 'A=0\r\nZ=9\r\n', { values: { A: 1 } }, 'A=1\nZ=9\r\n'],
  ['CRLF: the right value is not right for a shell', 'A=1\r\n', { values: { A: 1 } }, 'A=1\n'],
  ['a value over two lines', 'A=0\\\n1\nZ=9\n', { values: { A: 1 } }, 'A=1\nZ=9\n'],
  ['quotes over two lines', 'A="0\n1"\nZ=9\n', { values: { A: 1 } }, 'A=1\nZ=9\n'],
  ['a name in quotes is none', 'Z="\nA=0\n"\n', { values: { A: 1 } }, 'Z="\nA=0\n"\nA=1\n'],
  ['nor one in a comment', '#A=0\n;A=0\n', { values: { A: 1 } }, '#A=0\n;A=0\nA=1\n'],
  ['export is read by a shell alone', 'export A=0\n', { values: { A: 1 } }, 'A=1\nexport A\n'],
  ['spaces around', '  A = 0 \n', { values: { A: 1 } }, 'A=1\n'],
  ['a comment that ends in a backslash may go on', '# x\\\n', { values: { A: 1 } }, '# x\\\n\nA=1\n'],
  ['lines that are none', 'what?\n=3\n1A=2\nA=0', { values: { A: 1 } }, 'what?\n=3\n1A=2\nA=1\n'],
  ['removed, with all it had', 'A=1\nZ=9\nexport A=2\nA="\n"\nexport A\n', { remove: ['A', 'B'] }, 'Z=9\n'],
  ['a secret that is there stays', 'K=abc\n', { generate: { K: {} } }, 'K=abc\n'],
  ['and in whatever quotes', "K='a b\nc'\n", { generate: { K: {} } }, "K='a b\nc'\n"],
  ['one that only a shell reads', 'export K="abc"\n', { generate: { K: {} } }, 'K="abc"\nexport K\n'],
  ['bytes that are no UTF-8 stay', 'Z=\u00e9\nA=0\n', { values: { A: 'ü' } }, "Z=\u00e9\nA='ü'\n"],
];

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, shell) => {
  test.each(ROWS)('%s', (_title, before, params, after) => {
    expect(edited(before, params, shell)).toBe(after);
  });

  test.each([
    [{}, /^K=[A-Za-z0-9_-]{43}\n$/],
    [{ encoding: 'hex' }, /^K=[0-9a-f]{64}\n$/],
    [{ encoding: 'base64' }, /^K=[A-Za-z0-9+/]{43}=\n$/],
    [{ bytes: 16, encoding: 'hex' }, /^K=[0-9a-f]{32}\n$/],
    [{ bytes: 33 }, /^K=[A-Za-z0-9_-]{44}\n$/],
    [{ bytes: 1024, encoding: 'base64' }, /^K=[A-Za-z0-9+/]{1366}==\n$/],
  ] as const)('a secret of %j', (recipe, form) => {
    const params = { generate: { K: recipe } };
    const values = [undefined, 'K=\n', 'K=generate-me-in-production\n', 'K="generate-me-in-production"\n'].map(
      (before) => edited(before, params, shell),
    );
    for (const value of values) expect(value).toMatch(form);
    expect(new Set(values).size).toBe(values.length);
  });

  test('a placeholder of one’s own', () => {
    expect(edited('K=changeme\n', { generate: { K: {} }, placeholders: ['changeme'] }, shell)).not.toContain(
      'changeme',
    );
  });
});

describe('what is required', () => {
  const faults = (before: string, params: Params) => {
    writeFileSync(path, before);
    return here(params).plan.failure?.detail;
  };

  test.each([
    ['PORT=3005\n', { required: { PORT: '[0-9]+' } }],
    ['PORT=3005\n', { required: { PORT: '^\\d+$' } }],
    ['PORT=x\n', { required: { PORT: '[0-9]+' }, values: { PORT: 80 } }],
    ['', { required: { KEY: '[A-Za-z0-9_-]{43}' }, generate: { KEY: {} } }],
    [
      'KEY=todo\n',
      { required: { KEY: '[0-9a-f]{64}' }, generate: { KEY: { encoding: 'hex' } }, placeholders: ['todo'] },
    ],
    ['URL=https://a.example/\n', { required: { URL: 'https:\\/\\/[^\\/]+\\/' } }],
    ['A="it\'s"\n', { required: { A: "it's" } }],
    ['A=\n', { required: { A: '.*' } }],
    ['A="one two"\nA=three\n', { required: { A: '(?:three|four)' } }],
  ])('%j meets %j', (before, params) => {
    expect(faults(before, params)).toBeUndefined();
  });

  test.each([
    ['PORT=80x\n', { required: { PORT: '[0-9]+' } }, '  PORT does not match [0-9]+'],
    ['PORT=80\n', { required: { PORT: '[0-9]+' }, values: { PORT: 'http' } }, '  PORT does not match [0-9]+'],
    ['', { required: { PORT: '[0-9]+' } }, '  PORT is missing'],
    ['export PORT=80\n', { required: { PORT: '[0-9]+' } }, '  PORT is missing'],
    ['PORT=\n', { required: { PORT: '[0-9]+' } }, '  PORT is empty'],
    ['K=generate-me-in-production\n', { required: { K: '.+' } }, '  K still is a placeholder'],
    ['K="a\nb"\n', { required: { K: '.+' } }, '  K spans several lines'],
    ['K=short\n', { required: { K: '.{43}' }, generate: { K: {} } }, '  K does not match .{43}'],
    ['', { required: { K: '.{64}' }, generate: { K: {} } }, '  K would be made, and does not match .{64}'],
    [
      'A=1\n',
      { required: { A: 'x{2,1}|[[:what:]]' } },
      '  A cannot be tested: grep does not understand x{2,1}|[[:what:]]',
    ],
  ])('%j does not meet %j', (before, params, detail) => {
    if (detail.includes('cannot')) return expect(() => faults(before, params)).toThrow('That pattern is broken');
    expect(faults(before, params)).toBe(detail);
  });

  test('nothing is written when something is not as required', () => {
    writeFileSync(path, 'A=1\n');
    expect(here({ values: { A: 2 }, required: { B: 'x' } }).plan).toMatchObject({ changes: [] });
  });

  test('no value is printed', () => {
    writeFileSync(path, 'A=geheim-1\nB=geheim-2\nexport C=geheim-3\nD=geheim-4 \\\nE="geheim-5\n');
    const params = { values: { A: 'x' }, generate: { B: {}, C: {} }, required: { D: '[0-9]', A: 'y', B: 'z' } };
    expect(here(params).printed).not.toContain('geheim');
  });
});

test.each([
  ['A="1\nB=2\n', 1, 'a quote or a backslash is never closed'],
  ['A=1\nB=2\\\n', 2, 'a quote or a backslash is never closed'],
  ['A=1\rB=2\n', 1, 'a carriage return in the middle'],
  ['# x\\\nA=1\n', 2, 'A can be read in two ways'],
  ['export A=1 B=2\n', 1, 'A can be read in two ways'],
])('%j can’t be edited by lines', (before, line, words) => {
  expect(() => edited(before, { values: { A: 3 } })).toThrow(`line ${line}: ${words}`);
});

test('a file that is no text, or too long', () => {
  expect(() => edited('A=\u0000\n', { values: { A: 1 } })).toThrow('is no text');
  expect(() => edited(`#${'x'.repeat(262_144)}\n`, { values: { A: 1 } })).toThrow('is too large');
});

test('owner and mode of the new file, and of one that is there', () => {
  edited(undefined, { values: { A: 1 } });
  expect(statSync(path).mode & 0o7777).toBe(0o640);
  writeFileSync(path, 'A=0\n', { mode: 0o666 });
  edited('A=0\n', { values: { A: 1 }, mode: '0600' });
  expect(statSync(path).mode & 0o7777).toBe(0o600);
});

test('tells how long a secret is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 1024 }), fc.constantFrom('hex', 'base64', 'base64url'), (bytes, encoding) => {
      expect(lengthOf({ bytes, encoding })).toBe(Buffer.alloc(bytes).toString(encoding).length);
    }),
  );
});

/** systemd's reading, after parse_env_file_internal() of its env-file.c: the last assignment of each name. */
function systemdReads(text: string): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  const assignment =
    /[ \t\r\n]*(?:[#;][^\r\n]*|([^=\r\n]*?)[ \t]*=((?:[^\r\n"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')*)|[^\r\n]*)/y;
  while (assignment.lastIndex < text.length) {
    const at = assignment.lastIndex;
    const [, name, raw] = assignment.exec(text) ?? [];
    if (assignment.lastIndex === at) break;
    if (name === undefined || raw === undefined || !/^[A-Za-z_]\w*$/.test(name)) continue;
    const value = raw
      .trim()
      .replaceAll(
        /\\\n|\\([\s\S])|"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'/g,
        (_, escaped?: string, double?: string, single?: string) =>
          double === undefined
            ? (escaped ?? single ?? '')
            : double.replaceAll(/\\(\n|["\\`$])/g, (_all, char: string) => (char === '\n' ? '' : char)),
      );
    read.set(name, value);
  }
  return read;
}

function shellReads(file: string, name: string): string {
  const script = `. ${file} 2>/dev/null; printf %s "$${name}"`;
  return spawnSync('dash', ['-c', script], { env: {} }).stdout.toString();
}

const VALUE = fc.string({ unit: fc.constantFrom(...`ab1 '"\`$\\#~;=!*%\tü`.split('')), maxLength: 8 });
const LINE = fc.oneof(
  fc.constantFrom(
    '# comment',

    '',
    'X=1',
    "A='old'",
    'A=old',
    'B="q"',
    'A="two\nlines"',
    'not a line',
    'export Y=3',
  ),
  fc
    .tuple(fc.constantFrom('A', 'B', 'X'), fc.constantFrom('1', '"a b"', "'c'", 'x'))
    .map(([name, raw]) => `${name}=${raw}`),
);

test('whatever stood there and is wanted, systemd and a shell read it alike, and all else stays', () => {
  fc.assert(
    fc.property(fc.array(LINE, { maxLength: 6 }), fc.boolean(), VALUE, VALUE, (rows, ended, a, b) => {
      const before = rows.join('\n') + (ended && rows.length > 0 ? '\n' : '');
      const after = edited(before, { values: { A: a, B: b }, remove: ['C'] });
      expect(systemdReads(after)).toEqual(new Map([...systemdReads(before), ['A', a], ['B', b]]));
      expect([shellReads(path, 'A'), shellReads(path, 'B')]).toEqual([a, b]);
      const others = (text: string) => text.split('\n').filter((line) => /^(#|X|not|export)/.test(line));
      expect(others(after)).toEqual(others(before));
    }),
    { numRuns: 30 },
  );
}, 60_000);

describe('patterns', () => {
  test.each([
    ['\\d+', '[0-9]+'],
    ['[\\w.-]+@x', '[A-Za-z0-9_.-]+@x'],
    ['a\\.b\\/c', 'a\\.b/c'],
    ['[a\\-z]', '[az-]'],
    ['[\\]a]', '[]a]'],
    ['[\\^a]', '[a^]'],
    ['[\\^]', '\\^'],
    ['[^\\s]', '[^[:space:]]'],
    ['[[:alpha:]_]', '[[:alpha:]_]'],
    ['(?:a|b){2,}', '(a|b){2,}'],
  ])('%s is %s', (pattern, ere) => {
    expect(toEre(pattern)).toEqual({ ere });
  });

  test.each(['a(?!b)', '(?<n>x)', 'a+?', 'a{2}?', '\\bx', '(a)\\1', '\\p{L}', '[\\b]', '(', '[', 'a\nb'])(
    '%j is refused',
    (pattern) => {
      expect(toEre(pattern)).toMatchObject({ summary: expect.any(String), hint: expect.any(String) });
    },
  );

  test('what is accepted means the same to grep', () => {
    const part = fc.constantFrom(
      'a',
      '[ab]',
      '[^a]',
      '\\d',
      '\\w',
      '\\s',
      '.',
      '[\\d-]',
      '[\\]x]',
      '\\.',
      '\\-',
      '(?:a|1)',
      '[.*]',
      '\\$',
      '\\{',
    );
    const pattern = fc.array(fc.tuple(part, fc.constantFrom('', '*', '+', '?', '{2}')), { minLength: 1, maxLength: 4 });
    const text = fc.string({ unit: fc.constantFrom(...'ab1 .-]x$_{*'.split('')), maxLength: 4 });
    fc.assert(
      fc.property(pattern, text, (parts, value) => {
        const source = parts.map((pair) => pair.join('')).join('');
        const read = toEre(source);
        if (!('ere' in read)) throw new Error(source);
        const { status } = spawnSync('grep', ['-Eqx', '-e', read.ere], { input: `${value}\n` });
        expect(status === 0, read.ere).toBe(new RegExp(`^(?:${source})$`).test(value));
      }),
      { numRuns: 60 },
    );
  });
});

test.runIf(existsSync(BUSYBOX))('BusyBox’s own tools do as well', () => {
  const tools = [
    'awk',
    'grep',
    'tr',
    'wc',
    'head',
    'od',
    'base64',
    'tail',
    'stat',
    'mktemp',
    'sync',
    'mv',
    'rm',
    'cat',
    'chmod',
  ];
  const bin = mkdtempSync(join(tmpdir(), 'vrun-busybox-'));
  for (const tool of tools) spawnSync('ln', ['-s', BUSYBOX, join(bin, tool)]);
  const shell = [BUSYBOX, 'sh', '-c', `PATH=${bin}:$PATH; eval "$2"`, 'sh'];
  expect(
    edited(
      'A=0\n',
      { values: { A: 'x y' }, generate: { K: { encoding: 'hex' } }, required: { K: '[0-9a-f]{64}' } },
      shell,
    ),
  ).toMatch(/^A='x y'\nK=[0-9a-f]{64}\n$/);
  rmSync(bin, { recursive: true });
});
