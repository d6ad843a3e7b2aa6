import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../engine/language/value/secret.ts';
import type { Target } from '../../../engine/transport/channel/connection.ts';
import { connect } from '../../../engine/transport/connect.ts';
import { type ConnectContext, closeJumpHosts } from '../../../engine/transport/ssh/context.ts';
import { appendKnownHost, scanHostKeys } from '../../../engine/transport/ssh/scan.ts';
import { type EmbeddedServer, newKey, startEmbeddedServer } from '../../embedded/server.ts';
import { scratch } from '../scratch.ts';
import { context, say, target } from '../targets.ts';

const never = new AbortController().signal;
const hostKeys = [newKey(), ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private];
const directory = scratch();
let server: EmbeddedServer;

beforeAll(async () => {
  server = await startEmbeddedServer({ hostKeys, user: 'ops' });
});
afterAll(async () => {
  await server.close();
});

const there = (more: Partial<Target> = {}): Target =>
  target({
    port: server.port,
    user: 'ops',
    identityFile: server.identityFile,
    knownHosts: [server.knownHosts],
    ...more,
  });

const reach = (more: Partial<Target> = {}, around: Partial<ConnectContext> = {}) =>
  connect(there(more), context(around), never);

async function problemOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error && 'problems' in error && Array.isArray(error.problems) ? error.problems[0] : error;
}

test('logs in with a key, and only that', async () => {
  server.seen.authentications.length = 0;
  const connection = await reach();
  expect(connection.user).toBe('ops');
  expect(connection.hostKey).toMatchObject({ type: 'ssh-ed25519', fingerprint: expect.stringMatching(/^SHA256:/) });
  expect(await say(connection, 'echo "$HOME $USER $PATH"')).toBe(
    `${server.home} ops /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n`,
  );
  await connection.close();
  expect(await connection.closed).toBeUndefined();
  expect(new Set(server.seen.authentications)).toEqual(new Set(['publickey'])); // no round trip for "none"
});

test('a command on a channel of its own', async () => {
  const connection = await reach();
  const channel = await connection.exec('cat; echo end');
  channel.end('in ');
  const chunks: Buffer[] = [];
  for await (const chunk of channel) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('in end\n');
  await connection.close();
});

describe('host keys', () => {
  const pins = (name: string, text: string): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };
  const [ed25519 = '', ecdsa = ''] = hostKeys.map((key) => {
    const parsed = ssh2.utils.parseKey(key);
    return parsed instanceof Error ? '' : `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`;
  });
  const foreign = (): string => {
    const parsed = ssh2.utils.parseKey(newKey());
    return parsed instanceof Error ? '' : `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`;
  };
  const name = () => `[127.0.0.1]:${server.port}`;

  test('an unknown key is refused, with its fingerprint and the command that pins it; nothing is logged in', async () => {
    const { logins } = server.seen;
    const problem = await problemOf(reach({ knownHosts: [] }));
    expect(problem).toMatchObject({ code: 'host-key-unknown', hint: expect.stringContaining('vrun trust') });
    expect(problem.detail).toMatch(/ED25519 key SHA256:\S{43},/);
    expect(server.seen.logins).toBe(logins);
  });

  test('a changed key is refused, with both fingerprints and the line of the pinned one', async () => {
    const file = pins('changed', `# pinned\n${name()} ${foreign()}\n`);
    const problem = await problemOf(reach({ knownHosts: [file] }));
    expect(problem.code).toBe('host-key-changed');
    expect(problem.detail.match(/SHA256:/g)).toHaveLength(2);
    expect(problem.detail).toContain(`${file}:2`);
  });

  test('a revoked key is refused although it is pinned', async () => {
    const file = pins('revoked', `${name()} ${ed25519}\n@revoked * ${ed25519}\n`);
    expect(await problemOf(reach({ knownHosts: [file] }))).toMatchObject({ code: 'host-key-revoked' });
  });

  test('the pinned kind is asked for, whatever the host prefers', async () => {
    const connection = await reach({ knownHosts: [pins('ecdsa', `${name()} ${ecdsa}\n`)] });
    expect(connection.hostKey?.type).toBe('ecdsa-sha2-nistp256');
    await connection.close();
  });

  test('a hashed pin, in a file that is asked last', async () => {
    const [first] = (await scanHostKeys(there({ knownHosts: [] }), context(), never)).keys;
    const file = join(directory, 'hashed');
    if (first !== undefined) await appendKnownHost(file, first, true);
    const connection = await reach({ knownHosts: [join(directory, 'missing')] }, { sshKnownHosts: [file] });
    await connection.close();
  });

  test('a scan reads all the host’s keys without logging in', async () => {
    const { logins } = server.seen;
    const { keys } = await scanHostKeys(there(), context(), never);
    expect(keys.map(({ type, verdict }) => [type, verdict])).toEqual([
      ['ssh-ed25519', 'match'],
      ['ecdsa-sha2-nistp256', 'match'],
    ]);
    expect(keys[0]?.key.equals(server.hostKey)).toBe(true);
    expect(server.seen.logins).toBe(logins);
  });
});

