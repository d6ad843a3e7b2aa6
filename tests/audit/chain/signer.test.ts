import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ENTRY_NAMESPACE, openSigner, type SignerOptions } from '../../../engine/audit/chain/signer.ts';
import { verifyRecord } from '../../../engine/audit/verify/verify.ts';
import { fingerprint } from '../../../engine/base/digest.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { agentSign, agentSigningKeys } from '../../../engine/signature/agent.ts';
import { parsePublicKey, signatureCheck } from '../../../engine/signature/public-key.ts';
import { SignatureVerifier } from '../../../engine/signature/sshsig.ts';
import { recordRun, temporaryDirectory } from '../fixture.ts';

// Keys are made and shells started: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

function keyFile(directory: string, type: string, passphrase = ''): string {
  const file = path.join(directory, `id_${type}`);
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-a', '1', '-N', passphrase, '-C', `${type} key`, '-f', file]);
  return file;
}

/** A real ssh-agent of our own, with these keys. */
function agent(directory: string, ...files: string[]): string {
  const socket = path.join(directory, 'agent');
  const output = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(output)?.[1]);
  onTestFinished(() => {
    process.kill(pid);
  });
  for (const file of files) execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return socket;
}

/** What a Problem says, summary and all. */
async function problemOf(options: SignerOptions): Promise<string> {
  const error: unknown = await openSigner(options).catch((error: unknown) => error);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return error.problems.map(({ code, summary, detail, hint }) => [code, summary, detail, hint].join('\n')).join('\n');
}

async function signs(options: SignerOptions, publicKey: string): Promise<void> {
  const signer = await openSigner(options);
  const signature = await signer.sign(ENTRY_NAMESPACE, Buffer.from('x'));
  const key = new SignatureVerifier().verify(signature, ENTRY_NAMESPACE, Buffer.from('x'));
  expect(key).toEqual(parsePublicKey(readFileSync(publicKey, 'utf8'))?.blob);
}

