// Every example in a document is tried: runbooks are linted, inventories and settings read, shell lines run.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readBuildSettings } from '../../engine/cli/build/settings.ts';
import { readWorkers } from '../../engine/dispatch/enrolment/read-workers.ts';
import type { Problem } from '../../engine/language/problem/problem.ts';
import { Project } from '../custom-modules/project.ts';
import { offer } from '../dispatch/metrics/offered.ts';
import { type Block, blocksOf, documents, ROOT } from './markdown.ts';
import { namedFiles, openProject, vrun } from './project.ts';

/** What a block of this language and use has to stand up to. */
const TRIALS: Readonly<Record<string, (block: Block) => Promise<void>>> = {
  'yaml runbook': ({ text }) => lints(text),
  'yaml tasks': ({ text }) => lints(playOf(text)),
  'yaml refused': async ({ text }) => {
    const { status, stderr } = await lint(playOf(text));
    expect(status).toBe(1);
    expect(stderr.match(/^error:/gm)).toHaveLength(3);
  },
  'yaml inventory': ({ text }) => lists('hosts.yml', text),
  'ini inventory': ({ text }) => lists('hosts.ini', text),
  'yaml config': async ({ text }) => {
    const identity = `${await generateIdentity()}\n`;
    const directory = openProject({
      'vrun.yml': text,
      '.config/age/key.txt': identity,
      'inventory/prod': 'web1\n',
      'site.yml': playOf('- name: Nothing\n  debug: { msg: x }\n'),
    });
    const { status, stderr } = await vrun(directory, 'lint', 'site.yml');
    rmSync(directory, { recursive: true });
    expect(status, stderr).toBe(0);
  },
  'yaml build': async ({ text }) => {
    const directory = openProject({ 'build.yml': text });
    expect(await readBuildSettings(join(directory, 'build.yml'), directory)).toBeDefined();
    rmSync(directory, { recursive: true });
  },
  'yaml workers': async ({ text }) => {
    const problems: Problem[] = [];
    expect(await readWorkers('workers.yml', text, problems)).not.toEqual([]);
    expect(problems).toEqual([]);
  },
  'yaml prometheus': async ({ text, at }) => {
    const { text: figures, close } = await offer({ queue: { waiting: 1, out: 1 } });
    const offered = await figures();
    close();
    const rules: { alert: string; expr: string }[] = parse(text).groups.flatMap(({ rules }: { rules: [] }) => rules);
    expect(rules.map(({ alert }) => alert)).toHaveLength(3);
    const page = readFileSync(join(ROOT, at.replace(/:\d+$/, '')), 'utf8');
    const named = [...rules.map(({ expr }) => expr), page].flatMap((some) => some.match(/vrun_worker_\w+/g) ?? []);
    for (const name of named) expect(offered).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
    for (const [, name = ''] of offered.matchAll(/^# TYPE (vrun_\w+)/gm)) expect(page).toContain(name);
  },
  'ts module': async ({ text }) => {
    // Type-checked with the project: see tests/docs/example-module.ts.
    expect(readFileSync(join(ROOT, 'tests/docs/example-module.ts'), 'utf8')).toContain(text.trim());
  },
  'ts excerpt': async ({ text }) => {
    // Its first line names the file that it is taken from.
    const [, path = '', excerpt = ''] = /^\/\/ (\S+)\n([\s\S]*)$/.exec(text) ?? [];
    expect(flush(readFileSync(join(ROOT, path), 'utf8'))).toContain(flush(excerpt).trim());
  },
  'js module': async ({ text }) => {
    const project = projectWith(text);
    const [, name = '', example = ''] = /name: '(.*)'[\s\S]*example: `\n([\s\S]*?)`/.exec(text) ?? [];
    project.write('site.yml', playOf(example));
    expect(project.vrun('lint', 'site.yml')).toEqual({ status: 0, stdout: '1 runbook: no errors\n', stderr: '' });
    expect(project.vrun('doc', name).stdout).toContain(`${name}: `);
    project.remove();
  },
  'js rehearsal': async ({ text, at }) => {
    const module = blocksOf(at.replace(/:\d+$/, '')).find(({ use, language }) => language === 'js' && use === 'module');
    const project = projectWith(module?.text ?? '');
    project.write('modules/rehearsal.test.mjs', text);
    const { status, stdout } = project.node(['--test']);
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/\bpass 2\b/);
    project.remove();
  },
  'js library': async ({ text }) => {
    const project = projectWith('');
    project.write('hosts.yml', 'web:\n  hosts:\n    web1: { connection: local }\n');
    project.write('site.yml', playOf('- name: Greeting\n  debug: { msg: hello }\n'));
    project.write('program.mjs', text);
    const { status, stdout, stderr } = project.node(['program.mjs']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('web1 Greeting ok\n');
    project.remove();
  },
  'sh run': async ({ text }) => runs(text),
};

/** Blocks that are shown and not tried: output, commands that need hosts or root, file layouts. */
const SHOWN = ['sh', 'text', 'json', 'handlebars'];

for (const document of documents()) {
  const blocks = blocksOf(document);
  if (blocks.length === 0) continue;
  describe(document, () => {
    for (const block of blocks) {
      const trial = TRIALS[`${block.language} ${block.use}`];
      if (trial) test(block.at, () => trial(block));
      else test(`${block.at} says what it is`, () => expect(SHOWN).toContain(block.language));
    }
  });
}

test('links between documents lead somewhere', () => {
  const dead = documents().flatMap((document) => {
    const text = readFileSync(join(ROOT, document), 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
    return [...text.matchAll(/\]\(([^)#]+?)(#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target) && !existsSync(join(ROOT, dirname(document), target)))
      .map((target) => `${document}: ${target}`);
  });
  expect(dead).toEqual([]);
});

/** Without the indentation of its lines. */
function flush(text: string): string {
  return text.replaceAll(/^[ \t]+/gm, '');
}

/** A project that has this module, and vrun in its node_modules. */
function projectWith(module: string): Project {
  const [, name] = /name: '(.*)'/.exec(module) ?? [];
  const project = new Project(name === undefined ? {} : { [`modules/${name}.js`]: module });
  mkdirSync(join(project.path, 'node_modules'));
  symlinkSync(ROOT, join(project.path, 'node_modules/vrun'));
  return project;
}

async function lints(runbook: string): Promise<void> {
  const { status, stderr } = await lint(runbook);
  expect(status, stderr).toBe(0);
}

async function lint(runbook: string) {
  const directory = openProject({ ...namedFiles(runbook), 'site.yml': runbook });
  const said = await vrun(directory, 'lint', 'site.yml');
  rmSync(directory, { recursive: true });
  return said;
}

async function lists(name: string, text: string): Promise<void> {
  const directory = openProject({ [name]: text });
  const { status, stderr } = await vrun(directory, 'inventory', '--list', '-i', join(directory, name));
  rmSync(directory, { recursive: true });
  expect(status, stderr).toBe(0);
}

/** Tasks as a runbook of one play, with a handler for each name that they notify. */
function playOf(tasks: string): string {
  const handlers = [...tasks.matchAll(/^\s+notify: (.+)$/gm)].map(
    ([, name]) => `    - name: ${name}\n      debug: { msg: notified }\n`,
  );
  const body = tasks.replaceAll(/^(?=.)/gm, '    ');
  return `- name: Example\n  hosts: all\n  tasks:\n${body}${handlers.length > 0 ? `  handlers:\n${handlers.join('')}` : ''}`;
}

/** Runs shell lines in a copy of what ships, with vrun on the PATH. */
function runs(script: string): void {
  const directory = openProject({});
  for (const path of ['runbooks', 'templates', 'docs']) {
    cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  }
  mkdirSync(join(directory, 'bin'));
  const program = join(directory, 'bin/vrun');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'dist/vrun.js')}" "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, HOME: directory, PATH: `${join(directory, 'bin')}:${process.env.PATH}` };
  execFileSync('sh', ['-e', '-c', script], { cwd: directory, env, stdio: 'pipe' });
  rmSync(directory, { recursive: true });
}
