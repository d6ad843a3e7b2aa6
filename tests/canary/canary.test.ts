// A canary comes in by every way that there is, and is sought in all that goes out: through the built command line.
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Directory } from '../cli/terminal.ts';
import { startEmbeddedServer } from '../embedded/server.ts';
import { CANARY, CanaryProject, filesWithCanary, leaks, printed, processesBelow, type Said, WORD } from './canary.ts';
import { LOCALHOST, MALFORMED, PLAIN_SITE, WAYS_IN } from './ways-in.ts';

// Each test runs vrun several times: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

let project: CanaryProject;
beforeEach(() => {
  project = new CanaryProject();
});
afterEach(() => project.remove());

/** Who may own a file that this makes. */
function me(): string {
  return process.getuid?.() === 0 ? 'root' : String(process.getuid?.());
}

/** Ways out: each task would tell the canary if it could. What is refused is told without it, too. */
const TASKS = `
    - name: In a file
      copy: { dest: "{{ out }}/copied", content: "{{ word }}", mode: "0600" }
    - name: In a template, over another text
      template: { src: word.hbs, dest: "{{ out }}/rendered", mode: "0600" }
    - name: In an environment file
      env-file: { path: "{{ out }}/env", values: { WORD: "{{ word }}", SMTP_PASS: ${WORD} }, owner: "{{ me }}", group: "{{ me }}" }
    - name: Told by a command in every way
      shell:
        cmd: |
          cat > {{ out }}/told; cd {{ out }}; cat told; cat told >&2
          base64 told; base64 -w 0 told; base64 -w 0 told | tr +/ -_ | tr -d =; { printf x; cat told; } | base64
          od -An -v -tx1 told | tr -d ' \\n'; echo; od -An -v -tx1 told; od -An -v -tx1 told | tr a-f A-F
          head -c 12 told; sleep 0.2; tail -c +13 told; sleep 0.1
          while IFS= read -r line; do printf '%s\\n' "$line"; done < told; sed 's/^/x: "/; s/$/"/' told
        stdin: "{{ word }}"
      register: said
    - { name: Shown, debug: { msg: "{{ said.stdout }} and {{ said.stderr }}" } }
    - { name: Shown as it is, debug: { var: said } }
    - name: In a failure
      shell: { cmd: "cat >&2; exit 3", stdin: "{{ word }}" }
      ignore_errors: true
    - { name: In a failed assertion, assert: { that: ["said.stdout == 'no'"], fail_msg: "It is {{ said.stdout }}" }, ignore_errors: true }
    - { name: Failed with it, fail: { msg: "It is {{ said.stdout }}" }, ignore_errors: true }
    - { name: "Named {{ said.stdout }}", debug: { msg: x } }
    - { name: Looped, debug: { msg: "{{ item }}" }, loop: !expr "[said.stdout, 'two']" }
    - name: Refused by its check, which shows it
      copy: { dest: "{{ out }}/refused", content: "{{ word }}", validate: "sh -c 'cat %s >&2; exit 1'" }
      ignore_errors: true
    - { name: Sent, http: { url: "http://127.0.0.1:9/", headers: { Authorization: "Bearer {{ word }}" }, body: "{{ word }}", method: POST, timeout: 1 }, ignore_errors: true }
    - { name: Asked for what the host said, http: { url: "http://u:{{ said.stdout }}@127.0.0.1:9/", timeout: 1 }, ignore_errors: true }
    - name: Without a log
      no_log: true
      shell: { cmd: "cat {{ out }}/copied" }
      register: quiet
    - { name: Without a log again, no_log: true, debug: { msg: "{{ quiet.stdout }}" } }
`;

const MEANT = ['copied', 'rendered', 'env', 'told'].map((name) => `out/${name}`);

function nothing(said: Said): void {
  expect(leaks(said.text), said.text).toEqual([]);
  expect(said.text).not.toMatch(/vrun itself has failed|\n\s+at .*\.[cm]?js:\d/);
}

