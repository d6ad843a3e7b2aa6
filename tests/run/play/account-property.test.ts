// What a run tells of itself, held to what really happened: random plays, batches, failures, rescues, lost connections and
// interruptions on hosts with a directory each. The model below knows nothing of the engine: it looks at the files that are
// there afterwards, and at which tasks have told of themselves.
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../../engine/event/event.ts';
import { type Change, defineModule, sh, Type } from '../../../engine/module/index.ts';
import { reportMarkdown } from '../../../engine/view/report/report.ts';
import { summarize } from '../../../engine/view/summary/accumulate.ts';
import { checklistText } from '../../../engine/view/summary/checklist.ts';
import { FakeProject, type Ran, type RunOptions } from '../harness.ts';

const HOSTS = ['h1', 'h2', 'h3'];
const LINES = ['A', 'B', 'C'];
const WHATS = [
  ...['ok', 'changed', 'act', 'failed', 'half', 'partly', 'back', 'refused', 'skip'],
  ...['lost-before', 'lost-after', 'lost-state'],
] as const;
type What = (typeof WHATS)[number];

/** Makes a file in the host's directory, or fails on the way, as it is told. */
const act = defineModule({
  name: 'act',
  summary: 'Something to do',
  example: '',
  params: Type.Object({ dir: Type.String(), id: Type.String(), what: Type.String() }),
  prepare: (params) => params,
  probe: ({ dir, id }) => sh`[ ! -e ${dir}/${id} ] || echo there`,
  parse: ({ stdout }) => stdout.includes('there'),
  plan: (there, { dir, id, what }) => {
    const touch = sh`: ${what}; : >${dir}/${id}`;
    const make: Change = { op: '+', what: `file ${id}`, steps: [{ run: touch }] };
    const bad: Change = { op: '!', what: 'trouble', steps: [{ run: sh`exit 1` }] };
    switch (what) {
      case 'ok':
        return { changes: [] };
      case 'refused':
        return { changes: [], failure: { summary: 'no' } };
      case 'failed':
        return { changes: [bad] };
      case 'half':
        return { changes: [make, bad] };
      case 'partly':
        return { changes: [{ ...make, steps: [{ run: touch }, { run: sh`exit 1` }] }] };
      case 'back':
        return { changes: [{ ...make, steps: [{ run: touch, revert: sh`rm ${dir}/${id}` }, { run: sh`exit 1` }] }] };
      case 'changed':
      case 'lost-state':
        return { changes: there ? [] : [make] };
      default:
        return { changes: [{ ...make, op: '!' }] };
    }
  },
});

interface Task {
  readonly kind: 'task';
  readonly id: string;
  readonly whats: readonly What[];
  readonly line: string | undefined;
  readonly ignore: boolean;
  readonly once: boolean;
  readonly delegate: boolean;
}
interface End {
  readonly kind: 'end';
  readonly id: string;
  readonly host: string;
}
interface Block {
  readonly kind: 'block';
  readonly body: readonly Task[];
  readonly rescue: readonly Task[];
  readonly always: readonly Task[];
}
type Node = Task | End | Block;
interface Play {
  readonly hosts: number;
  readonly pace: string;
  readonly nodes: readonly Node[];
}

const often = (value: boolean, weight: number) =>
  fc.oneof({ arbitrary: fc.constant(value), weight }, fc.constant(!value));
