import { describe, expect, test } from 'vitest';
import { summarize } from '../../../engine/view/summary/accumulate.ts';
import { checklistText } from '../../../engine/view/summary/checklist.ts';
import { FakeProject, type Ran, type RunOptions } from '../harness.ts';

test('hosts that run free of each other, and batches: a line is done when all who should do it have done it', async () => {
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
  // h2 never came to it, h3 was not to: two of three have done it.
  expect(of('Last')).toEqual(['-', '-']);
  const last = run.events.findLast((event) => event.type === 'checklist.changed' && event.line === 'Last');
  expect(last).toMatchObject({ host: null, of: 3 });
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

/** The checklist as a reader of the events sees it at the end. */
const endOf = ({ events }: Ran) => summarize(events.map((event) => [0, event])).checklist.map(checklistText);

const A = '- { name: a, shell: "true", checklist: A }';
const B = '- { name: b, shell: "true", checklist: B }';
const failing = (host: string, more = '') =>
  `- { name: fails, shell: "exit 1", when: inventory_hostname == '${host}', checklist: F${more} }`;

describe('at the end a line is done where every host that should do it has done it', () => {
  const base = [A, failing('h1'), B].join('\n');

  test.each<[string, string, string, RunOptions, readonly string[]]>([
    ['one of three fails before it', '', base, {}, ['[x] A', '[!] F (failed on h1)', '[-] B (2 of 3 hosts)']],
    ['the only host that runs it does', 'hosts: h1', base, {}, ['[x] A', '[!] F (failed on h1)', '[ ] B']],
    ['in the first batch', 'serial: 1', base, {}, ['[-] A (1 of 3 hosts)', '[!] F (failed on h1)', '[ ] B']],
    [
      'in the second one, where all of it may',
      'serial: 1\n  max_fail_percentage: 100',
      [A, failing('h2'), B].join('\n'),
      {},
      ['[x] A', '[!] F (failed on h2)', '[-] B (2 of 3 hosts)'],
    ],
    [
      'for all of them',
      'any_errors_fatal: true',
      `${failing('h1')}\n- { meta: barrier }\n${B}`,
      {},
      ['[!] F (failed on h1)', '[ ] B'],
    ],
    [
      'a host that isn’t reached',
      '',
      `${A}\n${B}`,
      { unreachable: ['h2'] },
      ['[-] A (2 of 3 hosts)', '[-] B (2 of 3 hosts)'],
    ],
    [
      'a host that the runbook ends has no more to do',
      '',
      `${A}\n- { meta: end_host, when: inventory_hostname == 'h2' }\n${B}`,
      {},
      ['[x] A', '[x] B'],
    ],
    ['but nobody has done what all of them end before', '', `${A}\n- meta: end_host\n${B}`, {}, ['[x] A', '[ ] B']],
    [
      'nor what no batch comes to once the play is ended',
      'serial: 1',
      `${A}\n- meta: end_play\n${B}`,
      {},
      ['[x] A', '[ ] B'],
    ],
    [
      'who need not do it isn’t counted',
      '',
      `${A}\n- { name: b, shell: "exit 1", when: inventory_hostname == 'h1', ignore_errors: true, checklist: B }\n${failing('h3')}`,
      {},
      ['[x] A', '[x] B', '[!] F (failed on h3)'],
    ],
    [
      'what a failure leads past isn’t done, though the host goes on',
      '',
      `- block:\n    ${failing('h1')}\n    ${B}\n  rescue:\n    - { name: r, shell: "true", checklist: B }\n${A}`,
      {},
      ['[!] F (failed on h1)', '[-] B (2 of 3 hosts)', '[x] A'],
    ],
    ['what only a rescue has', '', `- block:\n    ${A}\n  rescue:\n    ${B}`, {}, ['[x] A', '[ ] B']],
    [
      'one does it for all',
      '',
      `- { name: a, shell: "true", run_once: true, checklist: A }\n- { name: b, shell: "exit 1", run_once: true, checklist: B }`,
      {},
      ['[x] A', '[!] B (failed on h1, h2, h3)'],
    ],
    [
      'and foresees it for all',
      '',
      `- { name: a, shell: "true", run_once: true, checklist: A }`,
      { check: true },
      ['[ ] A'],
    ],
    [
      'what a task acts on elsewhere is its own',
      '',
      `- { name: a, shell: "exit 1", delegate_to: h2, when: inventory_hostname == 'h1', checklist: A }\n${B}`,
      {},
      ['[!] A (failed on h1)', '[-] B (2 of 3 hosts)'],
    ],
    [
      'what is only foreseen is to be done, in a run too',
      '',
      `- { name: a, shell: "true", check_mode: true, checklist: A }\n${B}`,
      {},
      ['[ ] A', '[x] B'],
    ],
    [
      'what acts in a dry run is done',
      '',
      `- { name: a, shell: "true", check_mode: false, checklist: A }\n${B}`,
      { check: true },
      ['[x] A', '[ ] B'],
    ],
    [
      'what nobody at the terminal wanted',
      '',
      `${A}\n${B}`,
      { step: async (title) => title === 'a' },
      ['[x] A', '[ ] B'],
    ],
    [
      'an interruption',
      'serial: 1',
      `${A}\n${B}`,
      { onEvent: (event, stop) => event.type === 'task.finished' && event.host === 'h2' && stop.abort() },
      ['[-] A (2 of 3 hosts)', '[-] B (1 of 3 hosts)'],
    ],
  ])('%s', async (_, keywords, tasks, options, expected) => {
    const project = new FakeProject({ hosts: 3 });
    const hosts = keywords.startsWith('hosts') ? '' : 'hosts: all';
    const indented = tasks.replaceAll(/^(?=.)/gm, '    ');
    const run = await project.run(`- name: Play\n  ${keywords}\n  ${hosts}\n  tasks:\n${indented}\n`, options);
    expect(endOf(run)).toEqual(expected);
    project.remove();
  });

  test('a line of several plays is done once its hosts have done it in all of them', async () => {
    const project = new FakeProject({ hosts: 2 });
    const run = await project.run(`
- hosts: all
  tasks:
    - { name: a, shell: "true", checklist: A }
- hosts: h1
  tasks:
    - { name: f, shell: "exit 1" }
    - { name: a again, shell: "true", checklist: A }
- hosts: all
  tasks:
    - { name: b, shell: "true", checklist: B }
`);
    expect(endOf(run)).toEqual(['[-] A (1 of 2 hosts)', '[-] B (1 of 2 hosts)']);
    expect(['h1', 'h2'].map((host) => run.totals(host).outcome)).toEqual(['failed', 'done']);
    project.remove();
  });
});
