// Both network transports against the real sshd of this machine.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Target } from '../../engine/transport/channel/connection.ts';
import { connect } from '../../engine/transport/connect.ts';
import { inlineLimit } from '../../engine/transport/shell/frame.ts';
import { closeJumpHosts } from '../../engine/transport/ssh/context.ts';
import { scanHostKeys } from '../../engine/transport/ssh/scan.ts';
import { startLink } from './link.ts';
import { told } from './shells.ts';
import { hasSshd, type Sshd, startSshd } from './sshd.ts';
import { context, target } from './targets.ts';

const signal = new AbortController().signal;

describe.skipIf(!hasSshd)('a real sshd', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.close());
  const there = (more: Partial<Target> = {}): Target =>
    target({
      port: sshd.port,
      user: sshd.user,
      identityFile: sshd.identityFile,
      knownHosts: [sshd.knownHosts],
      ...more,
    });

  test('it is not asked to prove keys that nobody wants to know', async () => {
    const talking = await startSshd({ lines: ['LogLevel DEBUG1'] });
    const { port, knownHosts, identityFile } = talking;
    const connection = await connect(there({ port, knownHosts: [knownHosts], identityFile }), context(), signal);
    const { shell } = await connection.openShell({ root: false, hello: 'echo hello', signal });
    await shell.close();
    await connection.close();
    const said = talking.log();
    await talking.close();
    expect(said).toContain('Accepted publickey');
    expect(said).not.toContain('hostkeys-prove');
  });

  test('a login waits for what it can’t know alone: the key exchange, and whether its key is taken', async () => {
    const talking = await startSshd({ lines: ['LogLevel DEBUG1'] });
    const link = await startLink(talking.port, { delay: 100 });
    const known = readFileSync(talking.knownHosts, 'utf8').replace(`:${talking.port}`, `:${link.port}`);
    writeFileSync(talking.knownHosts, known);
    const { knownHosts, identityFile } = talking;
    const way = there({ port: link.port, knownHosts: [knownHosts], identityFile });
    const connection = await connect(way, context(), signal);
    const { answers } = link;
    await connection.close();
    link.close();
    const said = talking.log();
    await talking.close();
    // The host's wishes, and its key: what is sent then is the end. On a busy machine a reply may come in between; ssh2 by itself waits 5 times.
    expect(answers).toBeLessThan(5);
    // What sshd says of a key that it was asked about before anything is signed.
    expect(said).not.toContain('Postponed publickey');
  });

  test.each(['ssh', 'openssh'] as const)('%s: one login, several shells, every kind of frame', async (transport) => {
    const connection = await connect(there({ transport }), context(), signal);
    const open = () => connection.openShell({ root: false, hello: 'echo hello', signal });
    const [first, second] = await Promise.all([open(), open()]);
    expect([first, second].map(({ hello }) => told(hello))).toEqual(['0|hello\n', '0|hello\n']);
    const answers: Answer[] = [];
    const frames = [
      { script: 'echo a; exit 3', timeout: 20 },
      { script: 'cat', timeout: 20, stdin: Buffer.from('in\n') },
      { script: 'wc -c', timeout: 20, stdin: Buffer.alloc(inlineLimit + 1) },
      { script: 'sleep 60', timeout: 1 },
      { script: 'false', timeout: 20, step: { accept: [0] } },
      { script: 'echo b', timeout: 20 },
    ];
    for await (const answer of first.shell.send(frames, signal)) answers.push(answer);
    expect(answers.map(told)).toEqual([
      '3|a\n',
      '0|in\n',
      `0|${inlineLimit + 1}\n`,
      '143||timed out',
      '1|',
      '0||skipped',
    ]);
    expect([first.shell.messages, second.shell.messages]).toEqual([1, 0]);
    expect(connection).toMatchObject({
      user: sshd.user,
      hostKey: { type: 'ssh-ed25519', fingerprint: expect.stringMatching(/^SHA256:/) },
    });
    await connection.close();
    expect(await connection.closed).toBeUndefined();
  });

  test.each(['ssh', 'openssh'] as const)('%s: the same Problems', async (transport) => {
    const codeOf = (more: Partial<Target>) =>
      connect(there({ transport, ...more }), context(), signal).then(
        () => 'connected',
        (error) => error.problems?.[0].code,
      );
    const other = `${sshd.knownHosts}.other`;
    const stranger = `${sshd.identityFile}.stranger`;
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    const { stdout } = spawnSync('ssh-keygen', ['-y', '-f', stranger], { encoding: 'utf8' });
    writeFileSync(other, `[127.0.0.1]:${sshd.port} ${stdout}`);
    expect(await codeOf({ knownHosts: [] })).toBe('host-key-unknown');
    expect(await codeOf({ knownHosts: [other] })).toBe('host-key-changed');
    expect(await codeOf({ identityFile: stranger })).toBe('auth-failed');
    expect(await codeOf({ port: 1 })).toBe('unreachable');
    expect(await codeOf({ address: 'no-such-host.invalid' })).toBe('unreachable');
  });

  test.each(['ssh', 'openssh'] as const)(
    '%s: through two jump hosts, whose keys are checked too',
    async (transport) => {
      const hop = `${sshd.user}@127.0.0.1:${sshd.port}`;
      const jump = `${hop},${hop}`;
      const around = context();
      const connection = await connect(there({ transport, jump }), around, signal);
      const { hello } = await connection.openShell({ root: false, hello: 'echo through', signal });
      expect(told(hello)).toBe('0|through\n');
      await connection.close();
      await closeJumpHosts(around.cache);
      await expect(connect(there({ transport, jump, knownHosts: [] }), context(), signal)).rejects.toMatchObject({
        problems: [{ code: 'host-key-unknown' }],
      });
    },
  );

  test('reads its keys as ssh-keyscan does', async () => {
    const { keys: scanned } = await scanHostKeys(there(), context(), signal);
    const { stdout } = spawnSync('ssh-keyscan', ['-p', String(sshd.port), '127.0.0.1'], { encoding: 'utf8' });
    const theirs = stdout
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .sort();
    expect(scanned.map(({ name, type, key }) => `${name} ${type} ${key.toString('base64')}`).sort()).toEqual(theirs);
  });

  test.each(['ssh', 'openssh'] as const)(
    '%s: a login shell that ends at once is told from a lost connection',
    async (transport) => {
      const short = await startSshd({ lines: ['ForceCommand echo not available; exit 1'] });
      const { port, user, identityFile, knownHosts } = short;
      const connection = await connect(
        target({ port, user, identityFile, knownHosts: [knownHosts], transport }),
        context(),
        signal,
      );
      for (let opening = 0; opening < 10; opening += 1) {
        const error = await connection
          .openShell({ root: false, hello: ':', signal })
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({
          problems: [{ code: 'shell-unusable', detail: expect.stringMatching(/status 1.*not available/s) }],
        });
      }
      await connection.close();
      await short.close();
    },
  );
});

test('this machine', async () => {
  const connection = await connect(target({ transport: 'local' }), context(), signal);
  const { hello } = await connection.openShell({ root: false, hello: 'id -un; echo $LOGNAME', signal });
  expect(told(hello)).toBe(`0|${connection.user}\n${connection.user}\n`);
  expect(connection.hostKey).toBeUndefined();
  await connection.close();
  expect(await connection.closed).toBeUndefined();
});
