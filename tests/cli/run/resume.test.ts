// `vrun resume` by the built product: a run's process is killed by SIGKILL, and another one goes on.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Event } from '../../../engine/event/event.ts';

const VRUN = fileURLToPath(new URL('../../../dist/vrun.js', import.meta.url));
const SECRET = 'sesame-of-the-day';
const FILES = {
  'site.yml': `- name: Site
  hosts: all
  serial: 1
  params:
    token: { type: string, secret: true }
    n: { type: number }
    names: { type: list }
  tasks:
    - { name: first, template: { src: first, dest: "{{ out }}/{{ inventory_hostname }}-first" }, notify: restart }
    - { name: slow, command: { cmd: "sleep 0.3" }, changed_when: "false" }
    - { name: second, copy: { content: "{{ token }}", dest: "{{ out }}/{{ inventory_hostname }}-second" } }
  handlers:
    - { name: restart, shell: "echo x >> {{ out }}/{{ inventory_hostname }}-restarted" }
`,
  'templates/first': '{{ n }} {{ json names }} {{ more }}\n',
  'more.yml': 'more: "{{ n }} it is"\n',
  hosts: 'h1 ansible_connection=local\nh2 ansible_connection=local\nh3 ansible_connection=local\n',
};

class Project {
  readonly path = mkdtempSync(join(tmpdir(), 'vrun-resume-'));
  readonly given: readonly string[];

  constructor() {
    mkdirSync(join(this.path, 'templates'));
    mkdirSync(join(this.path, 'out'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(this.path, name), text);
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true, maxRetries: 3 }));
    const values = JSON.stringify({ names: ['a "b"', 2], n: 8 }).replace('8', '8.0');
    this.given = ['-i', 'hosts', '-e', `out=${join(this.path, 'out')}`, '-e', values, '-e', '@more.yml'];
  }

  get world() {
    return { cwd: this.path, env: { PATH: process.env.PATH, HOME: this.path, NO_COLOR: '1' } };
  }

  vrun(...argv: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [VRUN, ...argv], {
      ...this.world,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  /** Begins a run, and kills its process once `moment` says so. */
  async killed(moment: (event: Event) => boolean, ...more: readonly string[]): Promise<void> {
    const argv = [VRUN, 'site.yml', ...this.given, '-e', `token=${SECRET}`, '--output', 'json', ...more];
    const child = spawn(process.execPath, argv, { ...this.world, stdio: ['ignore', 'pipe', 'inherit'] });
    const over = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
    for await (const line of createInterface(child.stdout)) if (moment(JSON.parse(line))) child.kill('SIGKILL');
    expect(await over).toBe('SIGKILL');
  }

  out(): Record<string, string> {
    const directory = join(this.path, 'out');
    return Object.fromEntries(
      readdirSync(directory)
        .sort()
        .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    );
  }

  report(): string {
    const runs = join(this.path, '.vrun/runs');
    return readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'report.md'), 'utf8');
  }
}

const EXPECTED = Object.fromEntries(
  ['h1', 'h2', 'h3'].flatMap((host) => [
    [`${host}-first`, '8.0 ["a \\"b\\"",2] 8.0 it is\n'],
    [`${host}-restarted`, 'x\n'],
    [`${host}-second`, SECRET],
  ]),
);

describe('a run that was killed', () => {
  test.each<[string, (event: Event) => boolean]>([
    ['before its first task', (event) => event.type === 'host.connected'],
    ['at a task', (event) => event.type === 'task.applying' && event.host === 'h2'],
    ['between a task and its handler', (event) => event.type === 'task.finished' && event.task.name === 'second'],
    ['between two hosts', (event) => event.type === 'host.through' && event.host === 'h2'],
  ])('%s goes on, and its record is one', async (_, moment) => {
    const project = new Project();
    await project.killed(moment);
    const ended = project.vrun('resume', 'last', '-e', `token=${SECRET}`);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    const out = project.out();
    expect({ ...out, ...EXPECTED }).toEqual(out);
    const report = project.report();
    expect(report).toMatch(/^# Run of site\.yml: ok$/m);
    expect(report).toContain('It died, and was resumed by');
    for (const host of ['h1', 'h2', 'h3']) expect(report).toMatch(new RegExp(`^\\| ${host} .*\\| ok `, 'm'));
    expect(project.vrun('audit', 'verify')).toMatchObject({ status: 0 });
    expect(project.vrun('audit', 'list').stdout).toMatch(/ok .* 3 hosts, .*resumed by/);
    expect(project.vrun('resume', 'last').stderr).toContain('has ended');
    const kept = spawnSync('grep', ['-r', SECRET, join(project.path, '.vrun')], { encoding: 'utf8' });
    expect(kept.stdout).toBe('');
  });

  test('events of what goes on are told alone, and a dry run is resumed as one', async () => {
    const project = new Project();
    // What is shown is signed a moment later: by then another host was logged in to.
    await project.killed((event) => event.type === 'host.connected' && event.host === 'h3', '--check');
    const { status, stdout } = project.vrun('resume', 'last', '-e', `token=${SECRET}`, '--output', 'json');
    expect(status).toBe(0);
    const events: Event[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ type: 'run.resumed', check: true });
    expect(events.flatMap((event) => (event.type === 'host.through' ? [event.host] : []))).toEqual(['h3']);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'ok', hosts: { h1: { outcome: 'done' } } });
    expect(project.out()).toEqual({});
  });
});

describe('what is refused, before any host is contacted', () => {
  test('a secret that the record doesn’t hold, another value, a file that has changed', async () => {
    const project = new Project();
    await project.killed((event) => event.type === 'host.through');
    const refused = (...argv: readonly string[]) => {
      const { status, stderr } = project.vrun('resume', 'last', ...argv);
      expect(status).toBe(1);
      return stderr;
    };
    const token = `token=${SECRET}`;
    expect(refused()).toContain('the variable ‹token› has to be given again');
    expect(refused('-e', token, '-e', 'n=9')).toContain('‹n›');
    expect(refused('-e', token, '-e', 'other=1')).toContain('‹other›');
    expect(refused('-e', token, '-K')).toContain('there is no terminal to ask at');
    writeFileSync(join(project.path, 'templates/first'), 'other\n');
    writeFileSync(join(project.path, 'more.yml'), `${FILES['more.yml']}# more\n`);
    const changed = refused('-e', token);
    expect(changed).toContain('Files have changed since the run began');
    expect(changed).toMatch(/more\.yml\n.*templates\/first/);
    expect(changed).not.toContain('hosts\n');
    writeFileSync(join(project.path, 'templates/first'), FILES['templates/first']);
    writeFileSync(join(project.path, 'more.yml'), FILES['more.yml']);
    expect(project.vrun('resume', 'last', '-e', token)).toMatchObject({ status: 0 });
    expect(project.vrun('resume', 'nobody').stderr).toContain('no run ‹nobody›');
  });
});
