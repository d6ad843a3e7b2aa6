// Wrong use: exit status 1, what to write instead, and no host was contacted.
import { afterAll, expect, test } from 'vitest';
import { Directory } from '../terminal.ts';

const directory = new Directory({
  'site.yml': '- name: Play\n  hosts: all\n  tasks:\n    - name: Told\n      debug: { msg: told }\n',
  hosts: 'h1 ansible_connection=local\n',
});
afterAll(() => directory.remove());

test.each<[string, readonly string[], RegExp]>([
  ['a password without a terminal', ['site.yml', '-i', 'hosts', '-K'], /there is no terminal to ask at/],
  [
    'a key that is not there',
    ['site.yml', '-i', 'hosts', '--private-key', 'none'],
    /--private-key ‹none› can't be read/,
  ],
  ['no inventory to trust', ['trust'], /no inventory\n.*Neither -i nor a vrun\.yml in \/\S+ or above it says/],
  ['no inventory to show', ['inventory', '--list'], /no inventory/],
  ['no such runbook', ['nosuch.yml'], /nosuch\.yml› doesn't exist/],
  [
    'a command that is none',
    ['lnit', 'site.yml'],
    /‹lnit› is neither a command nor a runbook\n.*Did you mean ‹init› or ‹lint›/,
  ],
  ['help of a command that is none', ['help', 'lnt'], /there is no command ‹lnt›\n.*Did you mean ‹lint›/],
  ['help of one that a command has not', ['help', 'audit', 'verfy'], /‹verfy›\n.*Did you mean ‹verify›/],
  ['a word that is no number of forks', ['site.yml', '-i', 'hosts', '--forks', '0'], /whole number/],
  ['an option that is none', ['site.yml', '-i', 'hosts', '--chek'], /Did you mean --check/],
])('%s', async (_what, argv, said) => {
  const { status, stdout, stderr } = await directory.vrun(argv);
  expect(stderr).toMatch(said);
  expect(stdout).toBe('');
  expect(status).toBe(1);
});

test('help of a command is what its --help is', async () => {
  const { status, stdout } = await directory.vrun(['help', 'audit', 'verify']);
  expect(stdout).toBe((await directory.vrun(['audit', 'verify', '--help'])).stdout);
  expect(stdout).toContain('vrun audit verify');
  expect(status).toBe(0);
});

test('help says how vrun is called', async () => {
  const { status, stdout } = await directory.vrun(['--help']);
  expect(stdout).toContain('vrun RUNBOOK... -i INVENTORY [options]');
  expect(status).toBe(0);
});

test('a password that is asked for is not shown; Ctrl-C there ends it before anything is begun', async () => {
  const argv = ['site.yml', '-i', 'hosts', '--check', '-K'];
  const asked = await directory.vrun(argv, { typed: ['hidden-word'] });
  expect(asked.stderr).toMatch(/^Sudo password: \n$/);
  expect(asked.stdout).toContain('told');
  expect(asked.status).toBe(0);
  const left = await directory.vrun(argv, { typed: ['\u0003'] });
  expect(left.stdout).toBe('');
  expect(left.status).toBe(130);
});
