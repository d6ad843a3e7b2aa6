import { afterAll, expect, test } from 'vitest';
import { Directory } from './terminal.ts';

const book = (play: string) => `- hosts: all
  params: { word: { type: string, secret: true, enum: [hidden-word, other-word] } }
${play}  tasks:
    - { name: told, command: { argv: [echo, nothing] }, read_only: true, register: said }
    - { name: shown, debug: { msg: "{{ said.stdout }}" } }
    - { name: content, copy: { dest: /tmp/vrun-nobody-makes-this, content: "It is {{ word }}.\\n" } }
    - { name: misplaced, command: { argv: [echo, "{{ word }}"] }, ignore_errors: true }
    - { name: misplaced too, debug: { msg: "{{ word }}" } }
`;
const directory = new Directory({
  'site.yml': book(''),
  'default.yml': book('').replace('secret: true', 'secret: true, default: hidden-word'),
  'vars.yml': book('  vars: { word: hidden-word }\n'),
  hosts: 'h1 ansible_connection=local word=hidden-word\n',
  nothing: 'h1 ansible_connection=local\n',
});
afterAll(() => directory.remove());

test.each([
  ['the inventory gives it', ['site.yml', '-i', 'hosts']],
  ['the command line gives it', ['site.yml', '-i', 'nothing', '-e', 'word=hidden-word']],
  ['it has a default', ['default.yml', '-i', 'nothing']],
  ['the play gives it', ['vars.yml', '-i', 'nothing']],
])('an input that is declared secret is a secret: %s', async (_where, argv) => {
  const { status, stdout } = await directory.vrun([...argv, '--check', '--diff', '--output', 'json']);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const failures = events.flatMap(({ failure, task }) => (failure ? [`${task.name} ${failure.code}`] : []));
  expect(failures).toEqual(['misplaced secret-misplaced', 'misplaced too secret-misplaced']);
  expect(stdout).not.toContain('hidden-word');
  expect(status).toBe(2);
});