describe.each([...WAYS_IN, LOCALHOST])('$title', ({ title, play, given, host }) => {
  test('is nowhere but in the files that are meant to hold it', async () => {
    const { directory } = project;
    project.write('out/rendered', 'another text\n');
    project.write('templates/word.hbs', 'WORD={{ word }}\n');
    const hostVars = (await host?.(project)) ?? 'nothing: 1';
    project.write('hosts.yml', `all:\n  hosts:\n    h1:\n      ansible_connection: local\n      ${hostVars}\n`);
    project.write(
      'site.yml',
      `- hosts: ${title === LOCALHOST.title ? 'localhost' : 'all'}\n  ${(await play?.(project)) ?? 'order: inventory'}\n  tasks:\n${TASKS}`,
    );
    const inputs = (await given?.(project)) ?? [];
    const args = [
      'site.yml',
      '-i',
      'hosts.yml',
      '-e',
      `{"out": ${JSON.stringify(join(directory, 'out'))}, "me": "${me()}"}`,
      ...inputs,
    ];

    nothing(await project.vrun([...args, '--check', '--diff', '-v']));
    const told = await project.vrun([...args, '--diff', '-v', '--output', 'json']);
    nothing(told);
    expect(told.status, told.text).toBe(0);
    expect(readFileSync(join(directory, 'out/copied'), 'utf8')).toBe(CANARY);
    expect(readFileSync(join(directory, 'out/told'), 'utf8')).toBe(CANARY);
    nothing(await project.vrun(['audit', 'show']));
    if (!hostVars.includes(WORD) || hostVars.startsWith('ansible_')) {
      nothing(await project.vrun(['inventory', '-i', 'hosts.yml', '--list']));
      nothing(await project.vrun(['inventory', '-i', 'hosts.yml', '--host', 'h1', '--explain']));
    }
    // What the rest shows doesn't hang on the way in: once is enough.
    if (title === WAYS_IN[0]?.title) {
      nothing(await project.live([...args, '-v']));
      nothing(await project.vrun([...args, '--list-tasks']));
      nothing(await project.vrun(['lint', 'site.yml']));
      nothing(await project.vrun(['secrets', 'list', 'hosts.yml']));
      nothing(await project.vrun(['audit', 'verify']));
      nothing(await project.vrun(['audit', 'export', 'exported']));
      nothing({ status: 0, text: await printed('sh', ['exported/verify-record.sh', 'exported'], directory) });
    }
    const sources = ['site.yml', 'hosts.yml', 'more.yml', 'extra.json'];
    expect(project.found([...MEANT, ...sources])).toEqual([]);
  });
});

describe('malformed', () => {
  test.each(MALFORMED)('$title', async ({ files = {}, args = [], variables }) => {
    project.write('site.yml', PLAIN_SITE);
    project.write('hosts', 'h1 ansible_connection=local\n');
    for (const [name, text] of Object.entries(files)) project.write(name, text);
    if (files.hosts?.startsWith('#!')) chmodSync(join(project.directory, 'hosts'), 0o755);
    const said = await project.vrun(['site.yml', '-i', 'hosts', ...args, '--check', '--diff', '-v'], variables);
    nothing(said);
    if ('site.yml' in files) nothing(await project.vrun(['lint', 'site.yml']));
    expect(project.found(['site.yml', 'hosts', ...Object.keys(files)])).toEqual([]);
  });
});

test('over SSH it is in no command line and no environment of the host either', async () => {
  const server = await startEmbeddedServer();
  try {
    const way = [
      `ansible_host: ${server.address}`,
      `ansible_port: ${server.port}`,
      `ansible_user: ${server.user}`,
      `ansible_ssh_private_key_file: ${server.identityFile}`,
      `known_hosts: ${server.knownHosts}`,
      `word: ${await project.secret(CANARY, '      ')}`,
    ];
    project.write('hosts.yml', `all:\n  hosts:\n    h1:\n      ${way.join('\n      ')}\n`);
    project.write('out/.keep', '');
    project.write('templates/word.hbs', 'WORD={{ word }}\n');
    project.write('site.yml', `- hosts: all\n  tasks:\n${TASKS}`);
    const out = JSON.stringify(join(project.directory, 'out'));
    const args = ['site.yml', '-i', 'hosts.yml', '-e', `{"out": ${out}, "me": "${me()}"}`, '-v', '--diff'];
    const seen = new Set<string>();
    const look = setInterval(() => {
      for (const text of processesBelow(process.pid)) if (leaks(text).length > 0) seen.add(text);
    }, 40);
    const said = await project.vrun(args);
    clearInterval(look);
    nothing(said);
    expect(said.status, said.text).toBe(0);
    expect([...seen, ...server.seen.commands].filter((text) => leaks(text).length > 0)).toEqual([]);
    expect(project.found([...MEANT, 'site.yml'])).toEqual([]);
  } finally {
    await server.close();
  }
});

test('a password that is typed', async () => {
  const directory = new Directory({
    'site.yml': '- hosts: all\n  tasks:\n    - { command: { argv: [echo, hello] }, changed_when: false }\n',
    hosts: 'h1 ansible_connection=local\n',
  });
  try {
    const { status, stdout, stderr } = await directory.vrun(['site.yml', '-i', 'hosts', '-K', '-v'], {
      typed: [CANARY],
    });
    expect(status, stderr).toBe(0);
    expect(leaks(stdout + stderr)).toEqual([]);
    expect(filesWithCanary(directory.path, [])).toEqual([]);
  } finally {
    directory.remove();
  }
});

