import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../../engine/event/event.ts';
import { Content, defineModule, sh, Type } from '../../../engine/module/index.ts';
import { summarize } from '../../../engine/view/summary/accumulate.ts';
import { checklistText } from '../../../engine/view/summary/checklist.ts';
import { FakeProject, type Ran, type RunOptions } from '../harness.ts';

/** Makes directories one after the other, each a change of its own, with what is asked of it on the way. */
const steps = defineModule({
  name: 'steps',
  summary: 'Changes with steps',
  example: '',
  params: Type.Object({
    dir: Type.String(),
    names: Type.Array(Type.String()),
    /** Makes all of them in one change. */
    together: Type.Optional(Type.Boolean()),
    revert: Type.Optional(Type.Boolean()),
  }),
  prepare: (params) => params,
  probe: ({ dir, names }) => sh`cd ${dir} && for n in ${names}; do [ ! -e "$n" ] || echo "$n"; done`,
  parse: ({ stdout }) => stdout.split('\n').filter((line) => line !== ''),
  plan: (have, { dir, names, together, revert }) => {
    const missing = names.filter((name) => !have.includes(name));
    const step = (name: string) => ({
      run: name.startsWith('bad') ? sh`false` : name.startsWith('slow') ? sh`sleep 60` : sh`mkdir ${`${dir}/${name}`}`,
      ...(revert ? { revert: sh`rmdir ${`${dir}/${name}`}` } : {}),
    });
    if (together) {
      return {
        changes:
          missing.length === 0 ? [] : [{ op: '~' as const, what: `all of ${names.length}`, steps: missing.map(step) }],
      };
    }
    return {
      changes: missing.map((name) => ({
        op: '+' as const,
        what: `directory ${name}`,
        steps: name.startsWith('file-bad')
          ? [{ write: { path: `${dir}/none/x`, content: Content.of('x') } }]
          : name.startsWith('nothing')
            ? [{ run: sh`:` }]
            : [step(name)],
      })),
    };
  },
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2, modules: [steps] });
});
afterEach(() => project.remove());

type Finished = Extract<Event, { type: 'task.finished' | 'handler.finished' }>;

const told = ({ status, effect, changes }: Finished) => [
  status,
  effect,
  ...changes.map(({ what, made }) => `${what}: ${made}`),
];

const task = (params: string, more = '') =>
  `- { name: t, steps: { dir: "{{ dir }}", ${params} }, when: inventory_hostname == 'h1'${more} }`;

function play(text: string, options: RunOptions = {}): Promise<Ran> {
  return project.play(text, options);
}

