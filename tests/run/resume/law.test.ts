// The law of a resumed run: killed after any event and gone on with, it leaves hosts as an uninterrupted one does, and tells of
// every task once.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../engine/event/event.ts';
import { reportMarkdown } from '../../../engine/view/report/report.ts';
import { summarize } from '../../../engine/view/summary/accumulate.ts';
import { checklistText } from '../../../engine/view/summary/checklist.ts';
import { FakeProject, type Ran, type RunOptions } from '../harness.ts';

/** Runs until `cut` events are in the journal, and goes on from them; `cuts` may be several. */
async function resumed(project: FakeProject, runbook: string, cuts: readonly number[], options: RunOptions = {}) {
  let journal: Event[] = [];
  for (const [index, cut] of cuts.entries()) {
    const before = journal;
    const kept: Event[] = [];
    const part = { part: index + 1, ...(index === 0 ? {} : { earlier: before }) };
    await project.run(runbook, {
      ...options,
      ...part,
      id: 'the-run',
      onEvent: (event, stop, drop) => {
        if (kept.length < cut) kept.push(event);
        if (kept.length < cut || drop.signal.aborted) return;
        drop.abort();
        stop.abort();
      },
    });
    journal = [...before, ...kept];
  }
  const last = await project.run(runbook, { ...options, id: 'the-run', earlier: journal, part: cuts.length + 1 });
  return { last, journal: [...journal, ...last.events] };
}

/** All files of all hosts, but for what the engine keeps there. */
function files(project: FakeProject): Record<string, string> {
  return Object.fromEntries(
    project.hosts.flatMap((host) =>
      readdirSync(project.on(host, ''), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => [`${host}/${name}`, readFileSync(project.on(host, name), 'utf8')]),
    ),
  );
}

/** What is the same however often a run died. A handler that was in flight then has run, and isn't due any more. */
function told(events: readonly Event[]) {
  const summary = summarize(events.map((event) => [0, event]));
  const hosts = [...summary.hosts.values()].map(({ host, totals, phase, statuses }) => {
    const { ok, changed, skipped, failed, ignored, rescued = 0, inFlight = 0, unreachable } = totals;
    const names = [...statuses.keys()]
      .map((key) => key.replace(/, .*site/, ''))
      .filter((key) => !key.startsWith('told'))
      .sort();
    return { host, phase, names, done: ok + changed + inFlight, skipped, failed, ignored, rescued, unreachable };
  });
  return { status: summary.status, hosts, checklist: summary.checklist.map(checklistText) };
}

async function whole(runbook: string, hosts: number, options: RunOptions = {}) {
  const project = new FakeProject({ hosts });
  try {
    const run = await project.run(runbook, options);
    return { run, files: files(project), told: told(run.events) };
  } finally {
    project.remove();
  }
}

/** `every`: only one cut in so many is tried. */
async function holds(
  runbook: string,
  hosts: number,
  { every = 1, twice = false, ...options }: RunOptions & { readonly every?: number; readonly twice?: boolean } = {},
): Promise<void> {
  const expected = await whole(runbook, hosts, options);
  const events = expected.run.events.length;
  for (let cut = 0; cut <= events; cut += every) {
    const project = new FakeProject({ hosts });
    try {
      const cuts = twice ? [cut, Math.floor((events - cut) / 2) + 1] : [cut];
      const { journal } = await resumed(project, runbook, cuts, options);
      expect(files(project), `cut after ${cut} events`).toEqual(expected.files);
      expect(told(journal), `cut after ${cut} events`).toEqual(expected.told);
    } finally {
      project.remove();
    }
  }
}

const CONVERGE = `- name: First
  hosts: all
  serial: 2
  tasks:
    - { name: one, copy: { content: "1", dest: "{{ dir }}/one" }, checklist: A, notify: told }
    - { name: once, command: { cmd: "touch {{ dir }}/once" }, run_once: true, checklist: A }
    - { name: asked, command: { cmd: "cat {{ dir }}/one" }, read_only: true, register: said }
    - block:
        - { name: may fail, command: { cmd: "false" }, when: inventory_hostname == 'h2' }
        - { name: behind, copy: { content: b, dest: "{{ dir }}/behind" }, checklist: B }
      rescue:
        - { name: rescued, copy: { content: r, dest: "{{ dir }}/rescued" }, checklist: B }
    - { name: skipped, copy: { content: s, dest: "{{ dir }}/skipped" }, when: "false" }
    - { name: enough, meta: end_host, when: inventory_hostname == 'h3' }
    - { name: last, copy: { content: l, dest: "{{ dir }}/last" }, checklist: C }
  handlers:
    - { name: told, copy: { content: h, dest: "{{ dir }}/told" } }
- name: Second
  hosts: all
  tasks:
    - { name: two, copy: { content: "2", dest: "{{ dir }}/two" }, checklist: D }
`;

