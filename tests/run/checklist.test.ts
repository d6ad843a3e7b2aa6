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

test('hosts that run free of each other, and batches: a line is done when all are through it, or will not come', async () => {
  const project = new FakeProject({ hosts: 4 });
  const run = await project.run(`
- hosts: all
  serial: [1, 100%]
  max_fail_percentage: 50
  tasks:
    - { name: first, debug: { msg: x }, checklist: First }
    - { name: fails, fail: { msg: x }, when: inventory_hostname == 'h2', checklist: Middle }
    - { name: ends, meta: end_host, when: inventory_hostname == 'h3' }
    - { name: last, debug: { msg: x }, checklist: Last }
- hosts: h4
  tasks:
    - { name: again, debug: { msg: x }, checklist: First }
    - { name: never, debug: { msg: x }, loop: [], checklist: Never }
`);
  const marks = run.events.flatMap((event) =>
    event.type === 'checklist.changed' && event.host === null ? [`${event.line} ${event.mark}`] : [],
  );
  const of = (line: string) => marks.filter((mark) => mark.startsWith(line)).map((mark) => mark.at(-1));
  expect(of('First')).toEqual(['-', 'x']);
  expect(of('Middle')).toEqual(['-', '!']);
  expect(of('Last')).toEqual(['-', 'x']);
  expect(of('Never').at(-1)).toBe('x');
  project.remove();
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