describe('what a failed task has left', () => {
  test.each<[string, string, readonly unknown[]]>([
    [
      'the second of two changes fails',
      task('names: [a, bad, c]'),
      ['failed', 'half-way', 'directory a: done', 'directory bad: failed', 'directory c: not begun'],
    ],
    [
      'the first one does',
      task('names: [bad, c]'),
      ['failed', undefined, 'directory bad: failed', 'directory c: not begun'],
    ],
    [
      'the second step of one change',
      task('names: [a, bad, c], together: true'),
      ['failed', 'half-way', 'all of 3: partly'],
    ],
    [
      'the same, and the first is taken back',
      task('names: [a, bad, c], together: true, revert: true'),
      ['failed', undefined, 'all of 3: put back'],
    ],
    [
      'a file that can’t be written is as it was',
      task('names: [a, file-bad]'),
      ['failed', 'half-way', 'directory a: done', 'directory file-bad: not begun'],
    ],
    [
      'a step that is stopped by its time limit',
      task('names: [slow, b]', ', timeout: 1'),
      ['failed', 'in flight', 'directory slow: not known', 'directory b: not begun'],
    ],
    [
      'changed, and yet not as it should be',
      task('names: [a, nothing]'),
      ['failed', 'half-way', 'directory a: done', 'directory nothing: failed'],
    ],
    [
      'a failure that is ignored',
      task('names: [a, bad]', ', ignore_errors: true'),
      ['ignored', 'half-way', 'directory a: done', 'directory bad: failed'],
    ],
  ])('%s', async (_, text, expected) => {
    const run = await play(text);
    expect(told(run.task('t'))).toEqual(expected);
    const { halfWay = 0, inFlight = 0 } = run.totals();
    expect([halfWay, inFlight]).toEqual([expected[1] === 'half-way' ? 1 : 0, expected[1] === 'in flight' ? 1 : 0]);
    expect(run.totals('h2')).not.toHaveProperty('halfWay');
  });

  test.each<[string, string, readonly unknown[]]>([
    ['a command that fails', 'shell: "exit 1"', ['failed', undefined, 'failed']],
    ['failed_when holds, and it ran', 'shell: "true", failed_when: true', ['failed', 'half-way', 'done']],
    [
      'the same of what never changes',
      'shell: "true", failed_when: true, changed_when: false',
      ['failed', undefined, undefined],
    ],
    [
      'and where it says so itself',
      'shell: "echo same; exit 1", register: q, changed_when: "!q.stdout.contains(\'same\')"',
      ['failed', undefined, undefined],
    ],
    ['until never holds', 'shell: "true", until: false, retries: 1, delay: 0', ['failed', 'half-way', 'done']],
    ['no_log says no more than that', 'shell: "true", failed_when: true, no_log: true', ['failed', 'half-way', 'done']],
  ])('of commands: %s', async (_, text, expected) => {
    const run = await play(`- { name: t, ${text} }`);
    const { status, effect, changes } = run.task('t');
    expect([status, effect, changes[0]?.made]).toEqual(expected);
  });

  test('the connection lost in an act, in a change that can be read again, and at a delegate', async () => {
    const faults: RunOptions['faults'] = (host, _, frames) =>
      host === 'h1' && frames.some(({ step, script }) => step && script.includes('lost-here'))
        ? 'lost-after'
        : undefined;
    const act = await play(`- { name: t, shell: "touch {{ dir }}/lost-here" }`, { faults });
    expect(told(act.task('t')).slice(0, 2)).toEqual(['unreachable', 'in flight']);
    expect(act.task('t').changes[0]?.made).toBe('not known');
    expect(act.totals()).toMatchObject({ inFlight: 1, outcome: 'unreachable', changed: 0 });

    const state = await play(task('names: [dir-lost-here]'), { faults });
    expect(told(state.task('t'))).toEqual(['changed', undefined, 'directory dir-lost-here: undefined']);

    const delegated = await play(
      `- { name: t, shell: "touch {{ dir }}/lost-here", delegate_to: h1, when: inventory_hostname == 'h2' }`,
      { faults },
    );
    expect(told(delegated.task('t', 'h2')).slice(0, 2)).toEqual(['failed', 'in flight']);
    expect(delegated.totals('h2')).toMatchObject({ inFlight: 1, failed: 1 });
  });

  test('a message that never arrived: read again it is known that nothing was done', async () => {
    const faults: RunOptions['faults'] = (_, __, frames) =>
      frames.some(({ step, script }) => step && script.includes('never')) ? 'lost-before' : undefined;
    const run = await play(task('names: [never]'), { faults });
    expect(told(run.task('t'))).toEqual(['unreachable', undefined, 'directory never: not begun']);
  });

  test('a loop counts once: an item that changed something before another fails', async () => {
    const run = await play(`- { name: t, shell: "[ {{ item }} = a ]", loop: [a, b] }`);
    const items = run.events.filter(
      (event): event is Finished => event.type === 'task.finished' && event.host === 'h1',
    );
    expect(items.map(({ item, status, effect }) => [item, status, effect])).toEqual([
      ['a', 'changed', undefined],
      ['b', 'failed', undefined],
      [undefined, 'failed', 'half-way'],
    ]);
    expect(run.totals()).toMatchObject({ failed: 1, changed: 0, halfWay: 1 });
  });

  test('handlers and rescued tasks count too', async () => {
    const run = await play(`
- block:
    - { name: t, steps: { dir: "{{ dir }}", names: [a, bad] } }
  rescue:
    - { name: r, shell: "true", notify: h }
handlers:
  - { name: h, steps: { dir: "{{ dir }}", names: [c, bad] } }
`);
    expect(run.totals()).toMatchObject({ rescued: 1, failed: 1, halfWay: 2, changed: 1 });
  });

  test('an attempt that did something counts with the next: what it did is told, and notifies', async () => {
    const run = await play(`
- name: t
  steps: { dir: "{{ dir }}", names: [a, b] }
  register: q
  until: "!q.changed"
  retries: 3
  delay: 0
  notify: h
handlers:
  - { name: h, shell: "true" }
`);
    expect(run.statuses()).toEqual(['t changed', 'h changed']);
    expect(run.task('t').changes.map(({ what }) => what)).toEqual(['directory a', 'directory b']);

    const failed = await play(
      `- { name: t, shell: "mkdir {{ dir }}/made && exit 0; exit 3", until: false, retries: 1, delay: 0 }`,
    );
    expect(told(failed.task('t')).slice(0, 2)).toEqual(['failed', 'half-way']);
  });

  test('interrupted twice: what was sent is in flight, nobody is stopped for it, and no rescue begins', async () => {
    const run = await project.run(
      `- hosts: all
  any_errors_fatal: true
  tasks:
    - { name: before, shell: "true", checklist: Before }
    - { meta: barrier }
    - block:
        - { name: t, shell: "sleep 20", when: inventory_hostname == 'h1', checklist: Now }
        - { name: w, pause: { seconds: 20 }, when: inventory_hostname == 'h2' }
      rescue:
        - { name: r, debug: { msg: x }, checklist: Then }
`,
      {
        onEvent: (event, stop, drop) => {
          if (event.type !== 'task.applying' || event.task.name !== 't') return;
          setTimeout(() => {
            stop.abort();
            drop.abort();
          }, 300);
        },
      },
    );
    expect(run.status).toBe('interrupted');
    expect(run.task('t')).toMatchObject({ effect: 'in flight', failure: { code: 'interrupted' } });
    expect(['h1', 'h2'].map((host) => run.totals(host))).toMatchObject([
      { outcome: 'interrupted', inFlight: 1 },
      { outcome: 'interrupted', failed: 0 },
    ]);
    expect(run.events.map(({ type }) => type)).not.toContain('play.stopped');
    expect(run.statuses()).not.toContain('r ok');
    const marks = summarize(run.events.map((event) => [0, event])).checklist.map(checklistText);
    expect(marks).toEqual(['[x] Before', '[-] Now', '[ ] Then']);
  });
});
