import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2 });
});
afterEach(() => project.remove());

const play = (head: string, tasks: string) => `- name: Play\n  hosts: all\n${head}\n  tasks:\n${tasks}`;
const say = (expression: string) => `    - name: say\n      debug: { msg: !expr "${expression}" }\n`;
const said = async (head: string, expression: string, extra?: Readonly<Record<string, unknown>>) => {
  const run = await project.run(play(head, say(expression)), extra ? { extra } : {});
  return ['h1', 'h2'].map((host) => run.task('say', host).message);
};

async function refused(runbook: string): Promise<readonly string[]> {
  try {
    await project.run(runbook);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map(({ code, at, summary }) => `${at?.line}:${at?.column} ${code} ${summary}`);
  }
  throw new Error('it was accepted');
}

test('YAML and JSON, in vars/ beside the runbook, beside it, or absolute; the later wins, and all win over vars', async () => {
  project.write('vars/one.yml', 'a: 1\nb: "{{ a }}x"\nsome: [1, 2]\n');
  project.write('two.json', '{\n\t"a": 2,\n\t"c": {"d": "{{ b }}"}\n}\n');
  const head = `  vars: { a: 0, own: 7 }\n  vars_files: [one.yml, two.json, "${project.directory}/vars/none.yml"]`;
  project.write('vars/none.yml', '# nothing\n');
  expect(await said(head, 'string(a) + b + c.d + string(own) + string(size(some))')).toEqual(['22x2x72', '22x2x72']);
});

test('they are weaker than a task’s vars and -e, stronger than defaults and the inventory', async () => {
  project.write('vars/v.yml', 'dir: file\nd: file\ne: file\nt: file\n');
  const tasks = `    - name: say\n      vars: { t: task }\n      debug: { msg: "{{ dir }} {{ d }} {{ t }} {{ e }}" }\n`;
  const run = await project.run(play('  defaults: { d: play }\n  vars_files: v.yml', tasks), { extra: { e: 'extra' } });
  expect(run.task('say').message).toBe('file file task extra');
});

test('a path may be a template of what is known before the first connection: each host has its own', async () => {
  project.write('vars/h1.yml', 'colour: red\nnext: h2.yml\n');
  project.write('vars/h2.yml', 'colour: blue\n');
  expect(await said('  vars_files: ["{{ inventory_hostname }}.yml"]', 'colour')).toEqual(['red', 'blue']);
  expect(
    await said('  params: { which: { default: h1 } }\n  vars_files: ["{{ which }}.yml", "{{ next }}"]', 'colour'),
  ).toEqual(['blue', 'blue']);
  expect(await said('  vars_files: ["{{ playbook_dir }}/vars/{{ which }}.yml"]', 'colour', { which: 'h1' })).toEqual([
    'red',
    'red',
  ]);
  expect(await said('  vars_files: ["{{ inventory_dir }}/vars/h2.yml"]', 'colour')).toEqual(['blue', 'blue']);
});

test('playbook_dir and inventory_dir are there in variables and in the inventory’s own', async () => {
  project.write(
    'hosts.yml',
    `all:\n  vars: { both: "{{ playbook_dir }}:{{ inventory_dir }}" }\n  hosts: { h1: { dir: ${project.directory}/h1 } }\n`,
  );
  const run = await project.run(
    play('', '    - name: say\n      debug: { msg: "{{ both }} {{ hostvars.h1.both }}" }\n'),
  );
  expect(run.task('say').message).toBe(
    `${project.directory}:${project.directory} ${project.directory}:${project.directory}`,
  );
});

test('everything wrong is told at once, where it stands, before the first connection', async () => {
  project.write('vars/list.yml', '- a\n');
  project.write('vars/names.yml', 'item: 1\nfine: "{{ nowhere }}"\n');
  const head =
    '  vars_files:\n    - nofile.yml\n    - list.yml\n    - names.yml\n    - "{{ facts.arch }}.yml"\n    - "{{ typo }}.yml"';
  expect(await refused(play(head, '    - debug: { msg: "{{ fine }} {{ whatever }}" }\n'))).toEqual([
    '4:7 file-missing no file ‹nofile.yml›',
    '1:1 bad-value A file of variables is a map',
    '1:1 reserved-name Not a name for a variable',
    '7:7 bad-value Not the path of a file',
    expect.stringMatching(/^8:\d+ undefined-variable/),
  ]);
});

test('names of the files count as known, and those in them are checked', async () => {
  project.write('vars/v.yml', 'known: { member: 1 }\nother: "{{ knwon }}"\n');
  const problems = await refused(play('  vars_files: v.yml', '    - debug: { msg: "{{ known.membr }}" }\n'));
  expect(problems).toEqual([
    expect.stringMatching(/^2:\d+ undefined-variable/),
    expect.stringMatching(/^5:\d+ undefined-variable/),
  ]);
});

test('each file counts into the digest of its runbook', async () => {
  project.write('vars/v.yml', 'a: 1\n');
  const run = await project.run(play('  vars_files: v.yml', say('a')));
  const bytes = ['site.yml', 'vars/v.yml'].map((name) => readFileSync(`${project.directory}/${name}`));
  expect(run.digests).toEqual([createHash('sha256').update(Buffer.concat(bytes)).digest('hex')]);
});
