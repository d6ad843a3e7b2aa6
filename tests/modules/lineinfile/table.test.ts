import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Content, Missing, Secret } from '../../../engine/module/index.ts';
import { bounded, TooSlow } from '../../../engine/pattern/bounded.ts';
import { editLine, type LineWant } from '../../../modules/lineinfile/edit.ts';
import lineinfile from '../../../modules/lineinfile/lineinfile.ts';
import { ansibleCases } from '../harness/ansible-cases.ts';
import { bind, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { foreseen, written } from '../harness/foreseen.ts';
import { converge, SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const path = '/etc/app.conf';
const file = (text: string, given: Parameters<typeof entry>[0] = {}) => ({
  path,
  text,
  entry: entry({ sha256: Content.of(text).sha256, ...given }),
  blocker: undefined,
});
const nothing = { path, text: '', entry: undefined, blocker: undefined };
const port = { path, regexp: '^#?Port\\s', line: 'Port 22' };

table(lineinfile, [
  {
    title: 'a line that is there',
    params: port,
    have: file('A\nPort 22\n'),
    changes: [],
    result: { path },
  },
  {
    title: 'a line that takes the place of another',
    params: port,
    have: file('#Port 2\nA\n', { mode: 0o600 }),
    changes: ['~ file /etc/app.conf: line replaced', '  > /etc/app.conf - "Port 22\\nA\\n"'],
  },
  {
    title: 'a line at the end, with owner and mode',
    params: { path, line: 'b', mode: '0640', owner: 'root', group: 'adm', backup: true, validate: 'check %s' },
    have: file('a'),
    changes: [
      '~ file /etc/app.conf: mode 0644, group root → line added, mode 0640, group adm',
      '  > /etc/app.conf 0640 root:adm "a\\nb\\n"',
      '  validate check "$n"',
      '  backup',
    ],
  },
  {
    title: 'a last line without a line break is matched as it will be',
    params: { path, regexp: '^Port\\s+22\\s', line: 'Port 2222' },
    have: file('Port 22'),
    changes: ['~ file /etc/app.conf: line replaced', '  > /etc/app.conf - "Port 2222\\n"'],
  },
  {
    title: 'a mount point',
    params: { path, line: 'b' },
    have: file('a\n', { held: 'mount' }),
    changes: [],
    failure: '/etc/app.conf is a mount point',
  },
  {
    title: 'a mount point that has the line, and another mode',
    params: { path, line: 'a', mode: '0600' },
    have: file('a\n', { held: 'mount' }),
    changes: ['~ file /etc/app.conf: mode 0644 → mode 0600', '  $ chmod -- 00600 /etc/app.conf'],
  },
  {
    title: 'an immutable file that has the line',
    params: { path, line: 'a' },
    have: file('a\n', { held: 'fixed' }),
    changes: [],
  },
  {
    title: 'without the program that is to check it',
    params: { path, line: 'b', validate: 'visudo -cf %s' },
    have: { ...file('a\n'), lacks: 'visudo' },
    changes: [],
    failure: 'the host has no visudo to check /etc/app.conf with',
  },
  {
    title: 'only the mode',
    params: { path, line: 'a', mode: '0600' },
    have: file('a\n'),
    changes: ['~ file /etc/app.conf: mode 0644 → mode 0600', '  $ chmod -- 00600 /etc/app.conf'],
  },
  {
    title: 'a new file',
    params: { path, line: 'a', create: true, mode: '0600' },
    have: nothing,
    changes: ['+ file /etc/app.conf: line added, mode 0600', '  > /etc/app.conf 0600 "a\\n"', '  = path:/etc/app.conf'],
  },
  {
    title: 'with backrefs a file that is not there stays so, since nothing is found in it',
    params: { path, line: 'a', regexp: '^(a)', backrefs: true, create: true },
    have: nothing,
    changes: [],
  },
  {
    title: 'lines that go',
    params: { path, regexp: '^#', state: 'absent' },
    have: file('#a\nb\n#c\n'),
    changes: ['~ file /etc/app.conf: 2 lines removed', '  > /etc/app.conf - "b\\n"'],
    result: { path, found: 2 },
  },
  {
    title: 'a line that is gone, in a file that is gone',
    params: { path, line: 'a', state: 'absent' },
    have: nothing,
    changes: [],
    result: { path, found: 0 },
  },
  {
    title: 'what a link leads to is what is written',
    params: { path, line: 'a' },
    have: { ...file(''), path: '/srv/real.conf' },
    changes: ['~ file /etc/app.conf: line added', '  > /srv/real.conf - "a\\n"'],
  },
  {
    title: 'a secret is never shown',
    params: { path, line: new Secret('line', 'password=x') },
    have: file('a\n'),
    changes: ['~ file /etc/app.conf: line added, new content (secret)', '  > /etc/app.conf - ‹secret content›'],
  },
  {
    title: 'a secret of several lines',
    params: { path, line: new Secret('line', 'a\nb') },
    have: file('a\n'),
    changes: [],
    failure: 'more than one line',
  },
  {
    title: 'what a group found goes into the line',
    params: { path, regexp: '^#?(Port)\\s+(?P<n>\\d+)', line: '\\g<n> is \\1', backrefs: true },
    have: file('A\n#Port 22 x\n'),
    changes: ['~ file /etc/app.conf: line replaced', '  > /etc/app.conf - "A\\n22 is Port\\n"'],
  },
  {
    title: 'with backrefs, a line that is not found is not put in',
    params: { path, regexp: '^(Port)$', line: '\\1', backrefs: true },
    have: file('A\n'),
    changes: [],
  },
  {
    title: 'a line that would be made anew at every run',
    params: { path, regexp: '^(Port.*)$', line: '\\1 x', backrefs: true },
    have: file('Port\n'),
    changes: [],
    failure: 'made anew at every run',
  },
  {
    title: 'a secret with a backslash that stands for nothing',
    params: { path, regexp: '^(Port)', line: new Secret('line', '\\q'), backrefs: true },
    have: file('Port\n'),
    changes: [],
    failure: 'can’t be put in the place of a match',
  },
  {
    title: 'half of a character',
    params: { path, regexp: '^(.)', line: '\\1', backrefs: true },
    have: file('äb\n'),
    changes: [],
    failure: 'can’t be put in the place of a match',
  },
  {
    title: 'a pattern that tries for ever',
    params: { path, regexp: '^(a+)+$', line: 'x' },
    have: file(`${'a'.repeat(60)}b\n`),
    changes: [],
    failure: 'takes too long',
  },
  {
    title: 'a directory',
    params: { path, line: 'a' },
    have: { ...nothing, entry: entry({ kind: 'directory' }) },
    changes: [],
    failure: 'is a directory',
  },
]);

test.each<[Params, string]>([
  [{ path }, 'needs a line'],
  [{ path, state: 'absent' }, 'needs a line'],
  [{ path, line: 'a\nb' }, 'one line'],
  [{ path: 'etc/a', line: 'a' }, 'absolute'],
  [{ path, line: 'a', regexp: '(' }, 'Not a regular expression'],
  [{ path, line: 'a', regexp: '[[:space:]]' }, 'Not a regular expression'],
  [{ path, line: 'a', insertafter: '*' }, 'Not a regular expression'],
  [{ path, line: 'a', regexp: 'a', search_string: 'b' }, 'not both'],
  [{ path, line: 'a', insertafter: 'x', insertbefore: 'y' }, 'not both'],
  [{ path, line: 'a', validate: 'true' }, 'where the file goes'],
  [{ path, line: 'a', backrefs: true }, 'backrefs needs a regexp'],
  [{ path, line: 'a', backrefs: true, search_string: 'a' }, 'backrefs needs a regexp'],
  [{ path, line: '\\2', backrefs: true, regexp: '(a)' }, 'put in the place of a match'],
  [{ path, line: '\\g<x>', backrefs: true, regexp: '(?P<n>a)' }, 'put in the place of a match'],
  [{ path, line: 'a', regexp: '\\h' }, 'Not a regular expression of Python’s'],
  [{ path, line: 'a', insertafter: '[a-\\d]' }, 'Not a regular expression of Python’s'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(lineinfile, params)).toThrow(words);
});

describe('in a dry run a file is read as pending changes would write it', () => {
  const want = bind(lineinfile, { path, line: 'b' });
  const changesOf = (have: unknown) => lineinfile.plan(have, want).changes;

  test('it has the line then', () => {
    expect(changesOf(lineinfile.pending(file('a\n'), want, written(path, 'a\nb\n')))).toEqual([]);
  });

  test('it has other lines', () => {
    const [change] = changesOf(lineinfile.pending(file('old\n'), want, written(path, 'a\n')));
    expect(change?.diff).toEqual({ before: 'a\n', after: 'a\nb\n' });
  });

  test('it is not there yet', () => {
    const missing = new Missing({ needs: [`path:${path}`] });
    expect(changesOf(lineinfile.pending(missing, want, written(path, 'a\n')))).toHaveLength(1);
    const both = lineinfile.pending(new Missing({ needs: [`path:${path}`, 'user:x'] }), want, written(path, 'a\n'));
    expect(both).toMatchObject({ needs: ['user:x'], fresh: { text: 'a\n' } });
  });

  test('a secret stays one', () => {
    const [change] = changesOf(lineinfile.pending(file('a\n'), want, written(path, new Secret('s', 'a\n'))));
    expect([change?.diff, `${change?.to}`]).toEqual([undefined, 'line added, new content (secret)']);
  });

  test('nothing is pending', () => {
    const have = file('a\n');
    expect(lineinfile.pending(have, want, foreseen([]))).toBe(have);
  });
});

describe.each(SHELLS.map((words) => [words.join(' '), words] as const))('real files with %s', (_, words) => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-lineinfile-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const run = (text: string, params: Params) => {
    writeFileSync(join(directory, 'file'), text, { mode: 0o640 });
    return converge(lineinfile, { params: { path: join(directory, 'file'), ...params } }, words);
  };

  test('the line is put in, once, and the mode stays', () => {
    const [first, second] = run('a\r\nb', { line: 'c', insertafter: '^a' });
    expect([first.changes.length, second.changes.length]).toEqual([1, 0]);
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('a\r\nc\nb');
    expect(statSync(join(directory, 'file')).mode & 0o777).toBe(0o640);
  });

  test('a refused file stays as it was', () => {
    expect(() => run('a\n', { line: 'c', validate: 'grep -q nothing %s' })).toThrow('status');
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('a\n');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  test('256 KiB are the most', () => {
    const size = 262_144;
    expect(run('x'.repeat(size - 2), { line: 'x'.repeat(size - 2) })[0].changes).toHaveLength(1);
    expect(() => run('x'.repeat(size - 2), { line: 'y' })).toThrow('too large');
    expect(() => run('x'.repeat(size + 1), { line: 'y' })).toThrow('too large');
  });
});

const edit = (text: string, given: Partial<LineWant>) => {
  const done = editLine(text, {
    ...{ state: 'present', line: undefined, regexp: undefined, searchString: undefined, backrefs: false },
    ...{ insertafter: 'EOF', insertbefore: undefined, firstmatch: false },
    ...given,
  });
  return 'summary' in done ? done.summary : done.text;
};

describe('as Ansible does', () => {
  const cases = ansibleCases('lineinfile').map(({ params, ...rest }) => {
    const { search_string: searchString, ...given }: Params = params;
    return {
      ...rest,
      params,
      ours: edit(rest.text, { ...given, ...(typeof searchString === 'string' && { searchString }) }),
    };
  });

  test('the same text, once it has nothing more to do', () => {
    // Behind a last line without a break Ansible writes on that line.
    const differs = ({ text, params }: (typeof cases)[number]) =>
      params.insertafter !== undefined && !text.endsWith('\n');
    expect(cases.filter((one) => one.ours !== one.after && !differs(one))).toEqual([]);
    expect(cases.filter((one) => one.ours !== one.after).length).toBeLessThan(30);
    expect(cases.filter(({ params }) => params.backrefs === true).length).toBeGreaterThan(100);
    expect(cases.length).toBeGreaterThan(1000);
  });
});

test('a line that is put in beside an equal last one without a line break', () => {
  const want = { line: 'a', regexp: 'x' };
  expect([edit('x\na', want), edit('a\na\n', want)]).toEqual(['a\na\n', 'a\na\n']);
});

test('an edit is made once, and every other line stays as it is', () => {
  const row = fc.constantFrom('a=1', '#a=2', 'b', ' a', '', 'é\t', 'x\r', 'a=9');
  const text = fc
    .tuple(fc.array(row), fc.constantFrom('', '\n'))
    .map(([rows, end]) => rows.join('\n') + (rows.length > 0 ? end : ''));
  const want = fc.record({
    state: fc.constantFrom('present' as const, 'absent' as const),
    line: fc.constantFrom('a=9', 'b', '', 'new'),
    regexp: fc.constantFrom(undefined, '^a', '^#?a=', 'x', '^$'),
    insertafter: fc.constantFrom('EOF', 'BOF', '^b', 'a'),
    insertbefore: fc.constantFrom(undefined, 'BOF', '^b', 'a'),
    firstmatch: fc.boolean(),
  });
  fc.assert(
    fc.property(text, want, (before, given) => {
      const after = edit(before, given);
      expect(edit(after, given)).toBe(after);
      const mine = (line: string) =>
        line.replace(/\r$/, '') === given.line || (given.regexp !== undefined && new RegExp(given.regexp).test(line));
      const others = (whole: string) =>
        whole
          .replace(/\n$/, '')
          .split('\n')
          .filter((line) => line !== '' && !mine(line));
      expect(others(after)).toEqual(others(before));
    }),
    { numRuns: 1000 },
  );
});

test('work is bounded, and its own errors pass', () => {
  expect(bounded(() => 'done')).toBe('done');
  expect(() => bounded(() => Number('1').toFixed(200))).toThrow(RangeError);
  expect(() => bounded(() => /^(a|a)*$/.test(`${'a'.repeat(60)}b`))).toThrow(TooSlow);
});
