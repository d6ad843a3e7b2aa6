// `vrun ssh` and `vrun logs` against a real sshd: led there by the inventory, with strict host keys.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Environment } from '../../../engine/cli/shared/environment.ts';
import { vrunWith } from '../../docs/project.ts';
import { temporaryDirectory } from '../../proof/build.ts';
import { hasSshd, type Sshd, startSshd } from '../../transport/sshd.ts';

vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(!hasSshd)('a host of the inventory', () => {
  let sshd: Sshd;
  let directory: string;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.close());
  beforeEach(() => {
    directory = temporaryDirectory();
    writeFileSync(join(directory, 'vrun.yml'), 'known_hosts: known_hosts\ninventory: hosts.yml\n');
    writeFileSync(join(directory, 'known_hosts'), readFileSync(sshd.knownHosts));
    const way = `{ host: 127.0.0.1, port: ${sshd.port}, ansible_ssh_private_key_file: ${sshd.identityFile} }`;
    writeFileSync(join(directory, 'hosts.yml'), `all: { hosts: { web1: ${way}, second: ${way} } }\n`);
  });
  const world = (more: Partial<Environment> = {}): Partial<Environment> => ({
    user: sshd.user,
    variables: { PATH: process.env.PATH, NO_COLOR: '1' },
    ...more,
  });
  const vrun = (...argv: string[]) => vrunWith(world(), directory, ...argv);

  test('runs a command, with its own options and status, as ssh does', async () => {
    const { status, stdout, stderr } = await vrun(
      'ssh',
      'web1',
      'printf',
      '-v',
      'x',
      "''",
      ';',
      'echo',
      '-i $0',
      ';',
      'exit',
      '7',
    );
    expect([status, stdout, stderr]).toEqual([7, expect.stringMatching(/^-i /), '']);
    expect(await vrun('ssh', '-i', 'hosts.yml', 'web1', 'cat', '-A', '/dev/null')).toMatchObject({
      status: 0,
      stdout: '',
    });
  });

  test('is not entered where its key is unknown, or another', async () => {
    writeFileSync(join(directory, 'known_hosts'), '');
    expect(await vrun('ssh', 'web1', 'id')).toMatchObject({ status: 255, stdout: '' });
    const other = `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.get('rsa')}\n`.replace(
      /AAAAB3NzaC1yc2EAAAADAQABAAAB/,
      'AAAAB3NzaC1yc2EAAAADAQABAAAC',
    );
    writeFileSync(join(directory, 'known_hosts'), other);
    expect(await vrun('logs', 'web1')).toMatchObject({ status: 4, stdout: '' });
  });

  test('is one, and one that there is', async () => {
    expect(await vrun('ssh', 'all')).toMatchObject({ status: 1, stderr: expect.stringContaining('web1, second') });
    expect(await vrun('ssh', 'web3')).toMatchObject({ status: 1, stderr: expect.stringContaining('web3') });
  });

  test('on this machine itself is a shell here', async () => {
    writeFileSync(join(directory, 'hosts.yml'), 'all: { hosts: { here: { ansible_connection: local } } }\n');
    expect(await vrun('ssh', 'here', 'echo', 'in', '&&', 'exit 3')).toMatchObject({ status: 3, stdout: 'in\n' });
  });

  describe('whose journal is a stand-in', () => {
    beforeEach(() => {
      mkdirSync(join(directory, 'bin'));
      const script =
        '#!/bin/sh\necho "$*"\nprintf "a\\033[2Jb\\n"\ncase "$*" in *--follow*) exec sleep 600;; esac\nexit 3\n';
      writeFileSync(join(directory, 'bin/journalctl'), script);
      chmodSync(join(directory, 'bin/journalctl'), 0o755);
      writeFileSync(
        join(directory, 'hosts.yml'),
        'all: { hosts: { one: { ansible_connection: local }, three: { ansible_connection: local } } }\n',
      );
    });
    const path = () => ({ variables: { PATH: `${directory}/bin:${process.env.PATH}`, SHELL: '/bin/sh' } });

    test('is asked for what was said, and shown with the host in front', async () => {
      const argv = ['logs', '-n', '5', '--since', '1 hour ago', '--unit', 'a.service', '--unit', 'b*', 'all'];
      const { status, stdout } = await vrunWith(world(path()), directory, ...argv);
      const words =
        '--no-pager --no-hostname --output=short-iso --lines=5 --unit=a.service --unit=b* --since=1 hour ago';
      expect(stdout.split('\n').sort()).toEqual(
        ['', 'one   | a\x1b[2Jb', `one   | ${words}`, 'three | a\x1b[2Jb', `three | ${words}`].sort(),
      );
      expect(status).toBe(2);
    });

    test('is followed until Ctrl-C, and no longer on the host', async () => {
      let interrupt = (): void => undefined;
      const onInterrupt: Environment['onInterrupt'] = (interrupted) => {
        interrupt = interrupted;
        return () => undefined;
      };
      setTimeout(() => interrupt(), 3000);
      const { status, stdout } = await vrunWith(world({ ...path(), onInterrupt }), directory, 'logs', '-f', 'one');
      expect([status, stdout.split('\n')[0]]).toEqual([
        130,
        '--follow --no-pager --no-hostname --output=short-iso --lines=100 --unit=vantus*',
      ]);
    });
  });
});
