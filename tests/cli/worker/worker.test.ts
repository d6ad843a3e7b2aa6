// `vrun worker` as people use it: one on the worker's machine, one on the operator's.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Environment } from '../../../engine/cli/shared/environment.ts';
import { newNkey } from '../../../engine/dispatch/enrolment/nkey.ts';
import { openProject, vrun, vrunWith } from '../../docs/project.ts';

let machine: string;
let project: string;
beforeEach(() => {
  machine = openProject({});
  project = openProject({ 'vrun.yml': 'forks: 2\n' });
});
afterEach(() => {
  rmSync(machine, { recursive: true });
  rmSync(project, { recursive: true });
});

const enroll = (name: string, region: string, ...more: readonly string[]) =>
  vrun(machine, 'worker', 'enroll', '--name', name, '--region', region, ...more);
const worker = (...argv: readonly string[]) => vrun(project, 'worker', ...argv);
const entries = () => readFileSync(join(project, 'workers.yml'), 'utf8');

/** Standard input with this in it. */
const given = (text: string): Partial<Environment> => ({ stdin: Readable.from([Buffer.from(text)]) });
const add = (text: string) => vrunWith(given(text), project, 'worker', 'add');

/** The entry of a worker with keys of its own. */
async function entryOf(name: string, region: string): Promise<string> {
  return (await enroll(name, region, '--directory', join(machine, name))).stdout;
}

describe('enroll', () => {
  test('makes the keys, and prints public halves alone', async () => {
    const { status, stdout, stderr } = await enroll('eu-1', 'eu');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^eu-1:\n {2}region: eu\n {2}age: age1\w{58}\n {2}ssh: ssh-ed25519 \S{68}\n {2}nats: U\w{55}\n {2}enrolled: 20\S+Z\n$/,
    );
    const directory = join(machine, '.config/vrun/worker');
    expect(stderr).toContain(`Made ${directory}/age-identity`);
    expect(stderr).toContain('vrun worker add FILE');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) {
      expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
      const secret = readFileSync(join(directory, name), 'utf8').trim().split('\n').at(-1) ?? '';
      if (!name.startsWith('signing')) expect(stdout + stderr).not.toContain(secret);
    }
  });

  test('twice prints the same entry', async () => {
    const first = await enroll('eu-1', 'eu');
    const second = await enroll('eu-1', 'eu');
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain('nothing was overwritten');
  });

  test('a directory of one’s own, and what XDG_CONFIG_HOME says', async () => {
    await enroll('eu-1', 'eu', '--directory', 'here/keys');
    expect(readdirSync(join(machine, 'here/keys'))).toEqual(['age-identity', 'nats.seed', 'signing-key']);
    const variables = { NO_COLOR: '1', XDG_CONFIG_HOME: join(machine, 'xdg') };
    await vrunWith({ variables }, machine, 'worker', 'enroll', '--name', 'eu-1');
    expect(existsSync(join(machine, 'xdg/vrun/worker/nats.seed'))).toBe(true);
  });

  test.each([
    ['EU', 'eu', '--name ‹EU›'],
    ['a.b', 'eu', '--name ‹a.b›'],
    ['a'.repeat(33), 'eu', '--name'],
    ['eu-1', 'e u', '--region ‹e u›'],
    ['', '', '--region ‹›'],
  ])('%j in %j is refused before a key is made', async (name, region, said) => {
    const { status, stdout, stderr } = await enroll(name, region);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(said);
    expect(stderr).toContain('1 to 32 characters');
    expect(existsSync(join(machine, '.config'))).toBe(false);
  });

  test('keys that others can read are warned of', async () => {
    await enroll('eu-1', 'eu');
    chmodSync(join(machine, '.config/vrun/worker/nats.seed'), 0o644);
    const { status, stderr } = await enroll('eu-1', 'eu');
    expect(status).toBe(0);
    expect(stderr).toMatch(/warning: .*nats\.seed› is open to others/);
  });

  test('a place where nothing can be made', async () => {
    writeFileSync(join(machine, 'file'), '');
    const { status, stderr } = await enroll('eu-1', 'eu', '--directory', 'file/keys');
    expect(status).toBe(1);
    expect(stderr).toContain('no directory');
    expect(stderr).not.toContain('bug');
  });
});

