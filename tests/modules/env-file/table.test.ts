import { describe, expect, test } from 'vitest';
import { Missing, Secret } from '../../../engine/module/index.ts';
import envFile from '../../../modules/env-file/env-file.ts';
import { bind, output } from '../harness/bind.ts';
import { foreseen, written } from '../harness/foreseen.ts';
import { table } from '../harness/table.ts';

const path = '/etc/default/app';
const entry = {
  kind: 'file',
  mode: 0o640,
  uid: 0,
  gid: 0,
  owner: 'root',
  group: 'root',
  size: 10,
  modified: 0,
  device: 1,
  inode: 2,
  hardLinks: 1,
};
const there = {
  file: { entry, blocker: undefined },
  values: {},
  generate: {},
  required: {},
  remove: [],
  trouble: undefined,
};
const absent = { ...there, file: { entry: undefined, blocker: undefined } };
/** Not the long ones, which are tried with real shells in env-lines.test.ts. */
const SCRIPTS = /^ {2}\$ (rm|chmod|chown)/;

table(
  envFile,
  [
    { title: 'nothing is asked of a file that is there', params: { path }, have: there, changes: [] },
    {
      title: 'a new file, empty',
      params: { path, mode: '0600' },
      have: absent,
      changes: [
        `+ file ${path}: mode 0600, owner root, group root`,
        '  $ chown -- root "$n" || exit 1',
        '  $ chmod -- 0600 "$n" || exit 1',
        '  < ‹28 bytes›',
        `  = path:${path}`,
      ],
      result: { path },
    },
    {
      title: 'a new file with values and secrets: a line for each, one step',
      params: { path, values: { PORT: 3005, ON: true }, generate: { KEY: {} } },
      have: { ...absent, values: { PORT: 'missing', ON: 'missing' }, generate: { KEY: 'missing' } },
      changes: [
        `+ file ${path}: mode 0640, owner root, group root`,
        '  $ chown -- root "$n" || exit 1',
        '  $ chmod -- 0640 "$n" || exit 1',
        '  < ‹106 bytes›',
        `  = path:${path}`,
        `+ PORT in ${path}: new value`,
        `+ ON in ${path}: new value`,
        `+ KEY in ${path}: generated on the host`,
      ],
    },
    {
      title: 'values as they should be',
      params: { path, values: { PORT: 3005 }, generate: { KEY: {} }, required: { KEY: '.+' }, remove: ['OLD'] },
      have: { ...there, values: { PORT: 'same' }, generate: { KEY: 'set' }, required: { KEY: 'valid' } },
      changes: [],
    },
    {
      title: 'a secret value is neither shown nor outside standard input',
      params: { path, values: { TOKEN: new Secret('token', 'geheim-geheim') } },
      have: { ...there, values: { TOKEN: 'differs' } },
      changes: [
        `~ TOKEN in ${path}: new value (secret)`,
        '  $ chown -- root "$n" || exit 1',
        '  $ chmod -- 0640 "$n" || exit 1',
        '  < ‹secret content›',
        `  = path:${path}`,
      ],
    },
    {
      title: 'a placeholder, and a name that goes',
      params: { path, generate: { KEY: { encoding: 'hex' } }, remove: ['OLD'] },
      have: { ...there, generate: { KEY: 'placeholder' }, remove: ['OLD'] },
      changes: [
        `~ KEY in ${path}: placeholder → generated on the host`,
        '  $ chown -- root "$n" || exit 1',
        '  $ chmod -- 0640 "$n" || exit 1',
        '  < ‹111 bytes›',
        `  = path:${path}`,
        `- OLD in ${path}`,
      ],
    },
    {
      title: 'what only a shell reads',
      params: { path, generate: { KEY: {} } },
      have: { ...there, generate: { KEY: 'export' } },
      changes: [
        `~ KEY in ${path}: the same value, where systemd reads it too`,
        '  $ chown -- root "$n" || exit 1',
        '  $ chmod -- 0640 "$n" || exit 1',
        '  < ‹84 bytes›',
        `  = path:${path}`,
      ],
    },
    {
      title: 'one or the other: a value that is well will do',
      params: { path, optional: { SMTP: { HOST: '.+', 'PASS|PASSWORD': '.+' } } },
      have: { ...there, required: { HOST: 'valid', PASS: 'missing', PASSWORD: 'valid' } },
      changes: [],
    },
    {
      title: 'one or the other: neither',
      params: { path, optional: { SMTP: { HOST: '.+', 'PASS|PASSWORD': '.+' } } },
      have: { ...there, required: { HOST: 'valid', PASS: 'missing', PASSWORD: 'empty' } },
      changes: [],
      failure: /PASS or PASSWORD not as required/,
    },
    {
      title: 'one or the other: one of both is bad',
      params: { path, required: { 'PASS|PASSWORD': '.{8,}' } },
      have: { ...there, required: { PASS: 'valid', PASSWORD: 'unmatched' } },
      changes: [],
      failure: /PASS or PASSWORD not as required/,
    },
    {
      title:
        'values from several places; what is given is not generated, and one that isn’t valid keeps all from being written',
      params: {
        path,
        values: { A: 1 },
        more: [{ A: 2, KEY: 'given' }, { KEY: 'later' }],
        generate: { KEY: {}, OTHER: {} },
        required: { A: '[0-9]', KEY: '.{8,}' },
      },
      have: {
        ...there,
        values: { A: 'differs', KEY: 'differs' },
        generate: { OTHER: 'missing' },
        required: { A: 'valid', KEY: 'unmatched' },
      },
      changes: [],
      failure: /KEY not as required/,
    },
    {
      title: 'mode and group alone',
      params: { path, group: 'adm' },
      have: { ...there, file: { entry: { ...entry, mode: 0o666 } } },
      changes: [
        `~ file ${path}: mode 0666, group root → mode 0640, group adm`,
        `  $ chmod -- 00640 ${path}`,
        `  = path:${path}`,
      ],
    },
    {
      title: 'removed',
      params: { path, state: 'absent' },
      have: there,
      changes: [`- file ${path}`, `  $ rm -f -- ${path}`],
    },
    { title: 'nothing to remove', params: { path, state: 'absent' }, have: absent, changes: [] },
    {
      title: 'a name goes from a file that is not there',
      params: { path, remove: ['OLD'] },
      have: absent,
      changes: [],
    },
    {
      title: 'a directory is not removed',
      params: { path, state: 'absent' },
      have: { ...there, file: { entry: { ...entry, kind: 'directory' } } },
      changes: [],
      failure: `${path} is a directory`,
    },
    {
      title: 'a link is not followed',
      params: { path, values: { A: '1' } },
      have: { ...there, file: { entry: { ...entry, kind: 'link' } } },
      changes: [],
      failure: `${path} is a symbolic link`,
    },
    {
      title: 'what is required, all at once',
      params: { path, required: { A: '[0-9]+', B: 'x', C: 'x', D: 'x', E: 'x' } },
      have: {
        ...there,
        required: { A: 'unmatched', B: 'missing', C: 'placeholder', D: 'empty', E: 'valid' },
      },
      changes: [],
      failure: `${path}: A, B, C, D not as required`,
    },
    {
      title: 'an optional group that nobody uses, and one that is whole',
      params: { path, optional: { SMTP: { HOST: '.+', SMTP_PORT: '[0-9]+' }, S3: { BUCKET: '.+', KEY: '.+' } } },
      have: { ...there, required: { HOST: 'missing', SMTP_PORT: 'empty', BUCKET: 'valid', KEY: 'valid' } },
      changes: [],
      result: { path },
    },
    {
      title: 'half an optional group, and an invalid value in another',
      params: { path, optional: { SMTP: { HOST: '.+', SMTP_PORT: '[0-9]+' }, S3: { BUCKET: '.+', KEY: '.+' } } },
      have: { ...there, required: { HOST: 'valid', SMTP_PORT: 'missing', BUCKET: 'unmatched', KEY: 'placeholder' } },
      changes: [],
      failure: `${path}: SMTP_PORT, BUCKET, KEY not as required`,
    },
    {
      title: 'a value with a line break that came as a secret',
      params: { path, values: { A: new Secret('a', 'one\ntwo-two') } },
      have: { ...there, values: { A: 'missing' } },
      changes: [],
      failure: 'the value of A holds a line break or another control character',
    },
    {
      title: 'a quote that is never closed',
      params: { path, values: { A: '1' } },
      have: { ...there, values: { A: 'missing' }, trouble: { kind: 'open', line: 3 } },
      changes: [],
      failure: `${path}, line 3: a quote or a backslash is never closed`,
    },
  ],
  SCRIPTS,
);