describe('without a configuration', () => {
  it('the first run makes a key and the list of allowed signers, and says so; the second finds them', async () => {
    const directory = path.join(temporaryDirectory(), '.vrun');
    const first = await openSigner({ directory, operator: 'me@here' });
    expect(first.notices).toHaveLength(2);
    expect(first.notices[0]).toContain('Made the key');
    expect(statSync(path.join(directory, 'key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(first.allowedSigners, 'utf8')).toMatch(
      /^me@here namespaces="vrun-audit-entry-v1" ssh-ed25519 AAAA\S+\n$/,
    );
    const second = await openSigner({ directory, operator: 'other@there' });
    expect(second).toMatchObject({ notices: [], identity: 'me@here', fingerprint: first.fingerprint });
  });

  it('two first runs at once agree on one key', async () => {
    const directory = path.join(temporaryDirectory(), '.vrun');
    const signers = await Promise.all(Array.from({ length: 8 }, () => openSigner({ directory, operator: 'me@here' })));
    expect(new Set(signers.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(readFileSync(path.join(directory, 'allowed_signers'), 'utf8').split('\n')).toHaveLength(2);
  });
});

describe('a key in a file', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'])('%s signs a record that verifies', async (type) => {
    const directory = temporaryDirectory();
    const root = path.join(directory, '.vrun');
    const signer = await openSigner({ directory: root, operator: 'me@here', key: keyFile(directory, type) });
    expect(existsSync(path.join(root, 'key'))).toBe(false);
    await recordRun(root, signer);
    expect((await verifyRecord(root, { allowedSigners: signer.allowedSigners })).ok).toBe(true);
  });

  it('with a passphrase asks for it, unless the agent has the key', async () => {
    const directory = temporaryDirectory();
    const key = keyFile(directory, 'ed25519', 'correct horse');
    const options = { directory, operator: 'me@here', key };
    await signs({ ...options, askPassphrase: async () => 'correct horse' }, `${key}.pub`);
    expect(await problemOf({ ...options, askPassphrase: async () => 'wrong' })).toContain(
      'passphrase of the signing key is wrong',
    );
    expect(await problemOf(options)).toContain(`ssh-add ${key}`);
    const plain = path.join(directory, 'plain');
    writeFileSync(plain, readFileSync(key), { mode: 0o600 });
    execFileSync('ssh-keygen', ['-q', '-p', '-P', 'correct horse', '-N', '', '-f', plain]);
    await signs({ ...options, agentSocket: agent(directory, plain) }, `${key}.pub`);
  });

  it('that is missing or no key is a Problem that says what to do', async () => {
    const directory = temporaryDirectory();
    const options = { directory, operator: 'me@here' };
    expect(await problemOf({ ...options, key: path.join(directory, 'nowhere') })).toMatch(
      /^signer\nThe signing key is missing/,
    );
    writeFileSync(path.join(directory, 'text'), 'hello');
    expect(await problemOf({ ...options, key: path.join(directory, 'text') })).toContain('is not a key');
    expect(await problemOf({ ...options, key: directory })).toContain('cannot be read');
  });
});

describe('a key in ssh-agent', () => {
  it('signs as every type', async () => {
    const directory = temporaryDirectory();
    const socket = agent(directory, ...['ed25519', 'ecdsa', 'rsa'].map((type) => keyFile(directory, type)));
    const keys = await agentSigningKeys(socket);
    expect(keys.map(({ comment }) => comment)).toEqual(['ed25519 key', 'ecdsa key', 'rsa key']);
    for (const { blob } of keys) {
      const signature = await agentSign(socket, blob, Buffer.from('x'));
      expect(signatureCheck(blob)(Buffer.from('x'), signature)).toBe(true);
    }
  });

  it('is found by comment, fingerprint, public key, or alone', async () => {
    const directory = temporaryDirectory();
    const [one, two] = [keyFile(directory, 'ed25519'), keyFile(directory, 'ecdsa')];
    const agentSocket = agent(directory, one, two);
    const blob = parsePublicKey(readFileSync(`${one}.pub`, 'utf8'))?.blob ?? Buffer.alloc(0);
    for (const key of ['agent:ed25519 key', `agent:${fingerprint(blob)}`, `agent:${one}.pub`, `${one}.pub`]) {
      await signs({ directory, operator: 'me@here', key, agentSocket }, `${one}.pub`);
    }
    expect(await problemOf({ directory, operator: 'me@here', key: 'agent', agentSocket })).toContain(
      'has several keys',
    );
    expect(await problemOf({ directory, operator: 'me@here', key: 'agent:x', agentSocket })).toContain('does not have');
  });

  it('without an agent is a Problem', async () => {
    const directory = temporaryDirectory();
    expect(await problemOf({ directory, operator: 'me@here', key: 'agent' })).toContain('SSH_AUTH_SOCK');
    const agentSocket = path.join(directory, 'nowhere');
    expect(await problemOf({ directory, operator: 'me@here', key: 'agent', agentSocket })).toContain('cannot be used');
  });
});

describe('allowed signers', () => {
  it('that are configured must list the key, under whose name it then signs', async () => {
    const directory = temporaryDirectory();
    const key = keyFile(directory, 'ed25519');
    const allowedSigners = path.join(directory, 'signers');
    const options = { directory, operator: 'me@here', key, allowedSigners };
    expect(await problemOf(options)).toContain("doesn't exist");
    writeFileSync(allowedSigners, '');
    expect(await problemOf(options)).toContain(
      'add this line to the file:\n\n    me@here namespaces="vrun-audit-entry-v1" ssh-ed25519 ',
    );
    writeFileSync(allowedSigners, `*@wild,ops@vantus.systems ${readFileSync(`${key}.pub`, 'utf8')}`);
    expect((await openSigner(options)).identity).toBe('ops@vantus.systems');
    expect((await openSigner({ ...options, identity: 'a@wild' })).identity).toBe('a@wild');
    expect(await problemOf({ ...options, identity: 'b@tame' })).toContain('for b@tame');
    expect(await problemOf({ ...options, identity: 'b c' })).toContain("can't name a signer");
  });
});
