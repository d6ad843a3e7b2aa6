import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openProject, vrun, vrunWith } from '../../docs/project.ts';

const LARGE = 3 * 1024 * 1024;
const FILES = {
  'vrun.yml': 'forks: 4\n',
  'site.yml': `- hosts: all
  vars_files: ["{{ which }}.yml"]
  params:
    app_user: { type: string, default: nobody }
    token: { type: string, secret: true, default: none }
  tasks:
    - include_tasks: more.yml
    - { name: copied, copy: { src: "{{ inventory_hostname }}.txt", dest: "{{ out }}/copied" } }
    - { name: large, copy: { src: large, dest: "{{ out }}/large" } }
    - { name: many, sync: { src: tree, dest: "{{ out }}/many" } }
    - { name: said, debug: { msg: "{{ app_user }}" }, tags: [told] }
`,
  'more.yml': '- { name: rendered, template: { src: motd, dest: "{{ out }}/motd" } }\n',
  'first.yml': 'one: 1\n',
  'given.yaml': 'two: 2\nhalf_of: it\n',
  'templates/motd': '{{ one }} {{ two }}\n',
  'files/h1.txt': 'h1\n',
  'files/tree/a': 'a\n',
  'files/tree/sub/b': 'b\n',
  'inventory/hosts.yml': 'all: { hosts: { h1: { ansible_connection: local } } }\n',
  'inventory/group_vars/all.yml': 'which: first\n',
  'inventory/host_vars/h1.yml': 'three: 3\n',
  'inventory/dynamic': '#!/bin/sh\nprintf \'{"_meta":{"hostvars":{}},"lab":{"hosts":["h1"]}}\'\n',
  'only.txt': 'h1\n',
};
const SECRETS = ['token-of-the-day', 'plain-pass-word', 'nested-secret-text', 'pass-in-a-url'];

let directory: string;
beforeAll(() => {
  directory = openProject(FILES);
  chmodSync(join(directory, 'inventory/dynamic'), 0o755);
  writeFileSync(join(directory, 'files/large'), Buffer.alloc(LARGE, 7));
  mkdirSync(join(directory, 'out'));
});

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const read = (path: string) => readFileSync(join(directory, path));
const entries = () =>
  readdirSync(join(directory, '.vrun/log'))
    .sort()
    .map((name) => ({ text: read(`.vrun/log/${name}`).toString(), name }))
    .map(({ text }) => JSON.parse(text.slice(0, text.indexOf('\n'))));

async function run(...more: readonly string[]) {
  return vrunWith(
    { variables: { NO_COLOR: '1', PATH: process.env.PATH, SUDO_USER: 'alice' } },
    directory,
    'site.yml',
    '-i',
    'inventory',
    '-e',
    `out=${join(directory, 'out')}`,
    ...more,
  );
}

describe('what decided a run is signed', () => {
  beforeAll(async () => {
    const json = {
      token: SECRETS[0],
      names: [1, { password: SECRETS[2] }],
      db_password: SECRETS[1],
      site: `https://me:${SECRETS[3]}@here/`,
    };
    const ended = await run(
      ...['-l', '@only.txt', '-t', 'all', '--skip-tags', 'never', '--forks', '3', '-u', 'bob', '--diff'],
      ...['-e', 'app_user=x', '-e', JSON.stringify(json), '-e', '@given.yaml', '--detailed-exitcode'],
    );
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
  });

  test('the options, the variables of -e without secrets, and who became the operator', () => {
    const [{ predicate }] = entries();
    expect(predicate.sudoUser).toBe('alice');
    expect(predicate.options).toEqual([
      { option: '--inventory', value: 'inventory' },
      { option: '--diff' },
      { option: '--limit', value: '@only.txt' },
      { option: '--tags', value: 'all' },
      { option: '--skip-tags', value: 'never' },
      { option: '--forks', value: '3' },
      { option: '--user', value: 'bob' },
      { option: '--detailed-exitcode' },
    ]);
    expect(predicate.extraVars).toEqual([
      { name: 'out', value: join(directory, 'out') },
      { name: 'app_user', value: 'x' },
      { name: 'token', value: '‹secret:token›' },
      { name: 'names', json: '[1,{"password":"‹password, not kept›"}]' },
      { name: 'db_password', value: '‹db_password, not kept›' },
      { name: 'site', value: '‹site, not kept›' },
      { name: 'two', file: 'given.yaml' },
      { name: 'half_of', file: 'given.yaml' },
    ]);
  });

  test('the digest of every file that was read: by the time of its opening, and since then', () => {
    const [open, seal] = entries();
    const of = (entry: { subject: { name: string; digest: { sha256: string } }[] }) =>
      Object.fromEntries(entry.subject.map(({ name, digest }) => [name, digest.sha256]));
    const known = ['vrun.yml', 'site.yml', 'more.yml', 'first.yml', 'given.yaml', 'templates/motd', 'only.txt'];
    const inventory = ['inventory/hosts.yml', 'inventory/group_vars/all.yml', 'inventory/host_vars/h1.yml'];
    const printed = sha256('{"_meta":{"hostvars":{}},"lab":{"hosts":["h1"]}}');
    expect(of(open)).toMatchObject({
      ...Object.fromEntries([...known, ...inventory].map((path) => [`file:${path}`, sha256(read(path))])),
      'output:inventory/dynamic': printed,
    });
    expect(of(seal)).toMatchObject({
      'file:files/h1.txt': sha256('h1\n'),
      'file:files/large': sha256(Buffer.alloc(LARGE, 7)),
      'tree:files/tree': sha256(`${sha256('a\n')}  a\n${sha256('b\n')}  sub/b\n`),
    });
    expect(Object.keys(of(seal)).filter((name) => name in of(open))).toEqual([]);
  });

  test('journal, events and report say the same, and nothing holds a secret', async () => {
    const [{ predicate }] = entries();
    const [run] = readdirSync(join(directory, '.vrun/runs'));
    const journal = read(`.vrun/runs/${run}/journal.jsonl`).toString();
    const started = JSON.parse(journal.slice(0, journal.indexOf('\n')));
    for (const key of ['options', 'extraVars', 'sudoUser']) expect(started[key]).toEqual(predicate[key]);
    const report = read(`.vrun/runs/${run}/report.md`).toString();
    expect(report).toContain('`--limit @only.txt`');
    expect(report).toContain('`app_user=x`');
    expect(report).toContain('alice');
    expect(report).toContain(`${sha256(read('files/h1.txt'))}  file:files/h1.txt`);
    const all = readdirSync(join(directory, '.vrun'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n');
    for (const secret of SECRETS) expect(all).not.toContain(secret);
  });

  test('it verifies', async () => {
    expect(await vrun(directory, 'audit', 'verify')).toMatchObject({ status: 0 });
  });
});

test('a dry run says what it was asked for too, and one file changed is another digest', async () => {
  writeFileSync(join(directory, 'files/h1.txt'), 'another\n');
  expect(await run('--check', '-e', 'two=2')).toMatchObject({ status: 0 });
  const [open, seal] = entries().slice(-2);
  expect(open.predicate.options).toContainEqual({ option: '--check' });
  expect(seal.subject).toContainEqual({ name: 'file:files/h1.txt', digest: { sha256: sha256('another\n') } });
});
