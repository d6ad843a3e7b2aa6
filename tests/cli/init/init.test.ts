// `vrun init`: what it makes is linted, run, and left alone the second time.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProject, vrun } from '../../docs/project.ts';

let directory: string;
beforeEach(() => {
  directory = openProject({});
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = (path: string) => readFileSync(join(directory, path), 'utf8');

test('its project has no problem, and runs as it is', async () => {
  const { status, stdout } = await vrun(directory, 'init', 'shop');
  expect(status).toBe(0);
  expect(stdout).toContain('  shop/runbooks/site.yml\n');
  expect(stdout).toContain('  cd shop\n');
  const project = join(directory, 'shop');
  const place = join(directory, 'made');
  const site = (...options: readonly string[]) =>
    vrun(project, 'runbooks/site.yml', '-e', `directory=${place}`, ...options);

  expect((await vrun(project, 'lint', 'runbooks/site.yml')).stdout).toMatch(/no errors/);
  const foreseen = await site('--check');
  expect(foreseen.stderr).toBe('');
  expect(foreseen.stdout).toMatch(/2 tasks would change on 1 host/);
  const done = await site();
  expect(done.status).toBe(0);
  expect(done.stdout).toMatch(/^\[x\] Files$/m);
  expect(readFileSync(join(place, 'index.html'), 'utf8')).toContain('<p>Hello from localhost.</p>');
  expect((await site()).stdout).toMatch(/nothing changed on 1 host/);
});

test('without a directory it is the one that we are in', async () => {
  const { stdout } = await vrun(directory, 'init');
  expect(stdout).not.toMatch(/^ +cd /m);
  expect(read('vrun.yml')).toContain('inventory: inventory/hosts.yml');
});

test('nothing that is there is written over', async () => {
  await vrun(directory, 'init');
  writeFileSync(join(directory, 'vrun.yml'), 'forks: 3\n');
  rmSync(join(directory, 'inventory'), { recursive: true });
  const { status, stderr } = await vrun(directory, 'init');
  expect(status).toBe(1);
  expect(stderr).toContain('vrun.yml, runbooks/site.yml, templates/index.html.hbs');
  expect(read('vrun.yml')).toBe('forks: 3\n');
  expect(() => read('inventory/hosts.yml')).toThrow();
});

test('git is told once to leave the record and its keys alone', async () => {
  writeFileSync(join(directory, '.gitignore'), 'node_modules/');
  await vrun(directory, 'init');
  expect(read('.gitignore')).toBe('node_modules/\n.vrun/\n');
  await vrun(directory, 'init', 'again');
  expect(read('again/.gitignore')).toBe('.vrun/\nnode_modules/\n');
});

test('where nothing can be made, it says so', async () => {
  writeFileSync(join(directory, 'file'), '');
  const { status, stderr } = await vrun(directory, 'init', 'file/below');
  expect(status).toBe(1);
  expect(stderr).toContain('No project can be made');
  expect(stderr).not.toContain('a bug');
});
