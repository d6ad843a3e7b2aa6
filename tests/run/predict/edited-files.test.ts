// Several tasks that edit one file: a dry run foresees each as it will run, though only the first finds the file as it is.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

const FILE = 'path: "{{ dir }}/file"';
const EDITS = [
  `lineinfile: { ${FILE}, line: a=1, create: true }`,
  `lineinfile: { ${FILE}, line: a=2, regexp: "^a=" }`,
  `lineinfile: { ${FILE}, line: b, insertbefore: "^a" }`,
  `lineinfile: { ${FILE}, regexp: "^a", state: absent }`,
  `blockinfile: { ${FILE}, block: "a=1\\nb", create: true }`,
  `blockinfile: { ${FILE}, block: c, insertbefore: BOF }`,
  `blockinfile: { ${FILE}, state: absent }`,
] as const;

/** What may write the whole file first. */
const WRITES = [
  'copy: { dest: "{{ dir }}/file", content: "a=1\\nb\\n" }',
  'copy: { dest: "{{ dir }}/file", content: "c\\n", force: false }',
] as const;

test('any sequence of edits is foreseen exactly', async () => {
  const start = fc.constantFrom(undefined, '', 'a=1\n', 'a=1\nb', '#x\n');
  await fc.assert(
    fc.asyncProperty(
      fc
        .tuple(
          fc.constantFrom(...WRITES, ...EDITS),
          fc.array(fc.constantFrom(...EDITS), { minLength: 1, maxLength: 5 }),
        )
        .map(([first, rest]) => [first, ...rest]),
      start,
      async (edits, text) => {
        const tasks = edits.map((edit, index) => `- name: task ${index}\n  ${edit}\n`).join('');
        const begin = () => {
          rmSync(project.on('h1', 'file'), { force: true });
          if (text !== undefined) writeFileSync(project.on('h1', 'file'), text);
        };
        begin();
        const dry = await project.play(tasks, { check: true });
        begin();
        const run = await project.play(tasks);
        const foreseen = dry.statuses();
        // A dry run goes on where a run failed: nobody knows what else may be in the way by then.
        const happened = run.statuses();
        for (const [index, status] of happened.entries()) {
          const forecast = foreseen[index];
          if (forecast !== `task ${index} unknown`) expect([index, forecast]).toEqual([index, status]);
          else expect(status).toMatch(/failed$/);
        }
        expect(dry.totals().messages).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 25 },
  );
});

test('two lines of one file, and one that the first task writes', async () => {
  const tasks = `
- name: file
  copy: { dest: "{{ dir }}/file", content: "a\\n" }
- name: there then
  lineinfile: { ${FILE}, line: a }
- name: another
  lineinfile: { ${FILE}, line: b }
- name: again
  lineinfile: { ${FILE}, line: b }
`;
  const dry = await project.play(tasks, { check: true, diff: true });
  expect(dry.statuses()).toEqual(['file changed', 'there then ok', 'another changed', 'again ok']);
  expect(dry.task('another').changes[0]).toMatchObject({ diff: { before: 'a\n', after: 'a\nb\n' } });
  expect((await project.play(tasks)).statuses()).toEqual(dry.statuses());
  expect(readFileSync(project.on('h1', 'file'), 'utf8')).toBe('a\nb\n');
});
