// Archives and trees of the controller in whole runs: what is refused is its own task's failure.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../run/harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

const BEFORE = '- name: Before\n  file: { path: "{{ dir }}/before", state: directory }\n';
const AFTER = '- name: After\n  file: { path: "{{ dir }}/after", state: directory }\n';

test('a broken archive fails its own task, after the ones before it', async () => {
  project.write('files/a.tar.gz', 'no archive');
  const ran = await project.play(
    `${BEFORE}- name: Tool\n  unarchive: { src: a.tar.gz, dest: "{{ dir }}/d" }\n${AFTER}`,
  );
  expect(ran.statuses()).toEqual(['Before changed', 'Tool failed']);
  expect(ran.task('Tool').failure).toMatchObject({ summary: 'the archive ‹a.tar.gz› is refused', at: { line: 6 } });
});

test('with creates, an archive is not even opened where there is nothing to do', async () => {
  project.write('files/a.tar.gz', 'no archive');
  const ran = await project.play('- name: Tool\n  unarchive: { src: a.tar.gz, dest: "{{ dir }}/d", creates: / }\n');
  expect(ran.statuses()).toEqual(['Tool ok']);
});

test('an archive, a tree and a release in one message when nothing is to be done', async () => {
  project.write('files/site/index.html', '<p>');
  project.write('files/site/deep/x', 'x');
  symlinkSync('index.html', join(project.directory, 'files/site/latest'));
  mkdirSync(join(project.directory, 'files/site/empty'));
  execFileSync('tar', ['-czf', 'a.tar.gz', 'site'], { cwd: join(project.directory, 'files') });
  const tasks = `
- name: Tree
  sync: { src: site, dest: "{{ dir }}/tree" }
- name: Archive
  unarchive: { src: a.tar.gz, dest: "{{ dir }}/archive" }
- name: Release
  release: { path: "{{ dir }}/app", id: one, src: a.tar.gz }
- name: Current
  release: { path: "{{ dir }}/app", id: one, state: current }
  register: used
- name: Here
  assert: { that: [used.id == 'one'] }
`;
  const dry = await project.play(tasks, { check: true });
  expect(dry.statuses()).toEqual(['Tree changed', 'Archive changed', 'Release changed', 'Current changed', 'Here ok']);
  const ran = await project.play(tasks);
  expect(ran.statuses()).toEqual(['Tree changed', 'Archive changed', 'Release changed', 'Current changed', 'Here ok']);
  for (const path of ['tree/site', 'archive/site', 'app/current/site']) {
    expect(readFileSync(project.on('h1', `${path}/latest`), 'utf8')).toBe('<p>');
    expect(existsSync(project.on('h1', `${path}/empty`))).toBe(true);
  }
  const again = await project.play(tasks);
  expect([again.statuses(), again.totals().messages]).toEqual([
    ['Tree ok', 'Archive ok', 'Release ok', 'Current ok', 'Here ok'],
    1,
  ]);
});

test('what lies below a release that is still to be unpacked is unknown, and not missing', async () => {
  project.write('files/a.tar.gz', '');
  execFileSync('tar', [
    '-czf',
    join(project.directory, 'files/a.tar.gz'),
    '-C',
    import.meta.dirname,
    basename(import.meta.filename),
  ]);
  const tasks = `
- name: Release
  release: { path: "{{ dir }}/app", id: one, src: a.tar.gz }
- name: Mode
  file: { path: "{{ dir }}/app/releases/one/bin/start", state: file, mode: "0755" }
- name: Elsewhere
  file: { path: "{{ dir }}/other/start", state: file, mode: "0755" }
`;
  const dry = await project.play(tasks, { check: true });
  expect(dry.statuses()).toEqual(['Release changed', 'Mode unknown', 'Elsewhere unknown']);
  expect(dry.task('Mode').reason).toContain('a pending change may make');
});

test('a name that no host could be told of is refused before anything is sent', async () => {
  project.write('files/site/a\tb', '');
  const ran = await project.play('- name: Tree\n  sync: { src: site, dest: "{{ dir }}/d" }\n');
  expect(ran.task('Tree').failure?.summary).toContain("can't be sent to a host");
});

test('a release from a broken archive fails in the dry run, and nothing is sent', async () => {
  project.write('files/a.tar.gz', 'no archive');
  const task = '- name: Release\n  release: { path: "{{ dir }}/app", id: one, src: a.tar.gz }\n';
  for (const check of [true, false]) {
    const ran = await project.play(task, { check });
    expect([ran.statuses(), ran.totals().messages]).toEqual([['Release failed'], 1]);
    expect(ran.task('Release').failure?.summary).toBe('a.tar.gz is not a whole archive');
  }
  const later = await project.play(task.replace('id: one', 'id: one, state: absent').replace(', src: a.tar.gz', ''));
  expect(later.statuses()).toEqual(['Release ok']);
});
