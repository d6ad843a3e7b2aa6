// An edit made twice is the edit made once, whatever the file looked like: for every module that edits a text in which
// others have lines, what it plans for the text that it has written is no change.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Content, type Module, type Plan } from '../../../engine/module/index.ts';
import { linePattern } from '../../../engine/resources/text/regular-expression.ts';
import authorizedKey from '../../../modules/authorized-key/authorized-key.ts';
import blockinfile from '../../../modules/blockinfile/blockinfile.ts';
import cron from '../../../modules/cron/cron.ts';
import lineinfile from '../../../modules/lineinfile/lineinfile.ts';
import sysctl from '../../../modules/sysctl/sysctl.ts';
import { bind, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { ALICE, BOB } from '../harness/keys.ts';

const RUNS = { seed: 20260101, numRuns: 600 };

const path = '/etc/app.conf';
const fileOf = (text: string) => ({
  path,
  text,
  entry: entry({ sha256: Content.of(text).sha256, text, mode: 0o644 }),
  blocker: undefined,
});

/** A text of such lines, with any line breaks, and with or without one at its end. */
const textOf = (...rows: readonly string[]) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...rows, ''), fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n')), {
        maxLength: 6,
      }),
      fc.constantFrom('', '', '\n', '\r', '\r\n'),
    )
    .map(
      ([lines, end]) =>
        lines
          .map(([row, breaks]) => `${row}${breaks}`)
          .join('')
          .replace(/\r?\n$/, '') + end,
    );