describe('killed after any event, and resumed', () => {
  test('batches, handlers, run_once, a rescue and an end', () => holds(CONVERGE, 3, { every: 2 }), 300_000);
  test('twice', () => holds(CONVERGE, 3, { every: 9, twice: true }), 300_000);

  test(
    'what is registered is learned again where a later play looks at it',
    () =>
      holds(
        `- name: Learns
  hosts: all
  tasks:
    - { name: asked, command: { cmd: "echo {{ inventory_hostname }}" }, read_only: true, register: said }
- name: Tells
  hosts: all
  tasks:
    - { name: says, copy: { content: "{{ said.stdout }}", dest: "{{ dir }}/told" } }
    - { name: of the others, copy: { content: "{{ hostvars.h1.said.stdout }}", dest: "{{ dir }}/of-others" } }
`,
        2,
      ),
    120_000,
  );

  test(
    'a failure stops where it would have stopped',
    () =>
      holds(
        `- name: Rolling
  hosts: all
  serial: [1, 2]
  max_fail_percentage: 40
  tasks:
    - { name: one, copy: { content: "1", dest: "{{ dir }}/one" } }
    - { name: fails, command: { cmd: "false" }, when: inventory_hostname == 'h3' }
    - { name: two, copy: { content: "2", dest: "{{ dir }}/two" } }
- name: Never
  hosts: all
  tasks:
    - { name: three, copy: { content: "3", dest: "{{ dir }}/three" } }
`,
        5,
      ),
    120_000,
  );

  test(
    'who failed or was out of reach stays so, and the others go on',
    () =>
      holds(
        `- name: One
  hosts: all
  tasks:
    - { name: one, copy: { content: "1", dest: "{{ dir }}/one" } }
    - { name: fails, command: { cmd: "false" }, when: inventory_hostname == 'h1' }
- name: Two
  hosts: all
  tasks:
    - { name: two, copy: { content: "2", dest: "{{ dir }}/two" } }
`,
        3,
        { unreachable: ['h3'] },
      ),
    120_000,
  );

  test(
    'the end of a play for all',
    () =>
      holds(
        `- name: Ends
  hosts: all
  serial: 1
  tasks:
    - { name: one, copy: { content: "1", dest: "{{ dir }}/one" }, checklist: A }
    - { name: end, meta: end_play, when: inventory_hostname == 'h2' }
    - { name: two, copy: { content: "2", dest: "{{ dir }}/two" }, checklist: B }
`,
        3,
      ),
    120_000,
  );

  test(
    'a dry run begins again with all hosts that were not through',
    () => holds(CONVERGE.replaceAll(/ *- \{ name: (once|asked).*\n/g, ''), 3, { check: true }),
    300_000,
  );
});

describe('what is not done again', () => {
  const count = (run: Ran, name: string) => run.statuses().filter((status) => status.startsWith(`${name} `)).length;

  test('a command on a host that was through, and one with run_once', async () => {
    const runbook = `- name: Count
  hosts: all
  serial: 1
  tasks:
    - { name: once, shell: "echo x >> {{ dir }}/../once", run_once: true }
    - { name: each, shell: "echo x >> {{ dir }}/each" }
`;
    const project = new FakeProject({ hosts: 3 });
    try {
      const events = (await whole(runbook, 3)).run.events;
      const cut = events.findIndex((event) => event.type === 'host.through') + 1;
      const { last, journal } = await resumed(project, runbook, [cut]);
      expect(readFileSync(project.on('h1', '../once'), 'utf8')).toBe('x\n');
      expect(['h1', 'h2', 'h3'].map((host) => readFileSync(project.on(host, 'each'), 'utf8'))).toEqual([
        'x\n',
        'x\n',
        'x\n',
      ]);
      expect(count(last, 'each')).toBe(0);
      expect(last.totals('h1')).toMatchObject({ changed: 2, outcome: 'done' });
      const report = reportMarkdown(summarize(journal.map((event) => [0, event])), {
        runbooks: [],
        inventory: [],
        verify: [],
      });
      expect(report).toContain('was resumed by `other@there`');
    } finally {
      project.remove();
    }
  });
});
