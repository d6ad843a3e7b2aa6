// What the reader makes of a runbook that is right.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../engine/language/check/names.ts';
import type { Dynamic } from '../../../engine/language/dynamic/dynamic.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import type { Include, Runbook, Task, TaskNode } from '../../../engine/language/runbook/runbook.ts';
import { allTasks, mainTasks } from '../../../engine/language/runbook/task-tree.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { leftSealed, secretOpener } from '../../../engine/language/yaml/age.ts';
import { RESOURCE_KINDS } from '../../../engine/module/resource.ts';
import { fakeCatalog } from '../fake-catalog.ts';

const good = join(import.meta.dirname, 'good');

/** Reads files given as texts. */
async function read(files: Readonly<Record<string, string>>, file = 'site.yml') {
  const missing = (path: string) => Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' }));
  const readFile = (path: string) => {
    const text = files[path];
    return text === undefined ? missing(path) : Promise.resolve(Buffer.from(text));
  };
  return readRunbook(file, { catalog: fakeCatalog, secrets: leftSealed(() => undefined), readFile });
}

async function readGood(): Promise<Runbook> {
  const { runbook, problems } = await readRunbook(join(good, 'site.yml'), {
    catalog: fakeCatalog,
    secrets: secretOpener([], () => undefined),
  });
  expect(problems).toEqual([]);
  if (!runbook) throw new Error('no runbook');
  return runbook;
}

function tasks(nodes: readonly TaskNode[] | undefined): Task[] {
  return (nodes ?? []).filter((node) => node.kind === 'task');
}

function text(dynamic: Dynamic | undefined): unknown {
  if (dynamic?.kind === 'literal') return dynamic.value;
  return dynamic?.kind === 'template' ? dynamic.template.source : dynamic?.kind;
}

const play = (body: string) => `- hosts: all\n  tasks:\n${body.replace(/^/gm, '    ')}`;
const first = async (body: string) => {
  const { runbook, problems } = await read({ 'site.yml': play(body) });
  return { task: tasks(runbook?.plays[0]?.tasks)[0], problems };
};

