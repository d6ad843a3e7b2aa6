import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Content, Secret } from '../../../engine/module/index.ts';
import blockinfile from '../../../modules/blockinfile/blockinfile.ts';
import { type BlockWant, editBlock } from '../../../modules/blockinfile/edit.ts';
import { ansibleCases } from '../harness/ansible-cases.ts';
import { bind, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { table } from '../harness/table.ts';

const path = '/etc/hosts';
const file = (text: string) => ({
  path,
  text,
  entry: entry({ sha256: Content.of(text).sha256 }),
  blocker: undefined,
});
const OURS = '# BEGIN VRUN MANAGED BLOCK\n10.0.0.1 a\n# END VRUN MANAGED BLOCK\n';

table(blockinfile, [
  {
    title: 'a block that is there',
    params: { path, block: '10.0.0.1 a' },
    have: file(`x\n${OURS}y\n`),
    changes: [],
    result: { path },
  },
  {
    title: 'a new block at the end',
    params: { path, block: '10.0.0.1 a\n' },
    have: file('x'),
    changes: ['~ file /etc/hosts: block added', `  > /etc/hosts - ${JSON.stringify(`x\n${OURS}`)}`],
  },
  {
    title: 'another text in its place',
    params: { path, block: 'b\nc' },
    have: file(`x\n${OURS}y\n`),
    changes: [
      '~ file /etc/hosts: block replaced',
      `  > /etc/hosts - ${JSON.stringify(`x\n${OURS.replace('10.0.0.1 a', 'b\nc')}y\n`)}`,
    ],
  },
  {
    title: 'a marker of one’s own, at the beginning',
    params: { path, block: 'b', marker: '<!-- {mark} app -->', insertbefore: 'BOF' },
    have: file('x\n'),
    changes: ['~ file /etc/hosts: block added', '  > /etc/hosts - "<!-- BEGIN app -->\\nb\\n<!-- END app -->\\nx\\n"'],
  },
  {
    title: 'a block that goes',
    params: { path, state: 'absent' },
    have: file(`x\n${OURS}y\n`),
    changes: ['~ file /etc/hosts: block removed', '  > /etc/hosts - "x\\ny\\n"'],
  },
  { title: 'a block that is gone', params: { path, state: 'absent' }, have: file('x'), changes: [] },
  {
    title: 'a new file',
    params: { path, block: '10.0.0.1 a', create: true, mode: '0644' },
    have: { path, text: '', entry: undefined, blocker: undefined },
    changes: [
      '+ file /etc/hosts: block added, mode 0644',
      `  > /etc/hosts 0644 ${JSON.stringify(OURS)}`,
      '  = path:/etc/hosts',
    ],
  },
  {
    title: 'a block with its own marker in it',
    params: { path, block: 'a\n# END VRUN MANAGED BLOCK\nb' },
    have: file('x\n'),
    changes: [],
    failure: 'its own marker',
  },
  {
    title: 'a secret is never shown',
    params: { path, block: new Secret('block', 'password=x') },
    have: file('a\n'),
    changes: ['~ file /etc/hosts: block added, new content (secret)', '  > /etc/hosts - ‹secret content›'],
  },
]);

test.each<[Params, string]>([
  [{ path, block: 'a', marker: '# app' }, '{mark}'],
  [{ path, block: 'a', marker_begin: 'x', marker_end: 'x' }, 'Both markers are the same line'],
  [{ path, block: 'a', marker_end: 'BEGIN' }, 'Both markers are the same line'],
  [{ path, block: 'a', marker_begin: 'x\ny' }, 'A marker is one line'],
  [{ path, block: 'a', marker: '# {mark}\nx' }, 'one line'],
  [{ path, block: 'a', insertafter: '(' }, 'Not a regular expression'],
  [{ path, block: 'a', insertafter: 'x', insertbefore: 'y' }, 'not both'],
  [{ path: 'hosts', block: 'a' }, 'absolute'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(blockinfile, params)).toThrow(words);
});

const edit = (text: string, given: Partial<BlockWant>) =>
  editBlock(text, {
    state: 'present',
    block: '',
    marker: '# {mark} x',
    ...{ begin: 'BEGIN', end: 'END', blankBefore: false, blankAfter: false },
    insertafter: 'EOF',
    insertbefore: undefined,
    ...given,
  }).text;

test('as Ansible does: the same text, once it has nothing more to do', () => {
  const cases = ansibleCases('blockinfile').map((one) => {
    const { marker_begin: begin = 'BEGIN', marker_end: end = 'END', ...params }: Params = one.params;
    return { ...one, ours: edit(one.text, { ...params, begin: String(begin), end: String(end) }) };
  });
  // To take a block away that isn't there Ansible ends the last line; and of markers without their other it makes blocks
  // that hold lines of others.
  const marks = (text: string, word: string) => text.split(`# ${word} x\n`).length;
  const differs = ({ text, params }: (typeof cases)[number]) =>
    ((params.state === 'absent' || params.block === '') && !text.endsWith('\n')) ||
    marks(text, 'BEGIN') !== marks(text, 'END');
  expect(cases.filter((one) => one.ours !== one.after && !differs(one))).toEqual([]);
  expect(cases.filter((one) => one.ours === one.after).length).toBeGreaterThan(1000);
});

test('an edit is made once, and every other line stays as it is', () => {
  const row = fc.constantFrom('a', 'b', '', '# BEGIN x', '# END x', '# BEGIN x\r', 'é');
  const text = fc
    .tuple(fc.array(row), fc.constantFrom('', '\n'))
    .map(([rows, end]) => rows.join('\n') + (rows.length > 0 ? end : ''));
  const want = fc.record({
    state: fc.constantFrom('present' as const, 'absent' as const),
    block: fc.constantFrom('', 'one', 'one\n\ntwo\n'),
    insertafter: fc.constantFrom('EOF', '^a', '(?m)a\nb'),
    insertbefore: fc.constantFrom(undefined, 'BOF', '^b'),
  });
  fc.assert(
    fc.property(text, want, (before, given) => {
      const after = edit(before, given);
      expect(edit(after, given)).toBe(after);
      if (given.state === 'present' && given.block !== '') {
        expect(after).toContain(`# BEGIN x\n${given.block.replace(/\n?$/, '\n')}# END x\n`);
      }
      // What isn't between markers is there before and after.
      if (!/^# (BEGIN|END) x/m.test(before)) {
        const others = (whole: string) =>
          whole
            .replace(/# BEGIN x\n[\s\S]*# END x\n/, '')
            .replace(/\n$/, '')
            .split('\n');
        expect(others(after)).toEqual(others(before));
      }
    }),
    { numRuns: 1000 },
  );
});

test('without lines the block goes, as with absent', () => {
  const want = bind(blockinfile, { path, marker: '# {mark} x' });
  const plan = blockinfile.plan(file('a\n# BEGIN x\nb\n# END x\n'), want);
  expect(plan.changes.map(({ to }) => to)).toEqual(['block removed']);
});

test.each([
  ['a\nb\n', { blankBefore: true }, 'a\nb\n\n# BEGIN x\none\n# END x\n'],
  ['a\n\n', { blankBefore: true }, 'a\n\n# BEGIN x\none\n# END x\n'],
  ['', { blankBefore: true, blankAfter: true }, '# BEGIN x\none\n# END x\n'],
  ['a\nb\n', { blankAfter: true, insertafter: '^a' }, 'a\n# BEGIN x\none\n# END x\n\nb\n'],
  ['a\n# BEGIN x\nold\n# END x\nb\n', { blankBefore: true, blankAfter: true }, 'a\n\n# BEGIN x\none\n# END x\n\nb\n'],
])('empty lines around a block: %j %j', (text, given, wanted) => {
  const after = edit(text, { block: 'one', ...given });
  expect(after).toBe(wanted);
  expect(edit(after, { block: 'one', ...given })).toBe(after);
});
