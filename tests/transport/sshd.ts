// A real sshd of this machine's openssh-server on loopback, for the user who runs the tests, with keys of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Another one by hand, to try its version: `VRUN_TEST_SSHD`. */
const program = process.env.VRUN_TEST_SSHD ?? '/usr/sbin/sshd';

/** Whether there is an sshd; says so when there isn't. */
export const hasSshd = existsSync(program);
if (!hasSshd) console.warn(`${program} is not installed (openssh-server): its tests are skipped`);

export interface Sshd {
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  readonly knownHosts: string;
  /** The public host keys by the name that ssh-keygen has for their type: `type base64`. */
  readonly hostKeys: ReadonlyMap<string, string>;
  /** What it has said so far. */
  log(): string;
  close(): Promise<void>;
}

export interface SshdOptions {
  /** What ssh-keygen -t calls them. */
  readonly types?: readonly string[];
  /** Public key files that may log in, besides the one that is made. */
  readonly authorized?: readonly string[];
  /** Where it listens; on loopback every address that begins with 127 is this machine's. */
  readonly address?: string;
  /** Lines of sshd_config; the first that says something counts. */
  readonly lines?: readonly string[];
}

export async function startSshd({
  types = ['ed25519', 'rsa'],
  authorized = [],
  address = '127.0.0.1',
  lines = [],
}: SshdOptions = {}): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-sshd-'));
  const file = (name: string): string => join(directory, name);
  for (const type of types) execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file(type)]);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('id')]);
  const port = await freePort();
  const config = [
    ...lines,
    `Port ${port}`,
    `ListenAddress ${address}`,
    ...types.map((type) => `HostKey ${file(type)}`),
    `AuthorizedKeysFile ${[file('id.pub'), ...authorized].join(' ')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PidFile none',
  ];
  writeFileSync(file('config'), config.join('\n') + '\n');
  const hostKeys = new Map(
    types.map((type) => [
      type,
      readFileSync(file(`${type}.pub`), 'utf8')
        .split(' ')
        .slice(0, 2)
        .join(' '),
    ]),
  );
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKeys.get(types[0] ?? '')}\n`);
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(program, ['-D', '-E', file('log'), '-f', file('config')], { stdio: 'ignore' });
  await listening(port, child);
  return {
    port,
    user: userInfo().username,
    identityFile: file('id'),
    knownHosts: file('known_hosts'),
    hostKeys,
    log: () => readFileSync(file('log'), 'utf8'),
    async close() {
      const exited = once(child, 'exit');
      if (child.exitCode === null && child.kill()) await exited;
      rmSync(directory, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP listener's address is never a string
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`sshd ended with status ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const there = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (there) return;
    await sleep(50);
  }
  throw new Error('sshd does not listen');
}