describe('a runbook with every keyword', () => {
  it('has no problem, names included', async () => {
    const known = new Map([['maybe', 'any' as const]]);
    expect(checkNames(await readGood(), { known: () => known, catalog: fakeCatalog })).toEqual([]);
  });

  it('reads the play', async () => {
    const [site, imported] = (await readGood()).plays;
    expect(site).toMatchObject({ name: 'Prepare the servers', order: 'sorted', tags: ['base'] });
    expect([site?.hosts, site?.become, site?.becomeUser, site?.remoteUser, site?.connection].map(text)).toEqual([
      'web:!maintenance',
      true,
      'root',
      'ops',
      'ssh',
    ]);
    expect(site?.defaults.entries.map(({ key }) => key)).toEqual(['domain', 'port', 'app']);
    expect(site?.vars.entries.map(({ value }) => value.kind)).toEqual(['template', 'expression']);
    expect(site?.params.map(({ name, type, required, secret }) => [name, type, required, secret])).toEqual([
      ['release', 'string', true, false],
      ['level', 'integer', false, false],
      ['token', 'string', false, true],
    ]);
    expect(imported).toMatchObject({ name: 'db,cache', file: join(good, 'imported.yml'), tags: ['later'] });
    expect(tasks(imported?.tasks)[0]?.tags).toEqual(['later', 'motd']);
  });

  it('reads the tasks', async () => {
    const [user, directories, wait, fact] = tasks((await readGood()).plays[0]?.tasks);
    expect(user).toMatchObject({ title: 'Application user {{ app.name }}', module: 'user', register: 'account' });
    expect(user?.name.kind).toBe('template');
    expect(user?.notify.map(text)).toEqual(['Restart the application']);
    expect(directories?.args.entries.map(({ key }) => key)).toEqual(['path', 'state', 'mode']);
    expect(directories?.loop).toMatchObject({ variable: 'dir', index: 'n' });
    expect(directories?.when.map(({ source }) => source)).toEqual([
      "facts.os.family == 'debian'",
      'account.changed || n > 0',
    ]);
    expect(directories).toMatchObject({ tags: ['base', 'files', 'directories'], checklist: 'Application' });
    expect(wait).toMatchObject({
      readOnly: true,
      ignoreUnreachable: true,
      checkMode: false,
      diff: false,
      runOnce: true,
      until: { source: "active.stdout == 'active'" },
    });
    expect(
      [wait?.retries, wait?.delay, wait?.throttle, wait?.ignoreErrors, wait?.noLog, wait?.become].map(text),
    ).toEqual([3, 0.5, 2, true, 'expression', false]);
    expect(wait?.changedWhen.map(({ source }) => source)).toEqual(['false']);
    expect(wait?.failedWhen).toHaveLength(2);
    expect(wait?.provides.map(text)).toEqual(['path:/run/x', 'unit:{{ app.name }}.service']);
    expect(wait?.args.entries.map(({ key, value }) => [key, text(value)])).toEqual([
      ['cmd', 'systemctl is-active vantus'],
    ]);
    expect(fact).toMatchObject({ module: 'set-fact', title: 'set-fact' });
  });

  it('puts included tasks in place, with what they inherit', async () => {
    const include = (await readGood()).plays[0]?.tasks[4] as Include; // the fixture's fifth entry
    expect(include).toMatchObject({ kind: 'include', tags: ['base', 'extra'], checklist: 'Included' });
    expect(include.loop?.variable).toBe('item');
    const [say] = tasks(include.tasks);
    expect(say).toMatchObject({ module: 'shell', tags: ['base', 'extra'], checklist: 'Included' });
    expect(say?.at.file).toBe(join(good, 'included/tasks.yml'));
    const deeper = include.tasks[1];
    const [check] = deeper?.kind === 'include' ? tasks(deeper.tasks) : [];
    expect(check).toMatchObject({ title: 'assert', checklist: 'Deeper' });
    const that = check?.args.entries[0]?.value;
    expect(that?.kind === 'list' && that.items.map(({ kind }) => kind)).toEqual(['expression', 'expression']);
  });

  it('gives to the tasks of a block what it says for them, unless they say it themselves', async () => {
    const runbook = await readGood();
    const [block, ...more] = runbook.plays[0]?.tasks.filter((node) => node.kind === 'block') ?? [];
    expect(more).toEqual([]);
    if (!block) throw new Error('no block');
    const [tried, deeper, told, known, cleaned] = allTasks([block]);
    expect([tried, deeper, told, known, cleaned].map((task) => [task?.title, task?.checklist, task?.tags])).toEqual(
      ['Tried', 'Deeper', 'Told', 'Known here too', 'Cleaned up'].map((title) => [title, 'Block', ['base', 'block']]),
    );
    const said = (task: Task | undefined) => [task?.become, task?.becomeUser, task?.ignoreErrors].map(text);
    expect(said(tried)).toEqual([true, '{{ app.name }}', true]);
    expect(said(deeper)).toEqual([false, '{{ app.name }}', false]);
    expect(said(known)).toEqual([true, '{{ app.name }}', true]);
    expect(mainTasks([block]).map(({ title }) => title)).toEqual(['Tried', 'Deeper', 'Cleaned up']);
  });

  it('reads the pace of a play', async () => {
    const play = (await readGood()).plays[0];
    expect(play).toMatchObject({ anyErrorsFatal: false, forceHandlers: true });
    expect(play?.serial.map(text)).toEqual([1, '25%', '{{ port }}']);
    expect(text(play?.maxFailPercentage)).toBe(12.5);
  });

  it('numbers tasks in reading order and digests every file', async () => {
    const runbook = await readGood();
    const all = runbook.plays.flatMap((one) => allTasks([...one.tasks, ...one.handlers]).map(({ id }) => id));
    expect(all).toEqual([...all.keys()]);
    const files = ['site.yml', 'included/tasks.yml', 'included/deeper.yml', 'included/rescue.yml', 'imported.yml'];
    const hash = createHash('sha256');
    for (const file of files) hash.update(readFileSync(join(good, file)));
    expect(runbook.files.digest()).toBe(hash.digest('hex'));
  });
});