describe('who we are', () => {
  const other = (): string => {
    const file = join(directory, `other-${Math.random()}`);
    writeFileSync(file, newKey(), { mode: 0o600 });
    return file;
  };
  const locked = (): string => {
    const file = join(directory, `locked-${Math.random()}`);
    writeFileSync(file, readFileSync(server.identityFile), { mode: 0o600 });
    spawnSync('ssh-keygen', ['-q', '-p', '-N', 'open sesame', '-f', file]);
    return file;
  };

  test('a refused key: once, with what was tried', async () => {
    const { logins } = server.seen;
    const identityFile = other();
    const problem = await problemOf(reach({ identityFile }));
    expect(problem).toMatchObject({ code: 'auth-failed', summary: 'web1 did not let ops in' });
    expect(problem.detail).toContain(identityFile);
    expect(problem.detail).toContain('The host accepts: publickey');
    expect(server.seen.logins).toBe(logins);
  });

  test('a key file that is not there, one that is no key, a public one', async () => {
    const text = join(directory, 'text');
    writeFileSync(text, 'hello');
    for (const identityFile of ['/nowhere/id', text]) {
      const problem = await problemOf(reach({ identityFile }));
      expect(problem).toMatchObject({
        code: 'auth-failed',
        detail: expect.stringContaining(`Not usable: ${identityFile}`),
      });
    }
  });

  test('a passphrase is asked for once, however many hosts', async () => {
    const prompts: string[] = [];
    const around = context({
      ask: async (prompt) => {
        prompts.push(prompt);
        return new Secret('passphrase', prompts.length === 1 ? 'wrong' : 'open sesame');
      },
    });
    const identityFile = locked();
    const both = await Promise.all([1, 2].map(() => connect(there({ identityFile }), around, never)));
    expect(prompts).toEqual([`Passphrase for ${identityFile}`, `Passphrase for ${identityFile}`]);
    for (const connection of both) await connection.close();
  });

  test('a passphrase that nobody gives', async () => {
    const problem = await problemOf(reach({ identityFile: locked() }));
    expect(problem).toMatchObject({ code: 'auth-failed', detail: expect.stringContaining('passphrase') });
  });

  test('ssh-agent, and the agent before a file with a passphrase', async () => {
    const socket = join(directory, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(agent.stdout, 'data');
    const identity = join(directory, 'agent-id');
    writeFileSync(identity, readFileSync(server.identityFile), { mode: 0o600 });
    await once(spawn('ssh-add', ['-q', identity], { env: { SSH_AUTH_SOCK: socket } }), 'exit');
    for (const identityFile of [undefined, locked()]) {
      const connection = await reach({ identityFile }, { agent: socket });
      await connection.close();
    }
    agent.kill();
  });

  test('ssh’s default identities', async () => {
    const home = scratch();
    mkdirSync(join(home, '.ssh'));
    writeFileSync(join(home, '.ssh', 'id_ed25519'), readFileSync(server.identityFile), { mode: 0o600 });
    const connection = await reach({ identityFile: undefined }, { home });
    await connection.close();
  });
});

describe('hosts that cannot be reached', () => {
  test('nothing listens', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = free.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    free.close();
    await once(free, 'close');
    expect(await problemOf(reach({ port }))).toMatchObject({
      code: 'unreachable',
      summary: 'web1 refused the connection',
    });
  });

  test('a name that does not resolve', async () => {
    const problem = await problemOf(reach({ address: 'no-such-host.invalid' }));
    expect(problem).toMatchObject({ code: 'unreachable', summary: 'The address of web1 cannot be resolved' });
  });

  test('someone who accepts and says nothing', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const address = mute.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const problem = await problemOf(reach({ port, connectTimeout: 1 }));
    expect(problem).toMatchObject({ code: 'unreachable', summary: 'web1 did not answer in time' });
    mute.close();
  });

  test('a connection that breaks off at first is tried again', async () => {
    let connections = 0;
    const flaky = createServer((socket) => {
      socket.on('error', () => undefined);
      if (++connections === 1) socket.destroy();
      else {
        const through = dial(server.port, '127.0.0.1').on('error', () => undefined);
        socket.pipe(through).pipe(socket);
      }
    }).listen(0, '127.0.0.1');
    await once(flaky, 'listening');
    const address = flaky.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const problem = await problemOf(reach({ port, knownHosts: [] }));
    expect(problem).toMatchObject({ code: 'host-key-unknown' }); // the second attempt got as far as the key
    expect(connections).toBe(2);
    flaky.close();
  });

  test('an abort is no Problem', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    await expect(connect(there(), context(), controller.signal)).rejects.toThrow('stopped');
  });
});