const what: fc.Arbitrary<What> = fc.oneof(
  { arbitrary: fc.constantFrom<What>('ok', 'changed', 'act', 'skip'), weight: 5 },
  fc.constantFrom(...WHATS),
);
const task: fc.Arbitrary<Omit<Task, 'id'>> = fc.record({
  kind: fc.constant('task' as const),
  whats: fc.tuple(what, what, what),
  line: fc.oneof({ arbitrary: fc.constantFrom(...LINES), weight: 4 }, fc.constant(undefined)),
  ignore: often(false, 6),
  once: often(false, 8),
  delegate: often(false, 8),
});
// What one does for all stands where no failure leads past it: of others nobody could tell from outside who came to it.
const inner = task.map((one) => ({ ...one, once: false }));
const tasks = (least: number, most: number) => fc.array(inner, { minLength: least, maxLength: most });
const node = fc.oneof(
  { arbitrary: task, weight: 6 },
  {
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      body: tasks(1, 3),
      rescue: tasks(0, 2),
      always: tasks(0, 1),
    }),
    weight: 2,
  },
  fc.record({ kind: fc.constant('end' as const), host: fc.constantFrom(...HOSTS) }),
);
const play = fc.record({
  hosts: fc.integer({ min: 1, max: 3 }),
  pace: fc.constantFrom(
    '',
    '',
    'serial: 1',
    'serial: 2',
    'any_errors_fatal: true',
    'max_fail_percentage: 40',
    'serial: 1\n  max_fail_percentage: 100',
  ),
  nodes: fc.array(node, { minLength: 1, maxLength: 5 }),
});
const sample = fc.record({
  plays: fc.array(play, { minLength: 1, maxLength: 2 }),
  check: often(false, 5),
  /** After how many events the run is interrupted. */
  stop: fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, fc.integer({ min: 1, max: 40 })),
});

type Made = typeof play extends fc.Arbitrary<infer One> ? One : never;

const LAST = {
  kind: 'task',
  whats: ['ok', 'ok', 'ok'],
  line: undefined,
  ignore: false,
  once: false,
  delegate: false,
} as const;

/** Gives every task a name of its own, and every play a last task, by which a host tells that it came so far. */
function named(plays: readonly Made[]): Play[] {
  let count = 0;
  const id = <T extends object>(one: T) => ({ ...one, id: `t${count++}` });
  return plays.map((one) => ({
    ...one,
    nodes: [...one.nodes, LAST].map((each): Node => {
      if (each.kind !== 'block') return id(each);
      return { kind: 'block', body: each.body.map(id), rescue: each.rescue.map(id), always: each.always.map(id) };
    }),
  }));
}

function yaml(plays: readonly Play[]): string {
  return plays
    .map(({ hosts, pace, nodes }) => {
      const lines = nodes.flatMap((each) => nodeLines(each)).map((line) => `    ${line}`);
      return `- hosts: ${HOSTS.slice(0, hosts).join(',')}\n${pace === '' ? '' : `  ${pace}\n`}  tasks:\n${lines.join('\n')}\n`;
    })
    .join('');
}

function nodeLines(each: Node): string[] {
  if (each.kind === 'end')
    return [`- { name: ${each.id}, meta: end_host, when: inventory_hostname == '${each.host}' }`];
  if (each.kind === 'task') return [taskLine(each)];
  const part = (name: string, list: readonly Task[]) =>
    list.length === 0 ? [] : [`  ${name}:`, ...list.map((one) => `    ${taskLine(one)}`)];
  const [first = '', ...rest] = [
    ...part('block', each.body),
    ...part('rescue', each.rescue),
    ...part('always', each.always),
  ];
  return [`- ${first.trim()}`, ...rest];
}

function taskLine({ id, whats, line, ignore, once, delegate }: Task): string {
  const table = HOSTS.map((host, index) => `'${host}': '${whats[index]}'`).join(', ');
  const skipped = HOSTS.filter((_, index) => whats[index] === 'skip');
  const words = [
    `name: ${id}`,
    `act: { dir: "{{ dir }}", id: ${id}, what: !expr "{${table}}[inventory_hostname]" }`,
    ...(skipped.length === 0
      ? []
      : [`when: "!(inventory_hostname in [${skipped.map((host) => `'${host}'`).join(', ')}])"`]),
    ...(line === undefined ? [] : [`checklist: ${line}`]),
    ...(ignore ? ['ignore_errors: true'] : []),
    ...(once ? ['run_once: true'] : []),
    ...(delegate ? ['delegate_to: h3'] : []),
  ];
  return `- { ${words.join(', ')} }`;
}

