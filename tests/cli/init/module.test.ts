// `vrun init --module`: what it makes is linted, run and tested as it is, and left alone the second time.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Project, runbook } from '../../custom-modules/project.ts';

let project: Project;
beforeEach(() => {
  project = new Project({});
});
afterEach(() => project.remove());

const read = (path: string) => readFileSync(join(project.path, path), 'utf8');

test('its module has no problem, runs, and passes its test by what is printed', () => {
  const { status, stdout, stderr } = project.vrun('init', '--module', 'greet-all');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('  modules/greet-all.js\n  modules/greet-all.test.js\n');
  const greeting = join(project.path, 'greeting');
  project.write('site.yml', runbook(`- name: Greeting\n  greet_all: { path: ${greeting}, line: Hello }\n`));
  expect(project.vrun('lint', 'site.yml')).toEqual({ status: 0, stdout: '1 runbook: no errors\n', stderr: '' });
  expect(project.vrun('doc', 'greet-all').stdout).toContain('greet-all: { path: /tmp/greeting, line: Hello }');
  expect(project.vrun('site.yml', '--check').stdout).toMatch(/1 task would change on 1 host/);
  expect(project.vrun('site.yml').stdout).toMatch(/1 task changed on 1 host/);
  expect(read('greeting')).toBe('Hello\n');
  expect(project.vrun('site.yml').stdout).toMatch(/nothing changed on 1 host/);

  const [, link = '', run = ''] = /\n {2}(npm install [^#]*).*\n {2}(node --test)\n$/.exec(stdout) ?? [];
  const env = { ...process.env, npm_config_offline: 'true', NODE_OPTIONS: '' };
  const node = `"${process.execPath}"${run.slice('node'.length)}`;
  const said = spawnSync('sh', ['-c', `${link} >/dev/null && ${node}`], { cwd: project.path, env, encoding: 'utf8' });
  expect(said.stdout).toMatch(/\bpass 4\n[\s\S]*\bfail 0\n/);
  expect(said.status).toBe(0);
  project.write('modules/greet-all.js', read('modules/greet-all.js').replace("op: '~'", "op: '+'"));
  expect(spawnSync('sh', ['-c', node], { cwd: project.path, env }).status).toBe(1);
  // Where vrun is found nothing has to be linked.
  expect(project.vrun('init', '--module', 'other').stdout).not.toContain('npm install');
});

test.each<[title: string, args: readonly string[], files: Readonly<Record<string, string>>, says: RegExp]>([
  [
    'one that is there',
    ['hello'],
    { 'modules/hello.js': 'mine' },
    /has modules\/hello.js, and nothing is written over/,
  ],
  ['one whose test is there', ['hello'], { 'modules/hello.test.js': 'mine' }, /has modules\/hello.test.js/],
  ['one that is there in TypeScript', ['hello'], { 'modules/hello.ts': 'mine' }, /It is hello.ts/],
  ["one of vrun's", ['nginx'], {}, /vrun has a module ‹nginx› of its own[\s\S]*override_modules: \[nginx\]/],
  ['a name that no key has', ['../hello'], {}, /‹..\/hello› can't be the name of a module/],
  ['a keyword', ['when'], {}, /keyword/],
])('%s is refused, and nothing is written', (_title, args, files, says) => {
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  const { status, stderr } = project.vrun('init', '--module', ...args);
  expect(stderr).toMatch(says);
  expect(status).toBe(1);
  for (const path of Object.keys(files)) expect(read(path)).toBe('mine');
  expect(existsSync(join(project.path, 'modules/hello.js'))).toBe('modules/hello.js' in files);
});

test('without a project there is none to add it to', () => {
  const { status, stderr } = project.vrun('init', '--module', 'hello', '/');
  expect(stderr).toMatch(/no project in \/\n[\s\S]*vrun init/);
  expect(status).toBe(1);
});