/** A regular expression that both Python and we take. */
const PATTERN = fc
  .tuple(
    fc.constantFrom('', '', '(?i)', '(?m)'),
    fc.array(
      fc.tuple(
        fc.constantFrom('Port', '22', 'port 22', '\\s', ' ', '.', '#', '\\n', '\\r', '[^#]', '\\S', '(a|Port)', '\\d'),
        fc.constantFrom('', '', '*', '+', '?'),
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom('', '^', '\\A'),
    fc.constantFrom('', '$', '\\Z', '\\s', '\\n'),
  )
  .map(([flags, atoms, start, end]) => `${flags}${start}${atoms.map((atom) => atom.join('')).join('')}${end}`)
  .filter((source) => source !== '' && linePattern(source).groups >= 0);

/** What a plan leaves of the text; the text itself where it changes nothing. */
function written({ changes, failure }: Plan, before: string): string {
  expect(failure).toBeUndefined();
  for (const step of changes.flatMap(({ steps }) => steps)) {
    if ('write' in step) return step.write.content.bytes().toString('utf8');
    if ('run' in step && step.stdin) return step.stdin.bytes().toString('utf8');
    if ('run' in step && / -r\b|^rm /.test(step.run.text)) return '';
  }
  return before;
}

interface Editing {
  readonly module: Module;
  readonly text: fc.Arbitrary<string>;
  readonly params: fc.Arbitrary<Params>;
  /** The state with that text. */
  readonly have: (text: string) => unknown;
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const given = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));

const LINES = ['Port 22', '#Port 22', 'Port 2222', 'port', ' Port 22 ', 'a', '# BEGIN x', '# END x', 'Port 22\r'];

const anchors = fc.oneof(
  fc.record({ insertafter: fc.oneof(fc.constantFrom('EOF', 'BOF'), PATTERN) }),
  fc.record({ insertbefore: fc.oneof(fc.constant('BOF'), PATTERN) }),
);
const line = fc.constantFrom('Port 22', 'a', '', 'PORT 22 #', '22');

const EDITING: Readonly<Record<string, Editing>> = {
  'lineinfile, present': {
    module: lineinfile,
    text: textOf(...LINES),
    have: fileOf,
    params: fc
      .tuple(
        fc.record({ line, firstmatch: fc.boolean() }),
        fc.oneof(
          fc.record({ regexp: optional(PATTERN) }),
          fc.record({ search_string: fc.constantFrom('Port', '22', '2\n', '\n', '\r', ' ') }),
        ),
        anchors,
      )
      .map(([own, sought, anchor]) => ({ path, ...own, ...sought, ...anchor })),
  },
  'lineinfile, absent': {
    module: lineinfile,
    text: textOf(...LINES),
    have: fileOf,
    params: fc
      .oneof(fc.record({ line }), fc.record({ regexp: PATTERN }), fc.record({ search_string: fc.constant('2\n') }))
      .map((sought) => ({ path, state: 'absent', ...sought })),
  },
  blockinfile: {
    module: blockinfile,
    text: textOf(...LINES),
    have: fileOf,
    params: fc
      .tuple(
        fc.record({
          state: fc.constantFrom('present', 'absent'),
          block: fc.constantFrom('', 'one', 'one\n', '\n', 'one\r\ntwo', 'Port 22\n\n', '# END'),
          marker: fc.constantFrom('# {mark} x', '{mark}', 'Port 22{mark}'),
          marker_begin: fc.constantFrom('BEGIN', 'a'),
          prepend_newline: fc.boolean(),
          append_newline: fc.boolean(),
        }),
        anchors.filter((anchor) => !('insertafter' in anchor) || anchor.insertafter !== 'BOF'),
      )
      .map(([own, anchor]) => ({ path, ...own, ...anchor })),
  },
  cron: {
    module: cron,
    text: textOf('#vrun: x', '#Ansible: x', '#vrun: y', '1 1 * * * a', '* * * * * root a', 'A=b'),
    have: (text) => ({ ...fileOf(text), readable: true }),
    params: fc.record({
      name: fc.constantFrom('x', 'y'),
      job: fc.constantFrom('a', 'b'),
      state: fc.constantFrom('present', 'absent'),
      disabled: fc.boolean(),
      cron_file: fc.constantFrom(undefined, 'x'),
    }),
  },
  sysctl: {
    module: sysctl,
    text: textOf(
      'kernel.panic=1',
      '-kernel/panic = 2',
      '# kernel.panic = 1',
      ';',
      'net.a/b.c = 1',
      'kernel.panic',
      '*',
    ),
    have: (text) => ({ value: '1', access: 'writable', file: fileOf(text) }),
    params: fc
      .record({
        name: fc.constantFrom('kernel.panic', 'kernel/panic', 'net/a.b/c', 'net.a/b.c'),
        value: fc.constantFrom(1, '1'),
        state: fc.constantFrom('present', 'absent'),
      })
      .map(({ value, ...params }) => ({ ...params, ...(params.state === 'present' && { value }) })),
  },
  'authorized-key': {
    module: authorizedKey,
    text: textOf(
      ALICE,
      `restrict ${ALICE}`,
      BOB,
      `${BOB} `,
      '# note',
      'no key',
      ALICE.split(' ').slice(0, 2).join(' '),
    ),
    have: (text) => ({
      ...{ path: '/root/.ssh/authorized_keys', owner: '0', group: '0', hasHome: true, text },
      directory: entry({ kind: 'directory', mode: 0o700 }),
      file: entry({ mode: 0o600 }),
    }),
    params: fc
      .record({
        user: fc.constant('root'),
        key: fc.constantFrom(ALICE, `${ALICE}\n${BOB}`, ALICE.split(' ').slice(0, 2).join(' ')),
        options: fc.constantFrom(undefined, 'restrict', 'no-pty'),
        exclusive: fc.boolean(),
        state: fc.constantFrom('present', 'absent'),
      })
      .map(({ exclusive, ...params }) => ({ ...params, ...(params.state === 'present' && { exclusive }) })),
  },
};

describe('an edit made twice is the edit made once', () => {
  test.each(Object.entries(EDITING))('%s', (_, { module, text, have, params }) => {
    fc.assert(
      fc.property(text, params, (before, wanted) => {
        const want = bind(module, given(wanted));
        const after = written(module.plan(have(before), want), before);
        const again = module.plan(have(after), want);
        expect({ after, changes: again.changes.map(({ to }) => to) }).toEqual({ after, changes: [] });
      }),
      RUNS,
    );
  });
});