const FAULTS: RunOptions['faults'] = (_, __, frames) => {
  const has = (word: string) => frames.some(({ step, script }) => step !== undefined && script.includes(word));
  if (has('lost-before')) return 'lost-before';
  return has('lost-after') || has('lost-state') ? 'lost-after' : undefined;
};

type Finished = Extract<Event, { type: 'task.finished' | 'handler.finished' }>;

/** What there is to know without the engine: the tasks, what they told, and the files. */
class Model {
  readonly #plays: readonly Play[];
  readonly #told = new Map<string, Finished>();
  readonly #project: FakeProject;
  readonly #check: boolean;

  constructor(plays: readonly Play[], { events }: Ran, project: FakeProject, check: boolean) {
    this.#plays = plays;
    this.#project = project;
    this.#check = check;
    for (const event of events) {
      if (event.type === 'task.finished') this.#told.set(`${event.task.name} ${event.host}`, event);
    }
  }

  told({ id }: { readonly id: string }, host: string): Finished | undefined {
    return this.#told.get(`${id} ${host}`);
  }

  /** The tasks of a play, and whether they are come to when nothing fails. */
  tasksOf({ nodes }: Play): readonly { readonly task: Task; readonly main: boolean }[] {
    const main = (list: readonly Task[]) => list.map((one) => ({ task: one, main: true }));
    return nodes.flatMap((each) => {
      if (each.kind === 'end') return [];
      if (each.kind === 'task') return main([each]);
      return [...main(each.body), ...each.rescue.map((one) => ({ task: one, main: false })), ...main(each.always)];
    });
  }

  hostsOf({ hosts }: Play): readonly string[] {
    return HOSTS.slice(0, hosts);
  }

