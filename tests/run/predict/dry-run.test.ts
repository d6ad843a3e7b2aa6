import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineModule, Missing, sh, Type } from '../../../engine/module/index.ts';
import { FakeProject, type Ran } from '../harness.ts';

/** Makes a directory, and says that it provides it and a unit of its name. */
const maker = defineModule({
  name: 'maker',
  summary: 'Make a directory',
  params: Type.Object({ path: Type.String({ description: 'Its path' }) }),
  probe: ({ path }) => sh`[ -d ${path} ] && echo yes || echo no`,
  parse: (out) => ({ there: out.stdout.trim() === 'yes' }),
  plan: (have, { path }) => ({
    changes: have.there
      ? []
      : [
          {
            op: '+' as const,
            what: path,
            steps: [{ run: sh`mkdir ${path}` }],
            effects: [{ makes: `unit:${path}` as const }],
          },
        ],
    result: { made: !have.there },
  }),
});

/** Needs a unit; knows (or not) the state that it is in just after it was made. */
const user = (fresh: boolean) =>
  defineModule({
    name: fresh ? 'user-of' : 'user-of-some',
    summary: 'Use a directory',
    params: Type.Object({ path: Type.String({ description: 'Its path' }) }),
    probe: ({ path }) => sh`[ -d ${path} ] || exit 3; [ -e ${path}/used ] && echo yes; :`,
    parse: (out, { path }) =>
      out.status === 3
        ? new Missing<{ used: boolean }>({ needs: [`unit:${path}`], fresh: fresh ? { used: false } : undefined })
        : { used: out.stdout !== '' },
    plan: (have, { path }) => ({
      changes: have.used ? [] : [{ op: '+', what: `use of ${path}`, steps: [{ run: sh`touch ${path}/used` }] }],
    }),
  });

/** A check: fails unless the path exists. */
const check = defineModule({
  name: 'is-there',
  summary: 'A check',
  params: Type.Object({ path: Type.String({ description: 'Its path' }) }),
  check: true,
  probe: ({ path }) => sh`[ -e ${path} ] && echo yes; :`,
  parse: (out) => ({ there: out.stdout !== '' }),
  plan: (have, { path }) => ({ changes: [], failure: have.there ? undefined : { summary: `no ${path}` } }),
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ modules: [maker, user(true), user(false), check] });
});
afterEach(() => project.remove());

/** Names by status, loop items left out. */
function named(run: Ran, ...statuses: readonly string[]): readonly string[] {
  return run.events.flatMap((event) =>
    (event.type === 'task.finished' || event.type === 'handler.finished') &&
    event.item === undefined &&
    statuses.includes(event.status)
      ? [event.task.name]
      : [],
  );
}

/** changed in the dry run ⊆ changed in the run ⊆ changed or unknown in the dry run; then nothing is left. */
async function holdsTheLaw(tasks: string, again: readonly string[] = []): Promise<Ran> {
  const dry = await project.play(tasks, { check: true });
  const run = await project.play(tasks);
  const changed = named(run, 'changed');
  expect(changed).toEqual(expect.arrayContaining([...named(dry, 'changed')]));
  expect(named(dry, 'changed', 'unknown')).toEqual(expect.arrayContaining([...changed]));
  expect(run.status).toBe('ok');
  expect(named(await project.play(tasks), 'changed', 'failed')).toEqual(again);
  expect(named(await project.play(tasks, { check: true }), 'changed', 'failed')).toEqual(again);
  return dry;
}

test('what a pending change provides is planned with; the state of what only ‹provides› names is not known', async () => {
  const dry = await holdsTheLaw(`
- name: make
  maker: { path: "{{ dir }}/m" }
- name: use
  user-of: { path: "{{ dir }}/m" }
- name: use in a state unknown
  user-of-some: { path: "{{ dir }}/m" }
- name: made by a command
  command: { argv: [mkdir, "{{ dir }}/c"], creates: "{{ dir }}/c" }
  provides: ["unit:{{ dir }}/c"]
- name: use of the command's
  user-of: { path: "{{ dir }}/c" }
`);
  expect(dry.statuses()).toEqual([
    'make changed',
    'use changed',
    'use in a state unknown unknown',
    'made by a command changed',
    "use of the command's unknown",
  ]);
  expect(dry.totals().messages).toBe(1);
});

test('in a run what is missing is a failure that names it; in a dry run with nothing pending too', async () => {
  const tasks = '- name: use\n  user-of: { path: "{{ dir }}/m" }\n';
  for (const check of [true, false]) {
    const run = await project.play(tasks, { check });
    expect(run.statuses()).toEqual(['use failed']);
    expect(run.task('use').failure).toMatchObject({ code: 'missing-resource' });
    expect(run.task('use').failure?.summary).toContain('/h1/m');
  }
});

test('a check that fails is a failure, and unknown once a change is pending', async () => {
  const tasks = (path: string) => `
- name: make
  maker: { path: "{{ dir }}/m" }
- name: there
  is-there: { path: "{{ dir }}/${path}" }
- name: reads
  shell: { cmd: "test -e {{ dir }}/${path}" }
  read_only: true
`;
  const dry = await holdsTheLaw(tasks('m'));
  expect(dry.statuses()).toEqual(['make changed', 'there unknown', 'reads unknown']);
  const converged = await project.play(tasks('nothing'), { check: true });
  expect(converged.statuses()).toEqual(['make ok', 'there failed']);
  expect(converged.status).toBe('failed');
});

