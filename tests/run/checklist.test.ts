import { expect, test } from 'vitest';
import { Checklist } from '../../engine/run/checklist.ts';
import { FakeProject } from './harness.ts';

function recorded(lines: readonly string[]) {
  const marks: string[] = [];
  const checklist = new Checklist(lines, (line, mark, host) => marks.push(`${line} ${host ?? 'all'} [${mark}]`));
  return { checklist, marks };
}

test('a line is in progress while any host is, and done when all are', () => {
  const { checklist, marks } = recorded(['A']);
  checklist.begin('A', 'h1');
  checklist.begin('A', 'h2');
  checklist.note('A', 'h1', 'ok');
  checklist.end('A', 'h1');
  checklist.end('A', 'h2');
  expect(marks).toEqual(['A h1 [-]', 'A all [-]', 'A h2 [-]', 'A h1 [x]', 'A h2 [x]', 'A all [x]']);
});

test('one failure marks it, and nothing after it takes that back', () => {
  const { checklist, marks } = recorded(['A']);
  checklist.begin('A', 'h1');
  checklist.note('A', 'h1', 'failed');
  checklist.begin('A', 'h1');
  checklist.end('A', 'h1');
  expect(marks).toEqual(['A h1 [-]', 'A all [-]', 'A h1 [!]', 'A all [!]']);
});

test('in a dry run a line with pending changes stays to do', () => {
  const { checklist, marks } = recorded(['A']);
  checklist.begin('A', 'h1');
  checklist.pending('A', 'h1');
  checklist.end('A', 'h1');
  expect(marks.at(-1)).toBe('A all [ ]');
});

const RUNBOOK = `
- name: Files
  hosts: all
  tasks:
    - { name: a, file: { path: "{{ dir }}/a", state: directory }, checklist: Files }
    - { name: b, file: { path: "{{ dir }}/b", state: directory }, checklist: Files }
    - { name: c, assert: { that: [fine] }, checklist: Checks }
    - { name: d, debug: { msg: x }, checklist: Last }
`;

test('through a whole run: begun, done, failed, and what was never come to', async () => {
  const project = new FakeProject();
  const marks = async (fine: boolean, check: boolean) => {
    const run = await project.run(RUNBOOK, { extra: { fine }, check });
    return run.events.flatMap((event) =>
      event.type === 'checklist.changed' && event.host === null ? [`${event.line} [${event.mark}]`] : [],
    );
  };
  const dry = await marks(true, true);
  expect(dry).toEqual(['Files [-]', 'Files [ ]', 'Checks [-]', 'Checks [x]', 'Last [-]', 'Last [x]']);
  expect(await marks(false, false)).toEqual(['Files [-]', 'Files [x]', 'Checks [-]', 'Checks [!]']);
  expect(await marks(true, false)).toEqual([
    'Files [-]',
    'Files [x]',
    'Checks [-]',
    'Checks [x]',
    'Last [-]',
    'Last [x]',
  ]);
  project.remove();
});
