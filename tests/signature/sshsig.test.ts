import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fingerprint } from '../../engine/base/digest.ts';
import { newPrivateKey, readPrivateKey, signWithKey } from '../../engine/signature/private-key.ts';
import { parsePublicKey, publicKeyBlob, publicKeyLine } from '../../engine/signature/public-key.ts';
import {
  makeSshSignature,
  makeSshSignatureSync,
  parseSshSignature,
  SignatureVerifier,
} from '../../engine/signature/sshsig.ts';
import { mpint, WireReader, wireString } from '../../engine/signature/wire.ts';

// Keys are made and shells started: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

const message = Buffer.from('{"a":1}\n');
let directory = '';
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'vrun-sshsig-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What stock ssh-keygen says of a signature by this key. */
function stockVerify(publicKey: Buffer, signature: string, data = message): boolean {
  const [signers, file] = [path.join(directory, 'signers'), path.join(directory, 'sig')];
  writeFileSync(signers, `me ${publicKeyLine(publicKey)}\n`);
  writeFileSync(file, signature);
  const args = ['-Y', 'verify', '-f', signers, '-I', 'me', '-n', 'test', '-s', file];
  return spawnSync('ssh-keygen', args, { input: data }).status === 0;
}

const types = [
  ['ed25519', []],
  ['ecdsa', ['-b', '256']],
  ['ecdsa', ['-b', '384']],
  ['ecdsa', ['-b', '521']],
  ['rsa', ['-b', '2048']],
] as const;

describe.each(types)('a key of ssh-keygen -t %s %s', (type, bits) => {
  const name = `${type}${bits.join('')}`;
  function stockKey(...more: string[]): string {
    const file = path.join(directory, `${name}${more.length}`);
    rmSync(file, { force: true });
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      type,
      ...bits,
      '-a',
      '1',
      '-f',
      file,
      ...(more.length > 0 ? more : ['-N', '']),
    ]);
    return file;
  }

  it('signs what ssh-keygen accepts, and accepts what ssh-keygen signs', async () => {
    const file = stockKey();
    const result = readPrivateKey(readFileSync(file, 'utf8'));
    if (result.kind !== 'key') throw new Error(result.kind);
    const blob = publicKeyBlob(result.key);
    expect(blob).toEqual(parsePublicKey(readFileSync(`${file}.pub`, 'utf8'))?.blob);
    // Numbers with leading zero bytes are one in 256: several signatures meet them now and then.
    for (let count = 0; count < 20; count++) {
      const data = Buffer.from(`message ${count}`);
      const own = await makeSshSignature(blob, 'test', data, (bytes) => signWithKey(result.key, bytes));
      expect(new SignatureVerifier().verify(own, 'test', data)).toEqual(blob);
      if (count < 3) expect(stockVerify(blob, own, data)).toBe(true);
    }
    const stock = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', file, '-n', 'test'], {
      input: message,
      encoding: 'utf8',
    });
    expect(new SignatureVerifier().verify(stock, 'test', message)).toEqual(blob);
  });

  it('is read with its passphrase, in each format', () => {
    for (const format of [[], ['-m', 'PEM'], ['-m', 'PKCS8']]) {
      if (type === 'ed25519' && format.length > 0) continue;
      const text = readFileSync(stockKey('-N', 'correct horse', ...format), 'utf8');
      expect(readPrivateKey(text).kind).toBe('encrypted');
      expect(readPrivateKey(text, 'wrong').kind).toBe('wrong-passphrase');
      expect(readPrivateKey(text, 'correct horse').kind).toBe('key');
    }
  });
});