test('what a pending change makes of the file is not known', () => {
  const want = bind(envFile, { path, generate: { KEY: {} } });
  const todo = { ...there, generate: { KEY: 'missing' } };
  const edited = foreseen([{ path, kind: 'anything' }]);
  expect(envFile.pending(todo, want, foreseen([]))).toBe(todo);
  expect(envFile.pending(todo, want, edited)).toBeInstanceOf(Missing);
  const done = { ...there, generate: { KEY: 'set' } };
  expect(envFile.pending(done, want, edited)).toBe(done);
  expect(envFile.pending(done, want, written(path, 'KEY=1\n'))).toBeInstanceOf(Missing);
  expect(envFile.pending(done, want, foreseen([{ path, kind: 'nothing' }]))).toBeInstanceOf(Missing);
});

describe('more hosts than one', () => {
  const plan = (params: object, state: string, hosts: number) => {
    const want = bind(envFile, { path, generate: { KEY: {} }, ...params }, {}, { readOnly: false, hosts });
    return envFile.plan({ ...there, generate: { KEY: state } }, want);
  };

  test('make no secrets of their own unless they may', () => {
    const { failure, changes } = plan({}, 'missing', 3);
    expect(failure?.summary).toBe('KEY: 3 hosts would each make their own');
    expect(failure?.hint).toContain('!secret');
    expect(changes).toEqual([]);
    expect(plan({ per_host: true }, 'missing', 3).failure).toBeUndefined();
    expect(plan({}, 'missing', 1).failure).toBeUndefined();
  });

  test('need no leave where nothing is to be made', () => {
    expect(plan({}, 'set', 3)).toEqual({ changes: [], result: { path, replaced: [] } });
  });
});

