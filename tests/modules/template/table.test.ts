import { expect, test } from 'vitest';
import { Content, Secret } from '../../../engine/module/index.ts';
import type { CopyState, CopyWant } from '../../../engine/resources/copy/plan.ts';
import type { FileState } from '../../../engine/resources/file/state.ts';
import template from '../../../modules/template/template.ts';
import { bind, type Locals, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { type Row, table } from '../harness/table.ts';

const params = { dest: '/etc/app.conf', src: 'app.hbs' };
const local = { 'app.hbs': 'a\nb\n' };
const is = (text: string): FileState => ({ entry: entry({ sha256: Content.of(text).sha256, text: 'old' }) });
const nothing: FileState = { entry: undefined };

/** A task whose file is `have`, at `dest` or inside of it. */
function row(
  title: string,
  given: Params,
  have: FileState,
  rest: Pick<Row, 'changes' | 'failure' | 'result'> & { readonly local?: Locals; readonly place?: 'at' | 'inside' },
): Row {
  const { place = 'at', local: own = local, ...expected } = rest;
  const { [place]: destination } = bind(template, given, own) as CopyWant; // what `prepare` made
  if (!destination) throw new Error(`there is no such place: ${place}`);
  const above = ['/', '/etc'];
  const directories = destination.directories.map((path) =>
    above.includes(path) ? { entry: entry({ kind: 'directory' }) } : nothing,
  );
  const state: CopyState = { destination, files: [have], directories, source: nothing, target: have };
  return { title, params: given, local: own, have: state, ...expected };
}

table(template, [
  row('a new file', { ...params, owner: 'root', group: 'adm', mode: '0640' }, nothing, {
    changes: [
      '+ file /etc/app.conf: mode 0640, owner root, group adm',
      '  > /etc/app.conf 0640 root:adm "a\\nb\\n"',
      '  = path:/etc/app.conf',
    ],
    result: { dest: '/etc/app.conf', state: 'file', owner: 'root', group: 'adm', mode: '0640', size: 4 },
  }),
  row('the same text', params, is('a\nb\n'), {
    changes: [],
    result: { dest: '/etc/app.conf', state: 'file', owner: 'root', group: 'root', mode: '0644', uid: 0, gid: 0 },
  }),
  row('the same text, another mode', { ...params, mode: '0600' }, is('a\nb\n'), {
    changes: ['~ file /etc/app.conf: mode 0644 → mode 0600', '  $ chmod -- 00600 /etc/app.conf'],
    result: { mode: '0600', owner: 'root' },
  }),
  row('another text', params, is('x'), {
    changes: ['~ file /etc/app.conf', '  > /etc/app.conf - "a\\nb\\n"'],
    result: { mode: '0644', owner: 'root', group: 'root', size: 4 },
  }),
  row('in a directory it has the name of the template', { ...params, dest: '/etc' }, nothing, {
    place: 'inside',
    changes: ['+ file /etc/app.hbs', '  > /etc/app.hbs - "a\\nb\\n"', '  = path:/etc/app.hbs'],
    result: { dest: '/etc/app.hbs' },
  }),
  row('with a slash its directory is made', { ...params, dest: '/etc/app/', src: 'sub/app.hbs' }, nothing, {
    local: { 'sub/app.hbs': 'a\n' },
    changes: [
      '+ directory /etc/app: mode 0755',
      '  $ mkdir -m 00755 -- /etc/app &&',
      '  $ chmod -- 00755 /etc/app',
      '  = path:/etc/app',
      '+ file /etc/app/app.hbs',
      '  > /etc/app/app.hbs - "a\\n"',
      '  = path:/etc/app/app.hbs',
    ],
    result: { dest: '/etc/app/app.hbs' },
  }),
  row(
    'a directory of the file’s own name is in the way',
    { ...params, dest: '/etc/' },
    { entry: entry({ kind: 'directory' }) },
    {
      changes: [],
      failure: '/etc/app.hbs is a directory',
    },
  ),
  row('not replaced without force', { ...params, force: false }, is('x'), { changes: [] }),
  row('lines that end as on Windows', { ...params, newline_sequence: '\r\n' }, is('a\r\nb\r\n'), { changes: [] }),
  row('the sequence written with backslashes', { ...params, newline_sequence: '\\r\\n' }, is('a\r\nb\r\n'), {
    changes: [],
  }),
  row(
    'a text with a secret in it is not shown, with other line ends neither',
    { ...params, newline_sequence: '\r' },
    is('x'),
    {
      local: { 'app.hbs': new Secret('db', 'password=hunter2\n') },
      changes: ['~ file /etc/app.conf: new content (secret)', '  > /etc/app.conf - ‹secret content›'],
    },
  ),
  row('checked, and the old one kept', { ...params, validate: "visudo -cf '%s'", backup: true }, is('x'), {
    changes: ['~ file /etc/app.conf', '  > /etc/app.conf - "a\\nb\\n"', '  validate visudo -cf "$n"', '  backup'],
  }),
]);

test.each([
  [{ ...params, dest: 'app.conf' }, 'absolute'],
  [{ ...params, newline_sequence: '\t' }, 'Not one of the values'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(template, given, local)).toThrow(words);
});
