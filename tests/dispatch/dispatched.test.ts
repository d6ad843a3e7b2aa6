// A dispatched run is the run that it would be without: the same events for each host, the same totals, however many workers
// there are and whenever one is lost.
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../engine/event/event.ts';
import { FakeProject, type Ran, type RunOptions } from '../run/harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 5 });
});
afterEach(() => project.remove());

const RUNBOOK = `
- name: First
  hosts: all
  serial: [1, 50%, 100%]
  tasks:
    - { name: a directory, file: { path: "{{ dir }}/d", state: directory }, notify: tell }
    - { name: one for all, command: { argv: [sh, -c, "echo {{ inventory_hostname }}"] }, run_once: true, register: chosen }
    - { name: what it said, copy: { dest: "{{ dir }}/d/chosen", content: "{{ chosen.stdout }}\\n" }, checklist: Copied }
    - { name: one at a time, command: { argv: [touch, "{{ dir }}/t"], creates: "{{ dir }}/t" }, throttle: 1 }
    - { name: learned, set-fact: { mine: "{{ inventory_hostname }}!" } }
  handlers:
    - { name: tell, command: { argv: [touch, "{{ dir }}/told"] } }
- name: Second
  hosts: all
  tasks:
    - { name: others, copy: { dest: "{{ dir }}/others", content: "{{ hostvars.h2.mine }} {{ hostvars.h5.mine }}\\n" }, checklist: Others }
    - { name: in the directory, copy: { dest: "{{ dir }}/d/more", content: x } }
    - { name: of the first, debug: { msg: "{{ hostvars.h1.mine }} {{ mine }}" } }
    - { name: fails, fail: { msg: no }, when: inventory_hostname == 'h3', ignore_errors: true }
`;

/** What a run did, apart from times and from what went on beside it. */
function told(ran: Ran, host: string) {
  return ran.events.flatMap((event) => ('host' in event && event.host === host ? [plain(event)] : []));
}

function plain(event: Event): object {
  return JSON.parse(JSON.stringify(event, (key, value) => (['ms', 'readMs', 'run'].includes(key) ? undefined : value)));
}

async function twice(options: RunOptions, runbook = RUNBOOK) {
  const ran = [];
  for (const workers of [0, options.workers ?? 2]) {
    const own = new FakeProject({ hosts: 5 });
    ran.push(await own.run(runbook, { ...options, workers }));
    own.remove();
  }
  return ran;
}

/** Messages differ where hosts log in again for another play. */
const counted = (ran: Ran, host: string) => ({ ...ran.totals(host), messages: 0 });

describe('the same as without', () => {
  test.each([
    [1, false],
    [2, false],
    [5, false],
    [1, true],
    [3, true],
  ])('%i workers, a dry run: %s', async (workers, check) => {
    const [here, there] = await twice({ workers, check });
    for (const host of project.hosts) {
      const bare = (ran: Ran | undefined) =>
        ran ? told(ran, host).map((event) => JSON.stringify(event).replaceAll(/vrun-run-\w+/g, 'project')) : [];
      // Who is the first in a throttled task is a matter of time, and what was read by then is read again by the others.
      const unconnected = (lines: string[]) => lines.filter((line) => !/"(host.connected|task.started)"/.test(line));
      expect(unconnected(bare(there))).toEqual(unconnected(bare(here)));
      if (here && there) expect(counted(there, host)).toEqual(counted(here, host));
    }
    expect(there?.status).toBe(here?.status);
  });
});

test('too many failures stop the play where they would without', async () => {
  const runbook = `
- hosts: all
  serial: [1, 50%, 100%]
  max_fail_percentage: 40
  tasks:
    - { name: fails, fail: { msg: no }, when: inventory_hostname == 'h2' }
    - { name: next, command: { argv: [touch, "{{ dir }}/next"] } }
- hosts: all
  tasks: [{ name: later, command: { argv: [touch, "{{ dir }}/later"] } }]
`;
  // How far the others of the batch had come by then is a matter of time, here as there.
  for (const ran of await twice({ workers: 3 }, runbook)) {
    const [stopped] = ran.events.flatMap((event) => (event.type === 'play.stopped' ? [event] : []));
    expect(stopped?.failed).toEqual(['h2']);
    expect(stopped?.untouched).toEqual(expect.arrayContaining(['h4', 'h5']));
    expect(project.hosts.map((host) => ran.statuses(host).includes('next changed'))).toEqual([
      true,
      false,
      expect.any(Boolean),
      false,
      false,
    ]);
    expect(ran.events.filter(({ type }) => type === 'play.started')).toHaveLength(1);
  }
});

test('a worker that is lost at any message: every host comes to its end, and nothing is told twice', async () => {
  const whole = await project.run(RUNBOOK, { workers: 2 });
  expect(whole.status).toBe('ok');
  for (const at of [1, 2, 4, 7, 11, 16, 22, 29, 37]) {
    const own = new FakeProject({ hosts: 5 });
    const lost = await own.run(RUNBOOK, { workers: 2, lose: (kept) => kept === at || kept === at + 7 });
    expect(lost.status, `lost at ${at}`).toBe('ok');
    for (const host of own.hosts) {
      expect(readFileSync(own.on(host, 'd/chosen'), 'utf8')).toMatch(/^h\d$/);
      expect(existsSync(own.on(host, 'told'))).toBe(true);
      const { outcome, ok, changed, ignored, inFlight } = lost.totals(host);
      expect({ outcome, ignored, inFlight }).toEqual({
        outcome: 'done',
        ignored: host === 'h3' ? 1 : 0,
        inFlight: undefined,
      });
      expect(ok + changed).toBeGreaterThanOrEqual(whole.totals(host).ok + whole.totals(host).changed);
    }
    const again = await own.run(RUNBOOK, { workers: 1 });
    for (const host of own.hosts) {
      const changes = again.statuses(host).filter((status) => status.endsWith(' changed'));
      expect(
        changes.every((status) => status.startsWith('one for all') || status.startsWith('others')),
        changes.join(),
      ).toBe(true);
    }
    own.remove();
  }
});
