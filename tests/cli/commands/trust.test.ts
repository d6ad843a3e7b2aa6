// `vrun trust` against real servers: what it says of each key, and what it pins.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasSshd, type Sshd, startSshd } from '../../transport/sshd.ts';
import { Directory } from '../terminal.ts';

describe.skipIf(!hasSshd)('trust', () => {
  let sshd: Sshd;
  let other: Sshd;
  beforeAll(async () => {
    sshd = await startSshd({ types: ['ed25519', 'ecdsa', 'rsa'] });
    other = await startSshd({ types: ['ed25519', 'ecdsa', 'rsa'] });
  });
  afterAll(async () => {
    await sshd.close();
    await other.close();
  });
  let directory: Directory;
  beforeEach(() => {
    directory = new Directory({
      'vrun.yml': 'known_hosts: known_hosts\n',
      'hosts.yml': `all: { hosts: { web1: { host: 127.0.0.1, port: ${sshd.port} } } }\n`,
    });
  });
  afterEach(() => directory.remove());

  const line = (type: string, from = sshd): string => `[127.0.0.1]:${sshd.port} ${from.hostKeys.get(type)}\n`;
  const trust = (pinned: string) => {
    directory.write('known_hosts', pinned);
    return directory.vrun(['trust', '-i', 'hosts.yml', '--yes']);
  };
  const pinned = (): string[] => readFileSync(join(directory.path, 'known_hosts'), 'utf8').trim().split('\n');
  const verdicts = (text: string): string[] =>
    [...text.matchAll(/ {2}(ssh-\S+|ecdsa-\S+) {2}(.*)/g)].map((all) => `${all[1]} ${all[2]}`);

  test('a host of which nothing is known', async () => {
    expect((await trust('')).status).toBe(0);
    expect(pinned().sort()).toEqual(['ecdsa', 'ed25519', 'rsa'].map((type) => line(type).trim()).sort());
  });

  test.each(['ed25519', 'ecdsa', 'rsa'])('the right %s key alone is pinned: the others are new', async (type) => {
    const { status, stdout, stderr } = await trust(line(type));
    expect([status, stderr]).toEqual([0, '']);
    expect(
      verdicts(stdout)
        .map((verdict) => verdict.replace(/^\S+ /, ''))
        .sort(),
    ).toEqual(['not pinned yet', 'not pinned yet', 'pinned already']);
    expect(pinned().sort()).toEqual(['ecdsa', 'ed25519', 'rsa'].map((one) => line(one).trim()).sort());
    expect((await trust(pinned().join('\n'))).stdout).toContain('Every key is pinned already.');
  });

  test('one key is right, another of a pinned kind isn’t: nothing is pinned', async () => {
    const before = line('ed25519') + line('ecdsa', other);
    const { status, stdout, stderr } = await trust(before);
    expect(status).toBe(4);
    expect(verdicts(stdout)).toEqual([
      'ssh-ed25519 pinned already',
      'ecdsa-sha2-nistp256 CHANGED: another key is pinned',
      'ssh-rsa not pinned yet',
    ]);
    expect(stderr).toContain('known_hosts:2');
    expect(pinned()).toEqual(before.trim().split('\n'));
  });

  test('no key is right: kinds that aren’t pinned are no way in', async () => {
    const { status, stdout } = await trust(line('ed25519', other));
    expect(status).toBe(4);
    expect(verdicts(stdout).every((verdict) => verdict.endsWith('CHANGED: another key is pinned'))).toBe(true);
    expect(pinned()).toEqual([line('ed25519', other).trim()]);
  });

  test('a key of a kind that isn’t known here is no key that has changed', async () => {
    const blob = Buffer.concat([Buffer.from([0, 0, 0, 19]), Buffer.from('ssh-mldsa44-ed25519'), Buffer.alloc(40, 1)]);
    const { status, stdout } = await trust(`[127.0.0.1]:${sshd.port} ssh-mldsa44-ed25519 ${blob.toString('base64')}\n`);
    expect([status, verdicts(stdout)[0]]).toEqual([0, 'ssh-ed25519 not pinned yet']);
    expect(pinned()).toHaveLength(4);
  });

  test('a revoked key', async () => {
    const { status, stderr } = await trust(`@revoked * ${sshd.hostKeys.get('rsa')}\n${line('ed25519')}`);
    expect([status, stderr]).toEqual([4, expect.stringContaining('presents a key that is revoked')]);
  });

  test('what was pinned is what ssh-keygen finds', async () => {
    await trust('');
    const found = execFileSync(
      'ssh-keygen',
      ['-F', `[127.0.0.1]:${sshd.port}`, '-f', join(directory.path, 'known_hosts')],
      {
        encoding: 'utf8',
      },
    );
    expect(found.split('\n').filter((one) => one.startsWith('[127'))).toHaveLength(3);
  });
});
