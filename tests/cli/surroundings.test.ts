// Odd surroundings of the process: whatever they are, a person is told in plain words, and the exit status is right.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const VRUN = process.env.VRUN_BIN ?? fileURLToPath(new URL('../../dist/vrun.js', import.meta.url));

const RUNBOOK = `
- name: Here
  hosts: localhost
  connection: local
  tasks:
    - name: First
      command: { argv: ["true"] }
    - name: Second
      file: { path: MADE, state: directory }
`;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vrun-surroundings-'));
  writeFileSync(join(directory, 'site.yml'), RUNBOOK.replace('MADE', join(directory, 'made')));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a shell's line in the project; `vrun` is the program. */
function sh(line: string, env: NodeJS.ProcessEnv = process.env) {
  const script = `vrun() { "${process.execPath}" "${VRUN}" "$@"; }\n${line}`;
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { cwd: directory, env, encoding: 'utf8' });
  return { status, stdout, stderr, all: stdout + stderr };
}

const root = process.getuid?.() === 0;
const NOBODY = 'setpriv --reuid 12345 --regid 12345 --clear-groups';

test.each<[title: string, line: string, status: number, says: RegExp]>([
  [
    'a working directory that was removed',
    'mkdir gone && cd gone && rmdir ../gone && vrun ../site.yml',
    1,
    /the working directory is gone[\s\S]*cd ~/,
  ],
  ['the same, for a command that reads no project', 'mkdir gone && cd gone && rmdir ../gone && vrun doc', 1, /is gone/],
  ['an output that takes nothing', 'vrun site.yml >/dev/full', 2, /what is printed is lost: ENOSPC/],
  ['the same as JSON', 'vrun site.yml --output json >/dev/full', 2, /what is printed is lost/],
  ['the same for a command that only reads', 'vrun doc >/dev/full', 2, /^error: what is printed is lost: .*\n$/],
  ['a reader that goes away', '{ vrun site.yml --output json; echo $? >&2; } | head -n 1', 0, /^\{.*\}\n0\n$/],
  ['no standard output', 'vrun site.yml >&-', 0, /^$/],
  ['no standard input', 'vrun site.yml <&-', 0, /ok in/],
  ['nothing to read from and to write to', 'vrun site.yml <&- >&- 2>&-', 0, /^$/],
  ['an empty HOME', 'HOME= vrun site.yml', 0, /ok in/],
  ['no HOME', 'unset HOME; vrun site.yml', 0, /ok in/],
  ['a HOME that is a file', 'HOME=/etc/passwd vrun site.yml', 0, /ok in/],
  ['a TMPDIR that is nowhere', 'TMPDIR=/nowhere vrun site.yml', 0, /ok in/],
  ['a vrun.yml that is a directory', 'mkdir vrun.yml; vrun site.yml', 1, /‹vrun.yml› can't be read[\s\S]*directory/],
  ['a vrun.yml that leads nowhere', 'ln -s nowhere vrun.yml; vrun site.yml', 1, /‹vrun.yml› can't be read/],
  ['a record that is a file', 'touch .vrun; vrun site.yml', 1, /The record can't be written/],
])('%s', (_title, line, status, says) => {
  const said = sh(line);
  expect(said.all).toMatch(says);
  expect(said.status).toBe(status);
  expect(said.all).not.toMatch(/^\s+at .*:\d+:\d+\)?$|bug in vrun/m);
});

test.runIf(root).each<[title: string, line: string, status: number, says: RegExp]>([
  ['a vrun.yml that may not be read', 'echo forks: 3 >vrun.yml; chmod 0 vrun.yml', 1, /‹vrun.yml› can't be read/],
  ['a record that may not be written', 'mkdir -m 700 .vrun', 1, /The record can't be written[\s\S]*EACCES/],
  ['a project that may not be written to', ':', 1, /The record can't be written[\s\S]*EACCES/],
  [
    'a user who is in no user database, and has no home',
    'chmod 777 .',
    2,
    /lock can’t be taken[\s\S]*in the home directory of the login user/,
  ],
])('%s', (_title, before, status, says) => {
  chmodSync(directory, 0o755);
  const said = sh(`${before}\nHOME= exec ${NOBODY} "${process.execPath}" "${VRUN}" site.yml`);
  expect(said.all).toMatch(says);
  expect(said.status).toBe(status);
  expect(said.all).not.toMatch(/^\s+at .*:\d+:\d+\)?$|bug in vrun/m);
});

test('a key that others can read is a warning, also where the output is for programs', () => {
  expect(sh('vrun site.yml').stderr).toBe('');
  chmodSync(join(directory, '.vrun/key'), 0o644);
  for (const output of ['text', 'json']) {
    const said = sh(`vrun site.yml --output ${output}`);
    expect(said.stderr).toMatch(/^warning: ‹.*\.vrun\/key› is open to others\n.*0644[\s\S]*chmod 600/);
    expect(said.status).toBe(0);
  }
  chmodSync(join(directory, '.vrun/key'), 0o600);
  expect(sh('vrun site.yml').stderr).toBe('');
});

test('what secrets are decrypted with, and what builds are signed with, is warned of in the same way', () => {
  sh('vrun secrets init');
  chmodSync(join(directory, '.vrun/identity'), 0o640);
  expect(sh('vrun lint site.yml').stderr).toMatch(
    /identity› is open to others[\s\S]*0640: whoever reads it can decrypt/,
  );
  mkdirSync(join(directory, 'build'));
  symlinkSync('nowhere', join(directory, 'x'));
  expect(sh('ssh-keygen -q -t ed25519 -N "" -f key; chmod 604 key; vrun proof sign build --key key').stderr).toMatch(
    /key› is open to others[\s\S]*0604: whoever reads it can sign builds/,
  );
});

test('at a terminal something moves while a task takes its time', () => {
  writeFileSync(
    join(directory, 'slow.yml'),
    RUNBOOK.replace('["true"]', '[sleep, "1"]').replace('MADE', join(directory, 'made')),
  );
  const run = `stty cols 100 rows 50; exec "${process.execPath}" "${VRUN}" slow.yml`;
  const { CI: _, NO_COLOR: __, ...env } = process.env;
  const { status, stdout } = sh(`script --quiet --return --command '${run}' /dev/null`, {
    ...env,
    TERM: 'xterm-256color',
  });
  expect(status, stdout).toBe(0);
  expect(stdout).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
});
