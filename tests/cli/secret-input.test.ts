import { afterAll, expect, test } from 'vitest';
import { Directory } from './terminal.ts';

const book = (play: string) => `- hosts: all
  params: { word: { type: string, secret: true, enum: [hidden-word, other-word] } }
${play}  tasks:
    - { name: told, command: { argv: [echo, nothing] }, read_only: true, register: said }
    - { name: shown, debug: { msg: "{{ said.stdout }}" } }
    - { name: content, copy: { dest: /tmp/vrun-nobody-makes-this, content: "It is {{ word }}.\\n" } }
`;
const misplaced = `    - { name: misplaced, command: { argv: [echo, "{{ word }}"] }, ignore_errors: true }
    - { name: misplaced too, debug: { msg: "{{ word }}" } }
`;
const played = book('  vars: { word: hidden-word }\n');
const preset = book('').replace('secret: true', 'secret: true, default: hidden-word');
const directory = new Directory({
  'site.yml': book(''),
  'default.yml': preset,
  'vars.yml': played,
  'site-misplaced.yml': book('') + misplaced,
  'default-misplaced.yml': preset + misplaced,
  'vars-misplaced.yml': played + misplaced,
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
  expect(stdout).toContain('told');
  expect(stdout).not.toContain('hidden-word');
  expect(status).toBe(0);
  const [book = '', ...options] = argv;
  const refused = await directory.vrun([book.replace('.yml', '-misplaced.yml'), ...options, '--check']);
  expect([...refused.stderr.matchAll(/error: (.*)/g)].map(([, summary]) => summary)).toEqual([
    'A secret in a place that would show it',
    'A secret in a place that would show it',
  ]);
  expect(refused.stderr).not.toContain('hidden-word');
  expect([refused.status, refused.stdout]).toEqual([1, '']);
});