describe('tasks', () => {
  it.each([
    ['copy: { dest: /a, content: b }', 'copy'],
    ['ansible.builtin.copy: { dest: /a, content: b }', 'copy'],
    ['ansible.legacy.copy: { dest: /a, content: b }', 'copy'],
    ['community.general.copy: { dest: /a, content: b }', 'copy'],
    ['set_fact: { a: 1 }', 'set-fact'],
    ['set-fact: { a: 1 }', 'set-fact'],
  ])('%s is %s', async (body, module) => {
    const { task, problems } = await first(`- ${body}`);
    expect(problems).toEqual([]);
    expect(task?.module).toBe(module);
  });

  it.each([
    ['command: uptime', 'command uptime'],
    ['shell: |\n    echo one\n    echo two', 'shell echo one'],
    ['file: { path: /a, state: directory }', 'file /a'],
    ['user: { name: "{{ facts.user }}" }', 'user {{ facts.user }}'],
    ['command: { argv: [a, b] }', 'command'],
  ])('%s without a name is called ‹%s›', async (body, title) => {
    expect((await first(`- ${body}`)).task?.title).toBe(title);
  });

  it('takes the parameters of a module only where their module is known', async () => {
    const { task, problems } = await first('- nowhere: { path: "{{ a" }');
    expect(problems.map(({ code }) => code)).toEqual(['unknown-module', 'template-syntax']);
    expect(task?.module).toBe('nowhere');
  });

  it('refuses one parameter under two names', async () => {
    const { problems } = await first('- file: { path: /a, dest: /b, state: directory }');
    expect(problems).toMatchObject([{ code: 'bad-value', summary: 'One parameter under two names' }]);
  });

  it.each(RESOURCE_KINDS)('provides: %s:x', async (kind) => {
    expect((await first(`- command: a\n  provides: "${kind}:x"`)).problems).toEqual([]);
  });

  it('leaves a module’s own check what templates decide', async () => {
    expect((await first('- copy: { dest: /a, content: "{{ facts.user }}" }')).problems).toEqual([]);
    expect((await first('- copy: { dest: "{{ facts.user }}" }')).problems).toMatchObject([
      { summary: 'Give either src or content' },
    ]);
    expect(
      (await first('- file: { path: "{{ facts.user }}", state: link, src: "{{ facts.fqdn }}" }')).problems,
    ).toEqual([]);
  });

  it('says nothing more about a value whose template is broken', async () => {
    const { problems } = await first('- user: { name: a, uid: "{{ a" }\n  retries: "{{ b"');
    expect(problems.map(({ code }) => code)).toEqual(['template-syntax', 'template-syntax']);
  });
});

describe('files', () => {
  it('reads a file with a byte order mark', async () => {
    const { problems, runbook } = await read({ 'site.yml': `\uFEFF${play('- command: a')}` });
    expect(problems).toEqual([]);
    expect(runbook?.plays).toHaveLength(1);
  });

  it('says that a file isn’t UTF-8', async () => {
    const { problems } = await readRunbook('site.yml', {
      catalog: fakeCatalog,
      secrets: secretOpener([], () => undefined),
      readFile: () => Promise.resolve(Uint8Array.of(0x2d, 0x20, 0xff)),
    });
    expect(problems).toMatchObject([{ code: 'yaml-syntax', summary: 'A file that isn’t UTF-8' }]);
  });

  it('says that the runbook itself is missing, or a directory', async () => {
    expect((await read({})).problems).toMatchObject([{ code: 'file-missing' }]);
    const { problems } = await readRunbook(good, { catalog: fakeCatalog, secrets: secretOpener([], () => undefined) });
    expect(problems).toMatchObject([{ code: 'file-unreadable', detail: expect.stringContaining('directory') }]);
  });

  it('reports what stands in a file once, however often it is included', async () => {
    const site = play('- include_tasks: a.yml\n- include_tasks: a.yml');
    const { problems, runbook } = await read({ 'site.yml': site, 'a.yml': '- flie: {}\n' });
    expect(problems).toHaveLength(1);
    expect(runbook?.plays[0]?.tasks).toHaveLength(2);
  });

  it('keeps secrets closed when nobody opens them, and out of places that show', async () => {
    const vars = '- hosts: all\n  vars: { db: { password: !secret hidden } }\n  tasks:\n';
    const site = `${vars}    - command: !secret hidden\n    - name: !secret hidden\n      command: x\n    - copy: { dest: /a, content: !secret hidden }\n`;
    const { problems, runbook } = await read({ 'site.yml': site });
    expect(problems.map(({ code, at }) => [code, at?.line])).toEqual([
      ['secret-misplaced', 4],
      ['secret-misplaced', 5],
    ]);
    expect(JSON.stringify([problems, runbook])).not.toContain('hidden');
    const db = runbook?.plays[0]?.vars.entries[0]?.value;
    const password = db?.kind === 'map' ? db.entries[0]?.value : undefined;
    const secret = password?.kind === 'literal' ? password.value : undefined;
    expect(secret).toBeInstanceOf(Secret);
    expect(String(secret)).toBe('‹secret:db.password›');
  });
});
