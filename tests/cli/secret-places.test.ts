// A secret where it would be seen is a Problem before the first connection, wherever its value is known by then.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Directory } from './terminal.ts';

const directory = new Directory({ 'vrun.yml': '' });
afterAll(() => directory.remove());
let sealed = '';

beforeAll(async () => {
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  sealed = armor.encode(await encrypter.encrypt('correct horse'));
  mkdirSync(join(directory.path, '.vrun'));
  directory.write('.vrun/identity', `${identity}\n`);
  directory.write('filed.yml', `filed: ${secret(2)}\n`);
  directory.write('plain.yml', '- name: Inner\n  command: { argv: [echo, "{{ given }}"] }\n');
  directory.write('inner.yml', '- name: Inner\n  command: { argv: [echo, "{{ given }}", "{{ item }}"] }\n');
  directory.write(
    'hosts.yml',
    `all:\n  hosts:\n    h1: { ansible_connection: local }\n    h2: { ansible_connection: local, kept: plain }\n  vars:\n    kept: ${secret(6)}\n    account: { user: app, password: ${secret(0, true)} }\n`,
  );
});

/** `!secret` and its text, indented; or on one line. */
function secret(indent: number, flow = false): string {
  if (flow) return `!secret ${JSON.stringify(sealed)}`;
  return `!secret |\n${sealed.replace(/^(?=.)/gm, ' '.repeat(indent))}`;
}

/** Lints, and tries to run, a play with `task` in it. */
async function tried(task: string, more = '') {
  directory.write(
    'site.yml',
    `- hosts: all
  params: { typed: { type: string, secret: true, default: clear text } }
  vars_files: filed.yml
  vars:
    pw: ${secret(6)}
    long: "x{{ pw }}"
    users: [{ name: a, password: "{{ pw }}" }]
    settings: { A: "{{ pw }}", B: plain }
${more}  tasks:
    - name: Before
      copy: { dest: ${directory.path}/before, content: x }
    - name: Task
      ${task.replaceAll('\n', '\n      ')}
`,
  );
  const [alone, linted, ran] = [
    await directory.vrun(['lint', 'site.yml']),
    await directory.vrun(['lint', 'site.yml', '-i', 'hosts.yml']),
    await directory.vrun(['site.yml', '-i', 'hosts.yml', '--check']),
  ];
  const told = (stderr: string) => [...stderr.matchAll(/error: (.*)/g)].map(([, summary]) => summary);
  return {
    alone: told(alone.stderr),
    linted: told(linted.stderr),
    ran: told(ran.stderr),
    status: ran.status,
    output: ran.stdout,
  };
}

const WORDS = ['A secret in a place that would show it'];

