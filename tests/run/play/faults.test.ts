import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Content, defineModule, sh, Type } from '../../../engine/module/index.ts';
import { FakeProject } from '../harness.ts';

const path = { path: Type.String({ description: 'A path' }) };

/** Two files in one change, whose last step fails where `fails` is true: nothing of it may stay. */
const pair = defineModule({
  name: 'pair',
  summary: 'Two files and a command',
  params: Type.Object({ ...path, fails: Type.Boolean({ default: false, description: 'Fail at the end' }) }),
  probe: ({ path }) => sh`cat ${`${path}/one`} ${`${path}/two`} 2>/dev/null; :`,
  parse: (out) => out.stdout,
  plan: (have: string, { path, fails }) => ({
    changes:
      have === '12'
        ? []
        : [
            {
              op: '~',
              what: 'a pair',
              steps: [
                { write: { path: `${path}/one`, content: Content.of('1'), mode: '0600' }, restore: true },
                { write: { path: `${path}/two`, content: Content.of('2') }, restore: true },
                { run: sh`mkdir ${`${path}/made`}`, revert: sh`rmdir ${`${path}/made`}` },
                { run: fails ? sh`echo this is why >&2; exit 5` : sh`rmdir ${`${path}/made`}` },
              ],
            },
          ],
  }),
});

/** Says that it changes something and doesn't. */
const stubborn = defineModule({
  name: 'stubborn',
  summary: 'Never converges',
  params: Type.Object(path),
  probe: ({ path }) => sh`[ -e ${path} ] && echo yes; :`,
  parse: (out) => out.stdout !== '',
  plan: (have: boolean, { path }) => ({
    changes: have
      ? []
      : [{ op: '+', what: 'the impossible', from: 'absent', to: 'present', steps: [{ run: sh`: ${path}` }] }],
  }),
});

/** Its parser throws. */
const buggy = defineModule({
  name: 'buggy',
  summary: 'A bug',
  params: Type.Object(path),
  probe: () => sh`echo x`,
  parse: (): string => {
    throw new Error('cannot parse x');
  },
  plan: () => ({ changes: [] }),
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ modules: [pair, stubborn, buggy] });
});
afterEach(() => project.remove());

const h1 = (file: string) => project.on('h1', file);
const leftOver = () => readdirSync(h1('')).filter((name) => name.startsWith('.vrun'));

test('a failing step takes back what its change had done before, newest first, and leaves no file behind', async () => {
  writeFileSync(h1('one'), 'old', { mode: 0o640 });
  const run = await project.play('- name: pair\n  pair: { path: "{{ dir }}", fails: true }\n');
  expect(run.task('pair').failure).toMatchObject({ code: 'step-failed', summary: 'a pair: a step failed' });
  expect(run.task('pair').failure?.detail).toMatch(/this is why[\s\S]*was put back/);
  expect(readFileSync(h1('one'), 'utf8')).toBe('old');
  expect(existsSync(h1('two'))).toBe(false);
  expect(existsSync(h1('made'))).toBe(false);
  expect(leftOver()).toEqual([]);
});

test('a change that succeeds leaves nothing of what it kept for taking it back', async () => {
  writeFileSync(h1('one'), 'old');
  const run = await project.play('- name: pair\n  pair: { path: "{{ dir }}" }\n');
  expect(run.task('pair').status).toBe('changed');
  expect(readdirSync(h1('')).sort()).toEqual(['lock', 'one', 'state-login', 'two']);
  expect(readdirSync(h1('state-login/writes'))).toEqual([]);
});

test('a directory in the place of a file is refused, a link to one is replaced: neither is filled', async () => {
  mkdirSync(h1('two'));
  const run = await project.play('- name: pair\n  pair: { path: "{{ dir }}" }\n');
  expect(run.task('pair').failure?.detail).toContain('is a directory');
  expect(existsSync(h1('one'))).toBe(false);
  expect(readdirSync(h1('two'))).toEqual([]);
  expect(leftOver()).toEqual([]);

  rmdirSync(h1('two'));
  mkdirSync(h1('elsewhere'));
  symlinkSync('elsewhere', h1('two'));
  const replaced = await project.play('- name: pair\n  pair: { path: "{{ dir }}" }\n');
  expect(replaced.task('pair').status).toBe('changed');
  expect(lstatSync(h1('two')).isFile()).toBe(true);
  expect(readdirSync(h1('elsewhere'))).toEqual([]);
  expect(leftOver()).toEqual([]);
});