describe('add and list', () => {
  test('from standard input and from a file; the fingerprint is ssh-keygen’s', async () => {
    const { status, stdout } = await add(await entryOf('eu-1', 'eu'));
    const print = execFileSync('ssh-keygen', ['-lf', join(machine, 'eu-1/signing-key')], { encoding: 'utf8' });
    const fingerprint = /SHA256:\S+/.exec(print)?.[0] ?? '';
    expect(status).toBe(0);
    expect(stdout).toContain(`Added eu-1, region eu, ${fingerprint}, to workers.yml.`);
    expect(stdout).toContain('vrun worker permissions');
    writeFileSync(join(project, 'us.yml'), await entryOf('us-1', 'us'));
    expect((await worker('add', 'us.yml')).status).toBe(0);
    const listed = await worker('list');
    expect(listed.stdout).toMatch(/^name {2,}region {2,}fingerprint {2,}enrolled {2,}revoked\n/);
    expect(listed.stdout).toContain(`eu-1  eu      ${fingerprint}  20`);
    const { stdout: json } = await worker('list', '--output', 'json');
    expect(JSON.parse(json)).toMatchObject([
      { name: 'eu-1', region: 'eu', fingerprint, revoked: null },
      { name: 'us-1', region: 'us', revoked: null },
    ]);
  });

  test('the same again changes nothing; other keys by the name are refused', async () => {
    const entry = await entryOf('eu-1', 'eu');
    await add(entry);
    const before = entries();
    expect(await add(entry)).toMatchObject({
      status: 0,
      stdout: 'eu-1 is in workers.yml already: nothing was changed.\n',
    });
    rmSync(join(machine, 'eu-1'), { recursive: true });
    const { status, stderr } = await add(await entryOf('eu-1', 'eu'));
    expect(status).toBe(1);
    expect(stderr).toContain('There is a worker ‹eu-1› with other keys');
    expect(stderr).toContain('remove the old entry');
    expect(entries()).toBe(before);
  });

  test('of several with one that is wrong none is added', async () => {
    const { status, stderr } = await add(`${await entryOf('eu-1', 'eu')}us-1: {}\n`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/standard input:7:1/);
    expect(existsSync(join(project, 'workers.yml'))).toBe(false);
  });

  test.each([
    ['nothing', '', 'There is no worker in standard input'],
    ['no YAML', 'a: b: c\n', 'standard input:1'],
    ['too much', '#'.repeat(2_000_000), 'too large'],
    ['bytes', '\u0000\u0001', 'standard input'],
  ])('%s is refused', async (_, text, said) => {
    const { status, stderr } = await add(text);
    expect(status).toBe(1);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('bug');
  });

  test('a revoked entry, a file that isn’t there', async () => {
    expect((await add(`${await entryOf('eu-1', 'eu')}  revoked: 2026-05-01T00:00:00Z\n`)).stderr).toContain(
      'is revoked',
    );
    expect(await worker('add', 'none.yml')).toMatchObject({ status: 1, stderr: expect.stringContaining('none.yml') });
  });

  test('no workers.yml: an empty list', async () => {
    expect(await worker('list', '--output', 'json')).toMatchObject({ status: 0, stdout: '[]\n' });
    expect((await worker('list')).stderr).toContain('vrun worker enroll');
  });

  test('vrun.yml may name another file; from a directory below it is found', async () => {
    writeFileSync(join(project, 'vrun.yml'), 'workers: inventory/machines.yml\n');
    mkdirSync(join(project, 'inventory'));
    await add(await entryOf('eu-1', 'eu'));
    expect(readFileSync(join(project, 'inventory/machines.yml'), 'utf8')).toContain('eu-1:');
    const below = await vrun(join(project, 'inventory'), 'worker', 'list', '--output', 'json');
    expect(JSON.parse(below.stdout)).toHaveLength(1);
  });
});

describe('revoke', () => {
  test('says what it doesn’t do, and is once', async () => {
    await add(await entryOf('eu-1', 'eu'));
    const { status, stdout } = await worker('revoke', 'eu-1');
    expect(status).toBe(0);
    expect(stdout).toContain('Runs that have begun before still hold a key that it can open');
    expect(stdout).toContain('vrun worker permissions');
    expect(entries()).toMatch(/\n {2}revoked: 20\S+Z\n$/);
    expect((await worker('revoke', 'eu-1')).stdout).toContain('nothing was changed');
    expect((await worker('list')).stdout).toMatch(/^eu-1 .*Z {2}20\S+Z$/m);
  });

  test('a name that isn’t there', async () => {
    await add(await entryOf('eu-1', 'eu'));
    const { status, stderr } = await worker('revoke', 'eu-2');
    expect([status, stderr]).toEqual([1, expect.stringContaining('Did you mean ‹eu-1›?')]);
  });
});

describe('permissions and coordinator', () => {
  test('with the coordinator of this machine, made once', async () => {
    await add(await entryOf('eu-1', 'eu'));
    const none = await worker('permissions');
    expect(none).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('vrun worker coordinator') });
    const first = await worker('coordinator');
    expect(first.stdout).toMatch(/^U\w{55}\n$/);
    expect((await worker('coordinator')).stdout).toBe(first.stdout);
    const seed = join(project, '.config/vrun/coordinator.seed');
    expect(statSync(seed).mode & 0o777).toBe(0o600);
    const { stdout } = await worker('permissions');
    expect(stdout).toContain(`{ nkey: ${first.stdout.trim()} }`);
    expect(stdout).toContain('"vrun.ev.eu.>"');
  });

  test('with another one; what is revoked is left out', async () => {
    await add(await entryOf('eu-1', 'eu'));
    await worker('revoke', 'eu-1');
    const { publicKey } = await newNkey();
    const { status, stdout } = await worker('permissions', '--coordinator', publicKey);
    expect([status, stdout]).toEqual([0, expect.stringContaining(publicKey)]);
    expect(stdout).not.toContain('eu-1');
  });

  test('a seed in the place of the public key is refused, and not shown; so is a worker’s key', async () => {
    await add(await entryOf('eu-1', 'eu'));
    const { seed } = await newNkey();
    const refused = await worker('permissions', '--coordinator', seed);
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).not.toContain(seed);
    const nats = /nats: (\S+)/.exec(entries())?.[1] ?? '';
    expect((await worker('permissions', '--coordinator', nats)).stderr).toContain('has the key of the worker ‹eu-1›');
  });
});

test('help knows all of it', async () => {
  const { stdout } = await vrun(project, 'help', 'worker');
  for (const name of ['enroll', 'add', 'list', 'revoke', 'coordinator', 'permissions'])
    expect(stdout).toContain(`  ${name}`);
  expect((await vrun(project, 'help', 'worker', 'enroll')).stdout).toContain('~/.config/vrun/worker');
});
