import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InFlightTasks } from '../../../engine/audit/journal/in-flight.ts';
import { HostAccount } from '../../../engine/event/host-account.ts';
import { Content, defineModule, pathThing, sh, Type } from '../../../engine/module/index.ts';
import { modules } from '../../../modules/index.ts';
import { FakeProject, type Ran } from '../harness.ts';

/** Writes a file; one called `never…` is found empty ever after, the step of one called `bad…` fails, that of `slow…` takes its time. */
const put = defineModule({
  name: 'put',
  summary: 'Writes a file',
  example: '',
  params: Type.Object({ dir: Type.String(), name: Type.String() }),
  independent: true,
  about: ({ dir, name }) => pathThing(`${String(dir)}/${String(name)}`),
  probeMany: (wants) =>
    sh`for f in ${wants.map(({ dir, name }) => `${dir}/${name}`)}; do [ -s "$f" ] && echo yes || echo no; done`,
  parseMany: ({ stdout }) => stdout.trimEnd().split('\n'),
  plan: (have, { dir, name }) => ({
    changes:
      have === 'yes' && !name.startsWith('never')
        ? []
        : [
            {
              op: '+' as const,
              what: `file ${name}`,
              steps: [
                ...(name.startsWith('slow') ? [{ run: sh`sleep 0.3` }] : []),
                name.startsWith('bad')
                  ? { run: sh`echo no >&2; exit 3` }
                  : { write: { path: `${dir}/${name}`, content: Content.of('x') } },
              ],
            },
          ],
  }),
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2, modules: [put] });
});
afterEach(() => project.remove());

const puts = (...names: readonly string[]) =>
  names.map((name) => `- name: ${name}\n  put: { dir: "{{ dir }}", name: ${name} }\n`).join('');

const made = (...names: readonly string[]) => names.filter((name) => existsSync(project.on('h1', name)));

/** What the events of h1 leave in flight, as the account and the recovery of a dead run see it. */
function inFlight({ events }: Ran): readonly (string | number | undefined)[] {
  const account = new HostAccount();
  const journal = new InFlightTasks();
  for (const event of events) {
    if (!('host' in event) || event.host !== 'h1') continue;
    account.see(event);
    journal.see({ ...event });
  }
  return [account.counts.inFlight, ...journal.list().map(({ task }) => task)];
}