describe('shells that are hard to use', () => {
  test.each<[what: string, startFile: string]>([
    ['prints', 'echo welcome; echo oops >&2'],
    ['prints without end of line', 'printf "\\033[31mhello"'],
    ['sets odd options', 'export LC_ALL=tr_TR.UTF-8 CDPATH=/tmp ENV=/dev/null IFS=x; set -f; umask 077; cd /tmp'],
    ['traces', 'set -x'],
  ])('a start file that %s', async (_what, startFile) => {
    server.misbehave({ startFile });
    const connection = await reach();
    expect(await say(connection, 'umask; pwd; echo "$LC_ALL$IFS" | tr -d " \\t"')).toBe('0022\n/\nC.UTF-8\n\n');
    await connection.close();
    server.misbehave({});
  });

  test.each<[what: string, how: Parameters<EmbeddedServer['misbehave']>[0], detail: RegExp]>([
    ['nologin', { startFile: 'echo "This account is currently not available."; exit 1' }, /status 1.*This account/s],
    ['a shell that ends', { startFile: 'exit 0' }, /status 0.*printed nothing/s],
    ['no such shell', { loginShell: '/bin/false' }, /status 1/],
  ])('%s', async (_what, how, detail) => {
    server.misbehave(how);
    const connection = await reach();
    const problem = await problemOf(connection.openShell({ root: false, hello: ':', signal: never }));
    expect(problem).toMatchObject({ code: 'shell-unusable', detail: expect.stringMatching(detail) });
    await connection.close();
    server.misbehave({});
  });

  test('a start file that never ends', async () => {
    server.misbehave({ startFile: 'echo "Press a key"; exec sleep 60' });
    const connection = await reach({ connectTimeout: 1 });
    const problem = await problemOf(connection.openShell({ root: false, hello: ':', signal: never }));
    expect(problem).toMatchObject({
      code: 'shell-unusable',
      detail: expect.stringMatching(/within 1 s.*Press a key/s),
    });
    await connection.close();
    server.misbehave({});
  });

  test.each(['/usr/bin/tcsh', '/usr/bin/fish', '/bin/bash'].filter(existsSync))(
    'a login shell that may not be POSIX: %s',
    async (loginShell) => {
      server.misbehave({ loginShell });
      const connection = await reach();
      expect(await say(connection, 'echo "$HOME|$SHELL"')).toBe(`${server.home}|${loginShell}\n`);
      await connection.close();
      server.misbehave({});
    },
  );

  test('a connection lost in the middle of a message', async () => {
    const connection = await reach();
    server.misbehave({ disconnectAfter: 50_000 });
    const problem = await problemOf(say(connection, 'head -c 200000 /dev/zero; sleep 5'));
    expect(problem).toMatchObject({ code: 'connection-lost', detail: expect.stringContaining('unknown') });
    expect(await connection.closed).toBeInstanceOf(Error);
    await connection.close();
    server.misbehave({});
  });
});

describe('jump hosts', () => {
  test('through one, shared, and kept until the run hangs up', async () => {
    const bastion = await startEmbeddedServer({ user: 'jumper' });
    const pins = join(directory, 'both');
    writeFileSync(pins, readFileSync(bastion.knownHosts, 'utf8') + readFileSync(server.knownHosts, 'utf8'));
    const home = scratch();
    mkdirSync(join(home, '.ssh'));
    writeFileSync(join(home, '.ssh', 'id_ed25519'), readFileSync(bastion.identityFile), { mode: 0o600 });
    writeFileSync(join(home, '.ssh', 'id_ecdsa'), readFileSync(server.identityFile), { mode: 0o600 });
    const around = context({ home });
    const behind = there({ identityFile: undefined, knownHosts: [pins], jump: `jumper@127.0.0.1:${bastion.port}` });
    const connections = await Promise.all([1, 2, 3].map(() => connect(behind, around, never)));
    for (const connection of connections) expect(await say(connection, 'echo hi')).toBe('hi\n');
    expect(bastion.seen.logins).toBe(1);
    for (const connection of connections) await connection.close();
    await (await connect(behind, around, never)).close();
    expect(bastion.seen.logins).toBe(1);
    await closeJumpHosts(around.cache);
    expect(around.cache.jumps.ssh.size).toBe(0);
    await bastion.close();
  });

  test('one that refuses us is asked once, however many hosts are behind it', async () => {
    const bastion = await startEmbeddedServer({ user: 'jumper' });
    const pins = join(directory, 'refusing');
    writeFileSync(pins, readFileSync(bastion.knownHosts, 'utf8') + readFileSync(server.knownHosts, 'utf8'));
    const around = context();
    const behind = there({ knownHosts: [pins], jump: `jumper@127.0.0.1:${bastion.port}` });
    for (let host = 0; host < 3; host++) {
      expect(await problemOf(connect(behind, around, never))).toMatchObject({
        code: 'auth-failed',
        summary: expect.stringContaining('jumper'),
      });
    }
    expect(bastion.seen.authentications).toEqual(['publickey']);
    await bastion.close();
  });

  test('its key is checked too', async () => {
    const bastion = await startEmbeddedServer();
    const problem = await problemOf(reach({ jump: `${bastion.user}@127.0.0.1:${bastion.port}` }));
    expect(problem).toMatchObject({ code: 'host-key-unknown', detail: expect.stringContaining(String(bastion.port)) });
    expect(bastion.seen.logins).toBe(0);
    await bastion.close();
  });
});
