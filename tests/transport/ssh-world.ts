// A user's own ssh, for comparing vrun with it: a home directory, the stock client in it, both transports of vrun, and servers.
// The stock client knows the home of the user database alone, so it sees one of ours, in a mount namespace (for root only).
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Problem } from '../../engine/language/problem/problem.ts';
import type { Connection, Target } from '../../engine/transport/channel/connection.ts';
import { connect } from '../../engine/transport/connect.ts';
import { type ConnectContext, closeJumpHosts, newConnectCache } from '../../engine/transport/ssh/context.ts';
import { scratch } from './scratch.ts';
import { hasSshd } from './sshd.ts';
import { target } from './targets.ts';

/** Another client by hand, to try its version: `VRUN_TEST_SSH`. */
const client = process.env.VRUN_TEST_SSH ?? '/usr/bin/ssh';

/** The wrapper needs a mount namespace of its own, and the servers an sshd. */
export const hasWorld = hasSshd && spawnSync('unshare', ['--mount', 'true']).status === 0;
if (!hasWorld) console.warn('no sshd, or no right to mount here: what compares vrun with the stock client is skipped');

const never = new AbortController().signal;

/** How a login went: `in`, or the Problem that refused it. */
export type Outcome = 'in' | Problem;

export class World {
  readonly home = scratch();
  readonly #bin = join(scratch(), 'bin');
  #agents: (() => void)[] = [];
  variables: Record<string, string> = {};

  constructor() {
    mkdirSync(join(this.home, '.ssh'), { mode: 0o700 });
    mkdirSync(this.#bin);
    const users = join(this.#bin, 'passwd');
    const { username, homedir } = userInfo();
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    const moved = lines.map((line) =>
      line.startsWith(`${username}:`) ? line.replace(`:${homedir}:`, `:${this.home}:`) : line,
    );
    writeFileSync(users, moved.join('\n'));
    const wrapper = `#!/bin/sh
exec unshare --mount sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' '${users}' ${client} "$@"
`;
    writeFileSync(join(this.#bin, 'ssh'), wrapper, { mode: 0o755 });
  }

  /** Writes a file, relative to the home; `~/.ssh/config` and keys must be the user's alone. */
  write(path: string, text: string, mode = 0o600): string {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  /** Puts a copy of a private key (and, if it is wanted, its public half) somewhere in the home. */
  place(key: string, path: string, { pub = false, mode = 0o600 } = {}): string {
    const file = this.write(path, readFileSync(key, 'utf8'), mode);
    if (pub) copyFileSync(`${key}.pub`, `${file}.pub`);
    return file;
  }

  /** A real ssh-agent with these keys; its socket becomes SSH_AUTH_SOCK unless `as` names another variable. */
  async agent(keys: readonly string[], as = 'SSH_AUTH_SOCK'): Promise<string> {
    const socket = join(scratch(), 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(agent.stdout, 'data');
    for (const key of keys) execFileSync('ssh-add', ['-q', key], { env: { SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    this.#agents.push(() => agent.kill());
    this.variables = { ...this.variables, [as]: socket };
    return socket;
  }

  close(): void {
    for (const end of this.#agents) end();
    this.#agents = [];
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Whether the stock client gets in, and what it says. Host keys are strict, and nobody is asked. */
  stock(host: string, args: readonly string[] = []): Promise<{ readonly in: boolean; readonly said: string }> {
    const strict = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'NoHostAuthenticationForLocalhost=no'];
    const options = strict.flatMap((option) => ['-o', option]);
    return new Promise((resolve) => {
      const how = { env: this.#environment(), timeout: 30_000 };
      // Without a terminal, or a jump host's ssh would ask there.
      execFile(
        'setsid',
        ['-w', join(this.#bin, 'ssh'), ...args, ...options, host, 'true'],
        how,
        (error, _stdout, said) => resolve({ in: error === null, said }),
      );
    });
  }

  /** How vrun fares by one of its transports; what `work` gives once it is in. */
  async vrun<T = 'in'>(
    transport: 'ssh' | 'openssh',
    given: Partial<Target> = {},
    more: Partial<ConnectContext> = {},
    work?: (connection: Connection) => Promise<T>,
  ): Promise<Outcome | T> {
    const context: ConnectContext = {
      home: this.home,
      localUser: userInfo().username,
      agent: this.variables.SSH_AUTH_SOCK,
      ask: undefined,
      variables: this.#environment(),
      cache: newConnectCache(),
      ...more,
    };
    const to = target({ connectTimeout: 20, ...given, transport });
    try {
      const connection = await connect({ ...to, name: to.address }, context, never);
      const made = await work?.(connection);
      await connection.close();
      return made ?? 'in';
    } catch (error) {
      const problem: Problem | undefined =
        error instanceof Error && 'problems' in error && Array.isArray(error.problems) ? error.problems[0] : undefined;
      if (problem === undefined) throw error;
      return problem;
    } finally {
      await closeJumpHosts(context.cache);
    }
  }

  #environment(): Record<string, string> {
    return { PATH: `${this.#bin}:/usr/local/bin:/usr/bin:/bin`, ...this.variables };
  }
}

/** True for a Problem that sends people to the stock client. */
export function namesStockClient(outcome: Outcome): boolean {
  return outcome !== 'in' && `${outcome.detail} ${outcome.hint}`.includes('ansible_connection=openssh');
}

/** A new key pair in a file; its path. */
export function newKeyFile(type = 'ed25519', passphrase = ''): string {
  const file = join(scratch(), type);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', file]);
  return file;
}

/** `type base64` of a key file's public half. */
export function publicOf(key: string): string {
  return readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}