describe('neighbours that all change', () => {
  test('are one message with one probe, and told one by one', async () => {
    const run = await project.play(puts('a', 'b', 'c'));
    expect(run.statuses()).toEqual(['a changed', 'b changed', 'c changed']);
    expect(run.totals()).toMatchObject({ changed: 3, messages: 2 });
    const message = run.sent.filter(({ frames }) => frames.some(({ step }) => step))[0];
    expect(message?.frames.filter(({ step }) => !step)).toHaveLength(1);
    expect(inFlight(run)).toEqual([undefined]);
    expect((await project.play(puts('a', 'b', 'c'))).totals()).toMatchObject({ changed: 0, messages: 1 });
  });

  test('a dry run tells the same', async () => {
    const tasks = `- name: dir\n  file: { path: "{{ item }}", state: directory }\n  loop: ["{{ dir }}/x", "{{ dir }}/x/y", "{{ dir }}/z"]\n`;
    const dry = await project.play(tasks, { check: true });
    const run = await project.play(tasks);
    expect(run.statuses()).toEqual(dry.statuses());
    expect(run.totals()).toMatchObject({ changed: 1, messages: 2 });
    const changes = ({ events }: Ran) =>
      events.flatMap((event) => (event.type === 'task.finished' && event.host === 'h1' ? event.changes : []));
    expect(changes(run)).toEqual(changes(dry));
  });

  test('the steps are on record, each task’s own, before the message is sent', async () => {
    const run = await project.play(puts('a', 'b'));
    const first = run.events.findIndex(({ type }) => type === 'task.finished');
    expect(
      run.events
        .slice(0, first)
        .flatMap((event) => (event.type === 'task.applying' && event.host === 'h1' ? [event.task.name] : [])),
    ).toEqual(['a', 'b']);
  });

  test('a step that fails ends the message: what was before it is made, what was behind it is withdrawn', async () => {
    const run = await project.play(puts('a', 'bad', 'c', 'd'));
    expect(run.statuses()).toEqual(['a changed', 'bad failed']);
    expect(made('a', 'c', 'd')).toEqual(['a']);
    expect(
      run.events.flatMap((event) => (event.type === 'task.withdrawn' && event.host === 'h1' ? [event.task.name] : [])),
    ).toEqual(['c', 'd']);
    expect(inFlight(run)).toEqual([undefined]);
    expect(run.totals()).toMatchObject({ changed: 1, failed: 1 });
  });

  test('with ignore_errors what was withdrawn is done in its turn', async () => {
    const run = await project.play(`${puts('a', 'bad')}  ignore_errors: true\n${puts('c')}`);
    expect(run.statuses()).toEqual(['a changed', 'bad ignored', 'c changed']);
    expect(made('a', 'c')).toEqual(['a', 'c']);
  });

  test('one that does not converge fails, and those that were made with it are told before the host leaves', async () => {
    const run = await project.play(
      puts('a', 'never', 'c') +
        puts('last')
          .replace('put', 'debug')
          .replace(/\{.*\}/, '{ msg: x }'),
    );
    expect(run.statuses()).toEqual(['a changed', 'never failed', 'c changed']);
    expect(run.task('never').failure?.code).toBe('not-converged');
    expect(inFlight(run)).toEqual([undefined]);
    expect(run.status).toBe('failed');
  });

  test('in a block with a rescue too: the rescue comes once all that was made is told', async () => {
    const indent = (text: string) => text.replaceAll(/^(?=.)/gm, '    ');
    const run = await project.play(
      `- block:\n${indent(puts('never', 'b', 'c'))}  rescue:\n${indent(puts('r'))}${puts('after')}`,
    );
    expect(run.statuses()).toEqual(['never failed', 'b changed', 'c changed', 'r changed', 'after changed']);
    expect(run.task('never').rescued).toBe(true);
  });

  test('when the play is stopped for another host’s failure, what was made is told', async () => {
    const fails = `${puts('bad')}  when: inventory_hostname == "h2"\n`;
    const play = `${fails}${puts('first', 'b', 'c')}`.replaceAll(/^(?=.)/gm, '    ');
    const run = await project.run(`- name: Play\n  hosts: all\n  max_fail_percentage: 0\n  tasks:\n${play}`);
    const done = made('first', 'b', 'c');
    const told = run.statuses().filter((status) => status.endsWith(' changed')).length;
    expect(told).toBe(done.length);
    expect(inFlight(run)).toEqual([undefined]);
  });

  test('notes of handlers lie there before the change that notifies, of each of them; a withdrawn one leaves none', async () => {
    const handlers =
      'handlers:\n- name: H\n  shell: { cmd: "echo ran >>{{ dir }}/log" }\n- name: Never\n  shell: { cmd: "echo never >>{{ dir }}/log" }\n';
    const run = await project.play(
      `${puts('a')}${puts('b')}  notify: H\n${puts('bad')}${puts('c')}  notify: Never\n${handlers}`,
    );
    expect(run.statuses()).toEqual(['a changed', 'b changed', 'bad failed']);
    const again = await project.play(`${puts('a')}${puts('b')}  notify: H\n${handlers}`);
    expect(again.statuses()).toEqual(['a ok', 'b ok', 'H changed']);
    expect(readFileSync(project.on('h1', 'log'), 'utf8')).toBe('ran\n');
  });
});

describe('a message that breaks off', () => {
  const lost = (how: 'lost-before' | 'lost-after') => ({
    faults: (host: string, message: number) => (host === 'h1' && message === 2 ? how : undefined),
  });

  test('once it was done: the host is read again, and each is told', async () => {
    const run = await project.play(puts('a', 'b', 'c'), lost('lost-after'));
    expect(run.statuses()).toEqual(['a changed', 'b changed', 'c changed']);
    expect(run.totals()).toMatchObject({ changed: 3, failed: 0 });
    expect(inFlight(run)).toEqual([undefined]);
  });

  test('before it was done: the first says so, the others are as they were', async () => {
    const run = await project.play(puts('a', 'b', 'c'), lost('lost-before'));
    expect(run.statuses()).toEqual(['a unreachable']);
    expect(made('a', 'b', 'c')).toEqual([]);
    expect(inFlight(run)).toEqual([undefined]);
  });

  test('for good: all of it is in flight', async () => {
    const run = await project.play(puts('a', 'b', 'c'), {
      faults: (host, message) => (host === 'h1' && message > 1 ? 'lost-after' : undefined),
    });
    expect(run.statuses()).toEqual(['a unreachable']);
    expect(made('a', 'b', 'c')).toEqual(['a', 'b', 'c']);
    expect(inFlight(run)).toEqual([3, 'b', 'c']);
  });

  test('the first Ctrl-C lets it finish, and all of it is told', async () => {
    const run = await project.play(puts('a', 'slow', 'c') + `${puts('late')}  failed_when: false\n`, {
      onEvent: (event, stop) => {
        if (event.type === 'task.applying' && event.host === 'h1' && event.task.name === 'c')
          setTimeout(() => stop.abort(), 50);
      },
    });
    expect(run.status).toBe('interrupted');
    expect(run.statuses()).toEqual(['a changed', 'slow changed', 'c changed']);
    expect(made('a', 'slow', 'c', 'late')).toEqual(['a', 'slow', 'c']);
    expect(inFlight(run)).toEqual([undefined]);
  });
});