describe('refused before the first connection', () => {
  test.each<[what: string, task: string]>([
    ['argv', 'command: { argv: [echo, "{{ pw }}"] }'],
    ['cmd, inside of a text', 'shell: { cmd: "echo a{{ pw }}b" }'],
    ['by way of another variable', 'command: { argv: [echo, "{{ long }}"] }'],
    ['from a file of variables', 'command: { argv: [echo, "{{ filed }}"] }'],
    ['an input that is declared secret', 'command: { argv: [echo, "{{ typed }}"] }'],
    ['the task’s own variables', 'command: { argv: [echo, "{{ own }}"] }\nvars: { own: "{{ pw }}" }'],
    ['an item of a loop', 'command: { argv: [echo, "{{ item }}"] }\nloop: [a, "{{ pw }}"]'],
    ['a member of an item', 'user: { name: "{{ item.name }}", comment: "{{ item.password }}" }\nloop: "{{ users }}"'],
    ['set-fact', 'set-fact: { x: "{{ pw }}" }'],
    ['set-fact, inside of a map', 'set-fact: { x: { y: ["{{ pw }}"] } }'],
    ['set-fact, computed', 'set-fact: { x: !expr "pw + \'a\'" }'],
    ['environment', 'command: echo x\nenvironment: { PW: "{{ pw }}" }'],
    ['environment, as a whole', 'command: echo x\nenvironment: "{{ settings }}"'],
    ['beside what only the host knows', 'command: { argv: [echo, "{{ facts.hostname }}:{{ pw }}"] }'],
    ['debug', 'debug: { msg: "{{ pw }}" }'],
    ['a destination', 'copy: { dest: "/tmp/{{ pw }}", content: x }'],
    ['a URL', 'http: { url: "http://x/{{ pw }}" }'],
    [
      'a part of a module that takes secrets elsewhere',
      'env-file: { path: /tmp/e, values: { A: "{{ pw }}" }, remove: ["{{ pw }}"] }',
    ],
    ['become_user', 'command: echo x\nbecome: true\nbecome_user: "{{ pw }}"'],
    ['delegate_to', 'command: echo x\ndelegate_to: "{{ pw }}"'],
    ['notify', 'command: echo x\nnotify: "{{ pw }}"'],
    ['provides', 'command: echo x\nprovides: ["path:/{{ pw }}"]'],
    ['timeout', 'command: echo x\ntimeout: "{{ pw }}"'],
    ['a block', 'block:\n  - name: In it\n    command: { argv: [echo, "{{ own }}"] }\nvars: { own: "{{ pw }}" }'],
    [
      'a rescue',
      'block:\n  - name: In it\n    command: "true"\nrescue:\n  - name: Then\n    command: { argv: [echo, "{{ pw }}"] }',
    ],
    ['an include’s variables', 'include_tasks: plain.yml\nvars: { given: "{{ pw }}" }'],
    ['an include’s loop', 'include_tasks: inner.yml\nvars: { given: x }\nloop: ["{{ pw }}"]'],
  ])('%s', async (_, task) => {
    const { alone, linted, ran, status, output } = await tried(task);
    expect({ alone, linted, ran }).toEqual({ alone: WORDS, linted: WORDS, ran: WORDS });
    expect([status, output]).toEqual([1, '']);
  });

  test.each<[what: string, task: string]>([
    ['a variable of the inventory', 'command: { argv: [echo, "{{ kept }}"] }'],
    ['a member of one', 'command: { argv: [echo, "{{ account.password }}"] }'],
    ['of another host', 'command: { argv: [echo, "{{ hostvars.h1.kept }}"] }'],
    ['for one host of several', 'command: { argv: [echo, "{{ kept }}"] }\nwhen: inventory_hostname == "h1"'],
  ])('%s', async (_, task) => {
    const { linted, ran, status, output } = await tried(task);
    expect({ linted, ran }).toEqual({ linted: WORDS, ran: WORDS });
    expect([status, output]).toEqual([1, '']);
  });

  test('module_defaults and the play’s environment', async () => {
    const defaults = await tried('command: { cmd: echo }', '  module_defaults: { command: { chdir: "/{{ pw }}" } }\n');
    expect(defaults.ran).toEqual(WORDS);
    const environment = await tried('command: echo x', '  environment: { PW: "{{ pw }}" }\n');
    expect([...new Set(environment.ran)]).toEqual(WORDS);
  });
});

test.each<[what: string, task: string]>([
  ['contents', 'copy: { dest: /tmp/vrun-none/x, content: "{{ pw }}{{ kept }}" }'],
  ['standard input', 'command: { cmd: cat, stdin: "{{ pw }}" }'],
  ['a condition', 'debug: { msg: x }\nwhen: pw == "x"'],
  ['a condition of assert', 'assert: { that: [pw != "x"] }'],
  ['what is no secret beside one', 'command: { argv: [echo, "{{ account.user }}", "{{ settings.B }}"] }'],
  ['a task that never comes', 'command: { argv: [echo, "{{ kept }}"] }\nwhen: inventory_hostname == "h2"'],
  ['a name', 'debug: { msg: x }\nvars: { own: "{{ pw }}" }'],
])('%s may hold one', async (_, task) => {
  const { linted, ran } = await tried(task);
  expect(linted).toEqual([]);
  expect(ran).not.toContain(WORDS[0]);
});