test('a variable that is missing from an optional group is named with the group', () => {
  const want = bind(envFile, { path, optional: { SMTP: { SMTP_HOST: '.+', SMTP_PORT: '[0-9]+' } } });
  const { failure } = envFile.plan({ ...there, required: { SMTP_HOST: 'valid', SMTP_PORT: 'missing' } }, want);
  expect(failure?.detail).toBe('  SMTP_PORT is missing, and of SMTP all are wanted or none: SMTP_HOST, SMTP_PORT');
});

test('what had another value is told by name', () => {
  const want = bind(envFile, { path, values: { A: '1', B: '2', C: '3' } });
  const { result } = envFile.plan({ ...there, values: { A: 'differs', B: 'same', C: 'missing' } }, want);
  expect(result).toEqual({ path, replaced: ['A'] });
});

test('failures name the variable and not its value', () => {
  const want = bind(envFile, { path, values: { A: new Secret('a', 'geheim-geheim') }, required: { A: '[0-9]+' } });
  const { failure } = envFile.plan({ ...there, values: { A: 'same' }, required: { A: 'unmatched' } }, want);
  expect(failure?.detail).toBe('  A does not match [0-9]+');
  expect(JSON.stringify(failure)).not.toContain('geheim');
});

test.each([
  [{ values: { '1A': 'x' } }, 'A name of the wrong form'],
  [{ values: { A: 'one\ntwo' } }, 'A value must not hold a line break or another control character'],
  [{ values: { A: 'x' }, generate: { A: {} } }, 'A is given by values and is to be generated'],
  [{ values: { A: 'x' }, remove: ['A'] }, 'A is to be set and to be removed'],
  [{ required: { A: 'x' }, remove: ['A'] }, 'A is required and is to be removed'],
  [{ required: { A: 'x' }, optional: { G: { A: 'x' } } }, 'A is required and is in an optional group'],
  [{ optional: { G: { A: '(x' } } }, 'That pattern is broken'],
  [{ optional: { G: { '1A': 'x' } } }, 'A name of the wrong form'],
  [{ required: { A: '(?=x)y' } }, 'That pattern looks around, which grep -E can’t'],
  [{ required: { A: '(x' } }, 'That pattern is broken'],
  [{ generate: { A: { bytes: 4 } } }, 'A value that it cannot take'],
  [{ generate: { A: { encoding: 'rot13' } } }, 'Not one of the values that it takes'],
  [{ placeholders: ['a\nb'] }, 'A placeholder is one line'],
  [{ path: 'etc/x' }, 'The path must be absolute'],
])('%j is refused', (params, summary) => {
  expect(() => bind(envFile, { path, ...params })).toThrow(summary);
});

test.each([
  ['@env\nnonsense\n', 'a line that is none of its own'],
  ['@env\nv A perhaps\n.\n', 'a line that is none of its own'],
  ['@env\nv A same\n', 'awk stopped'],
])('what the probe doesn’t print is an error: %j', (printed, words) => {
  const files = `@files\n41ed:0:0:4096:0:1:1:1:root:root:/\n@followed\n@exist\nd\nd\n@users\n@groups\n@links\n@digests\n@end\n`;
  expect(() => envFile.parse(output({ stdout: printed + files }), [bind(envFile, { path })])).toThrow(words);
});