test('conditions are three-valued: what hangs on a pending change is unknown, and so is what registers it', async () => {
  const dry = await holdsTheLaw(
    `
- name: act
  shell: { cmd: "echo yes" }
  register: act
- name: on its output
  copy: { dest: "{{ dir }}/f", content: "{{ act.stdout }}" }
- name: on its word
  file: { path: "{{ dir }}/g", state: directory }
  when: act.stdout == "yes"
  register: word
- name: on the unknown
  file: { path: "{{ dir }}/i", state: directory }
  when: word.changed
  changed_when: true
- name: false all the same
  file: { path: "{{ dir }}/j", state: directory }
  when: [act.stdout == "yes", 1 == 2]
- name: because it changed
  file: { path: "{{ dir }}/h", state: directory }
  when: act.changed
`,
    ['act'],
  );
  expect(dry.statuses()).toEqual([
    'act changed',
    'on its output unknown',
    'on its word unknown',
    'on the unknown unknown',
    'false all the same skipped',
    'because it changed changed',
  ]);
});

test('a loop over what is not known yet is unknown; one over known items with unknown parts is too', async () => {
  const dry = await project.play(
    `
- name: act
  shell: { cmd: "echo a" }
  register: act
- name: around it
  debug: { msg: "{{ item }}" }
  loop: ["{{ act.stdout }}", b]
- name: over its results
  debug: { msg: "{{ item }}" }
  loop: !expr "act.stdout.split(' ')"
`,
    { check: true },
  );
  expect(dry.task('act').status).toBe('changed');
  expect(dry.task('around it').status).toBe('unknown');
  expect(dry.task('over its results').status).toBe('unknown');
  expect(JSON.stringify(dry.events)).not.toContain('[object Object]');
});

test('unknown notifies only perhaps: the handler is unknown, not changed', async () => {
  const tasks = `
- name: act
  shell: { cmd: "echo yes" }
  register: act
- name: perhaps
  copy: { dest: "{{ dir }}/f", content: "x" }
  when: act.stdout == "yes"
  notify: H
handlers:
- name: H
  shell: { cmd: "true" }
`;
  const dry = await project.play(tasks, { check: true });
  expect(dry.statuses()).toEqual(['act changed', 'perhaps unknown', 'H unknown']);
  expect((await project.play(tasks)).statuses()).toEqual(['act changed', 'perhaps changed', 'H changed']);
});

test('drift in the middle: the dry run foresees just that', async () => {
  mkdirSync(project.on('h1', 'd'));
  writeFileSync(project.on('h1', 'f'), 'other');
  const dry = await holdsTheLaw(`
- name: directory
  file: { path: "{{ dir }}/d", state: directory }
- name: content
  copy: { dest: "{{ dir }}/f", content: right }
- name: gone
  file: { path: "{{ dir }}/none", state: absent }
`);
  expect(dry.statuses()).toEqual(['directory ok', 'content changed', 'gone ok']);
});

test('what is in the way of a task may go before its turn: unknown, and no failure', async () => {
  project.write('h1/way/inner', '');
  const tasks = `
- name: clear
  command: { argv: [rm, -r, "{{ dir }}/way"] }
- name: write
  copy: { dest: "{{ dir }}/way", content: x }
`;
  const dry = await project.play(tasks, { check: true });
  expect(dry.statuses()).toEqual(['clear changed', 'write unknown']);
  expect(dry.task('write').reason).toContain('is a directory, but changes are pending');
  const run = await project.play(tasks);
  expect(run.statuses()).toEqual(['clear changed', 'write changed']);
});

test('a command is spared what an earlier task would make', async () => {
  const dry = await holdsTheLaw(`
- name: make
  copy: { dest: "{{ dir }}/made", content: x }
- name: spared
  command: { cmd: "touch {{ dir }}/made", creates: "{{ dir }}/made" }
- name: spared below
  command: { cmd: touch made, chdir: "{{ dir }}", creates: ./made }
- name: declare
  command: { cmd: "touch {{ dir }}/a", creates: "{{ dir }}/a" }
  provides: ["path:{{ dir }}/b"]
- name: perhaps
  command: { cmd: "touch {{ dir }}/b", creates: "{{ dir }}/b" }
`);
  expect(dry.statuses()).toEqual([
    'make changed',
    'spared ok',
    'spared below ok',
    'declare changed',
    'perhaps unknown',
  ]);
});

test.runIf(process.getuid?.() === 0)('a user who is not there is missing, and may be made before', async () => {
  const tasks = `
- name: as somebody
  copy: { dest: "{{ dir }}/theirs", content: x }
  become: true
  become_user: vrun-nobody
`;
  const alone = await project.play(tasks, { check: true });
  expect(alone.task('as somebody').failure?.summary).toBe('the host has no user vrun-nobody');
  const after = await project.play(`- copy: { dest: "{{ dir }}/x", content: x }\n${tasks}`, { check: true });
  expect(after.task('as somebody').status).toBe('unknown');
});

test('what is read of a file that a pending change leaves otherwise is not known', async () => {
  project.write('h1/file', 'old');
  const dry = await project.play(
    `
- name: as it is
  stat: { path: "{{ dir }}/file" }
- name: change
  copy: { dest: "{{ dir }}/file", content: new }
- name: look
  stat: { path: "{{ dir }}/file" }
- name: bring
  fetch: { src: "{{ dir }}/file", dest: "{{ dir }}/brought" }
- name: copy of it
  copy: { dest: "{{ dir }}/other", src: "{{ dir }}/file", remote_src: true }
`,
    { check: true },
  );
  expect(dry.statuses()).toEqual(['as it is ok', 'change changed', 'look ok', 'bring unknown', 'copy of it unknown']);
});