  /** Did the task leave a file for the host? */
  acted({ id }: Task, host: string): boolean {
    return readdirSync(this.#project.on(host, '')).includes(id);
  }

  ended({ nodes }: Play, host: string): boolean {
    return nodes.some((each) => each.kind === 'end' && each.host === host && this.told(each, host)?.status === 'ok');
  }

  /** How the host stands with the line, by what was told under it. */
  standing(line: string, host: string) {
    const plays = this.#plays.filter((one) => this.hostsOf(one).includes(host));
    const under = plays.flatMap((one) =>
      this.tasksOf(one)
        .filter(({ task }) => task.line === line)
        .map(({ task, main }) => ({ task, main, play: one, event: this.#outcome(task, one, host) })),
    );
    const came = under.flatMap(({ event }) => event ?? []);
    const missing = under.filter(({ main, event, play: one }) => main && !event && !this.ended(one, host));
    return {
      concerned: under.some(({ main, event }) => main || event !== undefined),
      failed: came.some(({ status }) => status === 'failed' || status === 'unreachable'),
      begun: came.length > 0,
      through: missing.length === 0,
      wanted: came.some(({ status }) => status !== 'skipped'),
      pending: came.some(({ status }) => status === 'unknown' || (this.#check && status === 'changed')),
    };
  }

  /** Of a task that one does for all it is that one's outcome, unless it failed for all. */
  #outcome(one: Task, of: Play, host: string): Finished | undefined {
    const own = this.told(one, host);
    if (own || !one.once || !this.#came(one, of, host)) return own;
    return this.hostsOf(of)
      .map((other) => this.told(one, other))
      .find((event) => event !== undefined && event.status !== 'skipped');
  }

  /** Whether the host has come past the task: something behind it told of itself. */
  #came(one: Task, of: Play, host: string): boolean {
    const ids = this.tasksOf(of).map(({ task }) => task.id);
    return ids.slice(ids.indexOf(one.id) + 1).some((id) => this.told({ id }, host));
  }

  line(line: string): string | undefined {
    const hosts = HOSTS.map((host) => this.standing(line, host)).filter(({ concerned }) => concerned);
    if (hosts.length === 0) return undefined;
    const done = hosts.filter((one) => one.through && one.wanted && !one.pending && !one.failed).length;
    const of = hosts.filter((one) => !one.through || one.wanted).length;
    if (hosts.some(({ failed }) => failed)) return `[!] ${line}`;
    if (hosts.every(({ through, pending }) => through && !pending) && hosts.some(({ begun }) => begun))
      return `[x] ${line}`;
    const moving = hosts.some((one) => one.begun && (!one.through || !one.pending));
    return moving ? `[-] ${line}${of > 1 ? ` (${done} of ${of} hosts)` : ''}` : `[ ] ${line}`;
  }
}

test('checklist, totals, outcomes and report say what happened', async () => {
  const runs = Number(process.env.VRUN_RUNS ?? 40);
  await fc.assert(
    fc.asyncProperty(sample, async ({ plays: made, check, stop }) => {
      const plays = named(made);
      const project = new FakeProject({ hosts: 3, modules: [act] });
      try {
        let seen = 0;
        const run = await project.run(yaml(plays), {
          check,
          faults: FAULTS,
          onEvent: (event, controller) => {
            if (event.type.endsWith('.finished') && ++seen === stop) controller.abort();
          },
        });
        hold(plays, run, project, check);
      } finally {
        project.remove();
      }
    }),
    { seed: Number(process.env.VRUN_SEED ?? 20261129), numRuns: runs },
  );
}, 600_000);

function hold(plays: readonly Play[], run: Ran, project: FakeProject, check: boolean): void {
  const model = new Model(plays, run, project, check);
  const summary = summarize(run.events.map((event) => [0, event]));
  const all = plays.flatMap((one) => model.tasksOf(one).map(({ task: each }) => each));
  let somethingThere = false;
  for (const host of HOSTS.slice(0, Math.max(...plays.map(({ hosts }) => hosts)))) {
    const totals = run.totals(host);
    const told = all.flatMap((one) => model.told(one, host) ?? []);
    const of = (test: (event: Finished) => boolean) => told.filter(test).length;
    // Every effect was told, and nothing that wasn't.
    for (const one of all) {
      const event = model.told(one, host);
      const there = model.acted(one, host);
      somethingThere ||= there;
      const claims = event?.status === 'changed' || event?.effect === 'half-way';
      const admits = claims || event?.effect === 'in flight';
      expect([one.id, host, there && !admits, claims && !there && !check], JSON.stringify(event)).toEqual([
        one.id,
        host,
        false,
        false,
      ]);
    }
    // The totals are those of the events, as the views count them too.
    expect(totals).toMatchObject({
      failed: of(({ status, rescued }) => status === 'failed' && !rescued),
      ignored: of(({ status }) => status === 'ignored'),
      changed: of(({ status }) => status === 'changed'),
      unreachable: of(({ status }) => status === 'unreachable') > 0,
    });
    expect([totals.rescued ?? 0, totals.halfWay ?? 0, totals.inFlight ?? 0]).toEqual([
      of(({ status, rescued }) => status === 'failed' && rescued === true),
      of(({ effect }) => effect === 'half-way'),
      of(({ effect }) => effect === 'in flight'),
    ]);
    const counted = summarize(run.events.filter(({ type }) => type !== 'run.finished').map((event) => [0, event]));
    const { messages: _, outcome, ...figures } = totals;
    expect(counted.hosts.get(host)?.account.counts).toEqual(figures);
    const bad = totals.unreachable || totals.failed > 0;
    expect(bad).toBe(outcome === 'failed' || outcome === 'unreachable');
    if (outcome === 'not begun') expect(told).toEqual([]);
    if (run.status === 'ok') expect(outcome).toBe('done');
    if (run.status === 'interrupted') expect(outcome).not.toBe('stopped');
  }
  const shown = summary.checklist.map(checklistText).map((line) => line.replace(/ \(failed on .*/, ''));
  const expected = summary.checklist.map(({ line }) => model.line(line) ?? `[ ] ${line}`);
  expect(shown).toEqual(expected);
  const report = reportMarkdown(summary, { runbooks: [], inventory: [], verify: [] });
  for (const line of shown) expect(report).toContain(line);
  if (somethingThere) expect(report).not.toMatch(/nothing changed/i);
}