describe('what stands between neighbours', () => {
  const messages = async (tasks: string) => (await project.play(tasks)).totals().messages;

  test.each([
    ['another module', `${puts('a')}- stat: { path: "{{ dir }}" }\n${puts('b')}`],
    ['a rule of what a failure is', `${puts('a')}  register: r\n  failed_when: "!r.changed && r.rc > 0"\n${puts('b')}`],
    ['another try', `${puts('a')}  retries: 2\n  delay: 0\n${puts('b')}`],
    ['a result that a condition asks for', `${puts('a')}  register: r\n${puts('b')}  when: r.changed\n`],
    [
      'a result that its name asks for',
      `${puts('a')}  register: r\n${puts('b').replace('name: b', 'name: after {{ r.rc }}')}`,
    ],
    ['its own time limit', `${puts('a')}  timeout: 30\n${puts('b')}`],
    ['a block', `${puts('a')}- block:\n${puts('b').replaceAll(/^(?=.)/gm, '    ')}`],
    ['a dry run’s task', `${puts('a')}${puts('z')}  check_mode: true\n${puts('b')}`],
  ])('%s', async (_, tasks) => {
    expect(await messages(tasks)).toBe(3);
    expect(made('a', 'b')).toEqual(['a', 'b']);
  });

  test('a person who is asked', async () => {
    const run = await project.play(puts('a', 'b'), { step: async () => true });
    const types = run.events.flatMap((event) =>
      'task' in event && event.host === 'h1' && event.type !== 'task.started'
        ? [`${event.type} ${event.task.name}`]
        : [],
    );
    expect(types).toEqual(['task.applying a', 'task.finished a', 'task.applying b', 'task.finished b']);
  });

  test('the same path, at it or below it where all of it is meant', async () => {
    const file = (name: string, rest: string) => `- name: ${name}\n  file: { path: "{{ dir }}/${name}", ${rest} }\n`;
    const run = await project.play(file('d', 'state: directory') + file('d', 'state: directory, mode: "0700"'));
    expect(run.statuses()).toEqual(['d changed', 'd changed']);
    expect(statSync(project.on('h1', 'd')).mode & 0o777).toBe(0o700);
    expect(run.totals().messages).toBe(3);
    mkdirSync(project.on('h1', 'e/f'), { recursive: true });
    writeFileSync(project.on('h1', 'e/f/g'), '');
    chmodSync(project.on('h1', 'e'), 0o700);
    const tree = await project.play(
      `- name: e\n  file: { path: "{{ dir }}/e", state: directory, recurse: true, mode: "0750" }\n${file('e/f', 'state: directory, mode: "0700"')}`,
    );
    expect(tree.totals().failed).toBe(0);
    expect(statSync(project.on('h1', 'e/f')).mode & 0o777).toBe(0o700);
  });

  test('lines of one file: the second is planned from what the first has made of it', async () => {
    const line = (text: string) =>
      `- name: ${text}\n  lineinfile: { path: "{{ dir }}/lines", line: ${text}, create: true }\n`;
    const run = await project.play(line('one') + line('two') + line('three'));
    expect(run.totals()).toMatchObject({ changed: 3, failed: 0 });
    expect(readFileSync(project.on('h1', 'lines'), 'utf8')).toBe('one\ntwo\nthree\n');
  });

  test.each([
    ['does not say what it is about', { about: () => [] }],
    ['does not say that its tasks are independent', { independent: false }],
  ])('a module that %s', async (_, less) => {
    const silent = defineModule({ ...put.definition, name: 'silent', ...less });
    const other = new FakeProject({ modules: [silent] });
    try {
      const run = await other.play(puts('a', 'b').replaceAll('put:', 'silent:'));
      expect(run.totals()).toMatchObject({ changed: 2, messages: 3 });
    } finally {
      other.remove();
    }
  });
});

test('jobs of one crontab, which is written as a whole, are made one after the other', async () => {
  const names = modules.filter(({ independent }) => independent).map(({ name }) => name);
  expect(names).not.toContain('cron');
  expect(names).toContain('file');
});