test('what does not converge is a failure that says what is left', async () => {
  const run = await project.play('- name: s\n  stubborn: { path: "{{ dir }}/x" }\n');
  expect(run.task('s').failure).toMatchObject({ code: 'not-converged' });
  expect(run.task('s').failure?.detail).toContain('+ the impossible (absent → present)');
});

test('a module’s bug is a failure of its task that names the module', async () => {
  const run = await project.play(
    '- name: b\n  buggy: { path: "{{ dir }}" }\n  ignore_errors: true\n- name: after\n  debug: { msg: x }\n',
  );
  expect(run.statuses()).toEqual(['b ignored', 'after ok']);
  expect(run.task('b').failure).toMatchObject({ code: 'module-bug', detail: 'cannot parse x' });
});

test('a probe read ahead that ran out of time is read again in its turn', async () => {
  const run = await project.play(
    '- name: a\n  shell: { cmd: "echo a" }\n  read_only: true\n- name: b\n  stat: { path: "{{ dir }}" }\n',
    {
      faults: (_host, message) => (message === 1 ? 'probes-time-out' : undefined),
    },
  );
  expect(run.statuses()).toEqual(['a failed']);
  expect(run.task('a').failure).toMatchObject({ code: 'timed-out' });
  const ahead = await project.play(
    '- name: a\n  copy: { dest: "{{ dir }}/a", content: "1" }\n- name: b\n  stat: { path: "{{ dir }}" }\n',
    {
      // The second message holds the change, its probe and the look-ahead: both are to be read again.
      faults: (_host, message) => (message === 2 ? 'probes-time-out' : undefined),
    },
  );
  expect(ahead.statuses()).toEqual(['a changed', 'b ok']);
});

test('the connection lost at a probe is made anew once; the second time the host is out', async () => {
  const tasks = '- name: a\n  stat: { path: "{{ dir }}" }\n- name: b\n  command: { argv: ["true"] }\n';
  const once = await project.play(tasks, { faults: (_host, message) => (message === 1 ? 'lost-before' : undefined) });
  expect(once.statuses()).toEqual(['a ok', 'b changed']);
  expect(existsSync(h1('lock/vrun'))).toBe(false);
  const twice = await project.play(tasks, { faults: (_host, message) => (message < 3 ? 'lost-before' : undefined) });
  expect(twice.statuses()).toEqual(['a unreachable']);
  expect(twice.totals()).toMatchObject({ unreachable: true, failed: 0 });
});

test('the connection lost after a change: the state is read again, and the run goes on', async () => {
  const run = await project.play(
    '- name: a\n  copy: { dest: "{{ dir }}/a", content: "1" }\n- name: b\n  stat: { path: "{{ dir }}" }\n',
    { faults: (_host, message) => (message === 2 ? 'lost-after' : undefined) },
  );
  expect(run.statuses()).toEqual(['a changed', 'b ok']);
});

test('the connection lost before a change arrived: that is what the failure says', async () => {
  const run = await project.play('- name: a\n  copy: { dest: "{{ dir }}/a", content: "1" }\n', {
    faults: (_host, message) => (message === 2 ? 'lost-before' : undefined),
  });
  expect(run.task('a').failure).toMatchObject({ code: 'connection-lost' });
  expect(run.totals()).toMatchObject({ unreachable: true });
});

test('the connection lost at an act: nobody can tell whether it took place, so it is not repeated', async () => {
  const run = await project.play('- name: act\n  shell: { cmd: "echo x >>{{ dir }}/log" }\n', {
    faults: (_host, message) => (message === 1 ? 'lost-after' : undefined),
  });
  expect(run.statuses()).toEqual(['act unreachable']);
  expect(readFileSync(h1('log'), 'utf8')).toBe('x\n');
});

test('the connection lost while notes are taken away: the host is out, the run ends in order', async () => {
  const run = await project.play(
    '- copy: { dest: "{{ dir }}/a", content: "1" }\n  notify: H\nhandlers:\n- name: H\n  debug: { msg: x }\n',
    { faults: (_host, message) => (message === 3 ? 'lost-before' : undefined) },
  );
  expect(run.totals()).toMatchObject({ changed: 1, unreachable: true });
  expect(run.events.at(-1)?.type).toBe('run.finished');
});