describe('hardware keys', () => {
  /** What a token does (PROTOCOL.u2f): no real one is here, so its part is played by a key in memory. */
  function token(key: KeyObject, type: string): { blob: Buffer; sign: (data: Uint8Array) => Buffer } {
    const application = Buffer.from('ssh:');
    const plain = new WireReader(publicKeyBlob(key));
    plain.string();
    const parts = type.includes('ecdsa') ? [plain.string(), plain.string()] : [plain.string()];
    const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
    const tail = Buffer.of(1, 0, 0, 0, 7);
    return {
      blob: Buffer.concat([wireString(type), ...parts.map(wireString), wireString(application)]),
      sign: (data) => {
        const signed = Buffer.concat([digest(application), tail, digest(data)]);
        const raw = type.includes('ecdsa')
          ? sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' })
          : sign(null, signed, key);
        const body = type.includes('ecdsa')
          ? Buffer.concat([mpint(raw.subarray(0, 32)), mpint(raw.subarray(32))])
          : raw;
        return Buffer.concat([wireString(type), wireString(body), tail]);
      },
    };
  }

  it.each([
    ['sk-ssh-ed25519@openssh.com', () => generateKeyPairSync('ed25519').privateKey],
    ['sk-ecdsa-sha2-nistp256@openssh.com', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ])('%s: ssh-keygen and vrun agree', (type, make) => {
    const { blob, sign } = token(make(), type);
    const signature = makeSshSignatureSync(blob, 'test', message, sign);
    expect(new SignatureVerifier().verify(signature, 'test', message)).toEqual(blob);
    expect(stockVerify(blob, signature)).toBe(true);
    const counter = makeSshSignatureSync(blob, 'test', message, (data) => {
      const bytes = sign(data);
      bytes.writeUInt8(8, bytes.length - 1);
      return bytes;
    });
    expect(() => new SignatureVerifier().verify(counter, 'test', message)).toThrow('wrong');
    expect(stockVerify(blob, counter)).toBe(false);
  });
});

describe('what is refused', () => {
  const { key } = newPrivateKey('me');
  const blob = publicKeyBlob(key);
  const good = makeSshSignatureSync(blob, 'test', message, (data) => signWithKey(key, data));

  it('any one changed byte', () => {
    const bytes = Buffer.from(good);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
        expect(() => new SignatureVerifier().verify(changed.toString('latin1'), 'test', message)).toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['another message', 'test', Buffer.from('x'), good, 'wrong'],
    ['another namespace', 'other', message, good, 'is for test'],
    ['no newline at the end', 'test', message, good.trimEnd(), 'armored'],
    ['a line more', 'test', message, `${good}\n`, 'OpenSSH'],
    ['CRLF', 'test', message, good.replaceAll('\n', '\r\n'), 'armored'],
    ['nothing', 'test', message, '', 'armored'],
  ])('%s', (_, namespace, data, signature, reason) => {
    expect(() => new SignatureVerifier().verify(signature, namespace, data)).toThrow(reason);
  });

  it('an RSA key of fewer than 1024 bits, as ssh-keygen does', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1016 }).privateKey;
    const signature = makeSshSignatureSync(publicKeyBlob(short), 'test', message, (data) => signWithKey(short, data));
    expect(() => new SignatureVerifier().verify(signature, 'test', message)).toThrow('1024');
  });

  it('an RSA signature by SHA-1', () => {
    const long = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const signature = makeSshSignatureSync(publicKeyBlob(long), 'test', message, (data) =>
      Buffer.concat([wireString('ssh-rsa'), wireString(sign('sha1', data, long))]),
    );
    expect(() => new SignatureVerifier().verify(signature, 'test', message)).toThrow('wrong');
  });
});

describe('newPrivateKey', () => {
  it('makes what ssh-keygen reads', () => {
    for (const comment of ['', 'a', 'me@here', 'x'.repeat(40)]) {
      const { key, file } = newPrivateKey(comment);
      const name = path.join(directory, 'made');
      writeFileSync(name, file, { mode: 0o600 });
      const line = execFileSync('ssh-keygen', ['-y', '-f', name], { encoding: 'utf8' }).trim();
      expect(line).toBe(`${publicKeyLine(publicKeyBlob(key))} ${comment}`.trim());
      const print = execFileSync('ssh-keygen', ['-l', '-f', name], { encoding: 'utf8' });
      expect(print).toContain(fingerprint(publicKeyBlob(key)));
      const read = readPrivateKey(file);
      expect(
        read.kind === 'key' && read.key.equals(createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }))),
      ).toBe(true);
    }
  });

  it('knows what is no key', () => {
    expect(readPrivateKey('hello').kind).toBe('not-a-key');
    expect(readPrivateKey('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----').kind).toBe(
      'not-a-key',
    );
    expect(parsePublicKey('ssh-rsa AAAA')).toBeUndefined();
    expect(() => parseSshSignature('x')).toThrow();
  });
});
