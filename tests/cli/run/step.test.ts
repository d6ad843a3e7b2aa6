// `--step` at a terminal, in Ansible's words.
import { afterAll, expect, test } from 'vitest';
import { Directory } from '../terminal.ts';

const directory = new Directory({
  'site.yml': `- hosts: all
  tasks:
    - { name: One, debug: { msg: first } }
    - { name: Two, debug: { msg: second } }
    - { name: Three, debug: { msg: third } }
    - { name: Four, debug: { msg: fourth } }
`,
  hosts: 'h1 ansible_connection=local\nh2 ansible_connection=local\n',
});
afterAll(() => directory.remove());

const argv = ['site.yml', '-i', 'hosts', '--check', '--step', '--output', 'json'];
const messages = (stdout: string) => [
  ...new Set(
    stdout
      .trimEnd()
      .split('\n')
      .flatMap((line) => JSON.parse(line).message ?? []),
  ),
];

test.each([
  ['no is what Enter says', ['', 'y', 'n', 'yes'], ['second', 'fourth'], 4],
  ['continue asks no more', ['n', 'c'], ['second', 'third', 'fourth'], 2],
  ['anything else is a no', ['Y', 'maybe', 'N', 'CONTINUE'], ['first', 'fourth'], 4],
])('%s', async (_what, typed, said, times) => {
  const { status, stdout, stderr } = await directory.vrun(argv, { typed });
  expect(messages(stdout)).toEqual(said);
  expect(stderr.match(/Perform task: \w+ \(N\)o\/\(y\)es\/\(c\)ontinue: /g)).toHaveLength(times);
  expect(status).toBe(0);
});

test('without a terminal it is wrong use, and nothing is begun', async () => {
  const { status, stdout, stderr } = await directory.vrun(argv);
  expect(stderr).toContain('--step asks before each task, and standard input is no terminal');
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