test('the first Ctrl-C lets the message in flight finish, sends no new one, and leaves no lock', async () => {
  const run = await project.play(
    `
- name: in flight
  shell: { cmd: "sleep 0.2; echo done >{{ dir }}/done" }
- name: not begun
  shell: { cmd: "echo x >{{ dir }}/begun" }
`,
    {
      onEvent: (event, stop) => {
        if (event.type === 'task.applying') setTimeout(() => stop.abort(), 50);
      },
    },
  );
  expect(run.status).toBe('interrupted');
  expect(run.statuses()).toEqual(['in flight changed']);
  expect(existsSync(h1('done'))).toBe(true);
  expect(existsSync(h1('begun'))).toBe(false);
  expect(existsSync(h1('lock/vrun'))).toBe(false);
  expect(run.events.at(-1)).toMatchObject({ type: 'run.finished', status: 'interrupted' });
});

test('interrupted before a handler: its note brings it into the next run', async () => {
  const tasks = `
- name: change
  copy: { dest: "{{ dir }}/a", content: "1" }
  notify: H
handlers:
- name: H
  shell: { cmd: "echo ran >>{{ dir }}/log" }
`;
  const run = await project.play(tasks, {
    onEvent: (event, stop) => {
      if (event.type === 'task.finished') stop.abort();
    },
  });
  expect(run.status).toBe('interrupted');
  expect(existsSync(h1('log'))).toBe(false);
  expect((await project.play(tasks)).statuses()).toEqual(['change ok', 'H changed']);
});

test('a host that another run has locked fails with who holds it; the lock of a dead one is taken over', async () => {
  const tasks = '- name: a\n  stat: { path: "{{ dir }}" }\n';
  mkdirSync(h1('lock/vrun'), { recursive: true });
  const start = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  const holder = (started: string) => `${process.pid}\n${started}\nother-run\nbob\nlaptop\n2026-01-01T00:00:00Z\n`;
  writeFileSync(h1('lock/vrun/holder'), holder(start));
  const locked = await project.play(tasks);
  expect(locked.status).toBe('failed');
  expect(locked.totals()).toMatchObject({ failed: 1, unreachable: false });
  const failure = locked.events.find((event) => event.type === 'host.failed')?.failure;
  expect(failure).toMatchObject({ code: 'locked' });
  expect(failure?.detail).toContain('bob, from laptop, since 2026-01-01T00:00:00Z, run other-run');
  expect((await project.play(tasks, { check: true })).status).toBe('ok');
  expect(existsSync(h1('lock/vrun/holder'))).toBe(true);

  writeFileSync(h1('lock/vrun/holder'), holder('1'));
  const taken = await project.play(tasks);
  expect(taken.status).toBe('ok');
  expect(taken.events.find((event) => event.type === 'host.recovered')).toMatchObject({ staleLock: 'other-run' });
  expect(existsSync(h1('lock/vrun'))).toBe(false);
});

test('reset_connection logs in anew and keeps the lock', async () => {
  const run = await project.play(`
- meta: reset_connection
- name: holds the lock
  shell: { cmd: "head -n 1 {{ dir }}/lock/vrun/holder; echo $PPID" }
  register: lock
- assert: { that: [size(lock.stdout) > 0] }
`);
  expect(run.status).toBe('ok');
  expect(existsSync(h1('lock/vrun'))).toBe(false);
});

test('the events of a change are emitted before it is sent, and name its steps', async () => {
  const seen: string[] = [];
  const run = await project.play('- name: a\n  copy: { dest: "{{ dir }}/a", content: "1" }\n', {
    onEvent: (event) => {
      if (event.type === 'task.applying') seen.push(existsSync(h1('a')) ? 'too late' : 'before');
    },
  });
  expect(seen).toEqual(['before']);
  const applying = run.events.find((event) => event.type === 'task.applying');
  expect(applying).toMatchObject({ steps: [{ write: h1('a'), size: 1 }] });
});

test('a line without an end is cut where it is shown', async () => {
  const run = await project.play(
    `- name: long\n  shell: { cmd: "head -c 100000 /dev/zero | tr '\\\\0' x >&2; exit 1" }\n`,
  );
  expect(run.task('long').failure?.detail).toMatch(/x{400}…$/);
  expect(run.task('long').failure?.detail?.length).toBeLessThan(600);
});