test('what a host made for itself is seen nowhere', async () => {
  project.write('hosts', 'h1 ansible_connection=local\n');
  project.write('out/.keep', '');
  project.write(
    'site.yml',
    `- hosts: all
  tasks:
    - env-file: { path: "${project.directory}/out/env", generate: { KEY: { encoding: hex } }, owner: "${me()}", group: "${me()}" }
    - { command: { argv: [sleep, "0.3"] }, changed_when: false }
`,
  );
  const said = await project.vrun(['site.yml', '-i', 'hosts', '--diff', '-v']);
  expect(said.status, said.text).toBe(0);
  const [, key = ''] = /^KEY=(.{64})$/m.exec(readFileSync(join(project.directory, 'out/env'), 'utf8')) ?? [];
  expect(key).not.toBe('');
  expect(said.text).not.toContain(key);
  const record = await printed('grep', ['-rc', key, 'site.yml', 'hosts'], project.directory).catch(() => '');
  expect(record).toBe('');
  await expect(printed('grep', ['-rl', key, '.vrun'], project.directory)).rejects.toThrow();
});

/** Tasks with a value that nobody marked as a secret, where the file or the setting may well be one. */
const UNMARKED: Readonly<Record<string, string>> = {
  'copy of a file': 'copy: { src: plain, dest: "{{ out }}/a" }',
  'copy of a content': `copy: { content: "x ${WORD}", dest: "{{ out }}/b" }`,
  template: 'template: { src: plain.hbs, dest: "{{ out }}/c" }',
  lineinfile: `lineinfile: { path: "{{ out }}/d", line: "password=${WORD}", create: true }`,
  blockinfile: `blockinfile: { path: "{{ out }}/e", block: "password=${WORD}", create: true }`,
  sync: 'sync: { src: tree, dest: "{{ out }}/f" }',
  unarchive: 'unarchive: { src: tree.tar, dest: "{{ out }}" }',
  'env-file': `env-file: { path: "{{ out }}/g", values: { A: ${WORD} }, owner: "${me()}", group: "${me()}" }`,
  script: 'script: plain.sh',
  'standard input': `shell: { cmd: "cat >/dev/null", stdin: "${WORD}" }`,
  http: `http: { url: "http://127.0.0.1:9/", headers: { Authorization: "${WORD}" }, body: "${WORD}", method: POST, timeout: 1 }`,
  'the hash of a password': `user: { name: vrun-nobody-has-this, password: "$6$saltsalt$${WORD}" }`,
  'a parameter that is refused': `copy: { content: "${WORD}", dest: "{{ out }}/h", mode: "password=${WORD}" }`,
};

test.each(Object.entries(UNMARKED))('without --diff nothing is shown of %s', async (_, task) => {
  const out = join(project.directory, 'out');
  for (const file of ['files/plain', 'files/tree/plain', 'templates/plain.hbs']) project.write(file, `x ${WORD}\n`);
  project.write('files/plain.sh', `#!/bin/sh\n: ${WORD}\n`);
  await printed('tar', ['cf', 'tree.tar', 'plain'], join(project.directory, 'files'));
  project.write('out/.keep', '');
  project.write('hosts', 'h1 ansible_connection=local\n');
  project.write(
    'site.yml',
    `- hosts: all\n  vars: { out: ${out} }\n  tasks:\n    - ${task}\n      ignore_errors: true\n`,
  );
  nothing(await project.vrun(['site.yml', '-i', 'hosts', '-v', '--check']));
  // Accounts of this machine are left alone.
  if (!task.startsWith('user:')) nothing(await project.vrun(['site.yml', '-i', 'hosts', '-v']));
  nothing(await project.vrun(['audit', 'show']));
  const written = project.found(['site.yml']).filter((name) => !/^(out|files|templates)\//.test(name));
  expect(written).toEqual([]);
});

test('values of settings are shown where the task itself wants a diff, and not by --diff alone', async () => {
  project.write('hosts', 'h1 ansible_connection=local\n');
  const task = `env-file: { path: "${project.directory}/env", values: { SMTP_PASS: ${WORD} }, owner: "${me()}", group: "${me()}" }`;
  project.write('site.yml', `- hosts: all\n  tasks:\n    - ${task}\n`);
  const quiet = await project.vrun(['site.yml', '-i', 'hosts', '--check', '--diff']);
  nothing(quiet);
  expect(quiet.text).toContain('SMTP_PASS');
  project.write('site.yml', `- hosts: all\n  tasks:\n    - ${task}\n      diff: true\n`);
  expect((await project.vrun(['site.yml', '-i', 'hosts', '--check'])).text).toContain(WORD);
});
