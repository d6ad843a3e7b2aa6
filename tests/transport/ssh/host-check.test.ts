// What decides about a host's key besides its name: the address it was reached at, and how long an RSA key is.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type HostCheck, HostKeyJudge } from '../../../engine/transport/ssh/host-check.ts';
import { scratch } from '../scratch.ts';
import { newKeyFile, publicOf } from '../ssh-world.ts';
import { context } from '../targets.ts';

const [right, other, rsa] = [newKeyFile(), newKeyFile(), newKeyFile('rsa')].map(publicOf);
const blob = (key: string | undefined): Buffer => Buffer.from(key?.split(' ')[1] ?? '', 'base64');

async function verdict(known: string, key: string | undefined, address: string, more: Partial<HostCheck> = {}) {
  const file = join(scratch(), 'known_hosts');
  writeFileSync(file, known);
  const check: HostCheck = {
    names: ['web1'],
    port: 22,
    pins: [],
    own: [file],
    algorithms: undefined,
    revokedKeys: [],
    leastRsaBits: 0,
    checkAddress: true,
    lenient: [],
    ...more,
  };
  const judge = await HostKeyJudge.of(check, context());
  return judge.admit(blob(key), 'web1', address).then(
    () => 'in',
    (error) => error.problems[0].code,
  );
}

test.each<[what: string, known: string, address: string, verdict: string]>([
  ['nothing is known of the address', `web1 ${right}`, '192.0.2.1', 'in'],
  ['the address has the key', `web1,192.0.2.1 ${right}`, '192.0.2.1', 'in'],
  ['the address has another key', `web1 ${right}\n192.0.2.1 ${other}`, '192.0.2.1', 'host-key-changed'],
  ['the address has both', `web1 ${right}\n192.0.2.1 ${other}\n192.0.2.1 ${right}`, '192.0.2.1', 'in'],
  ['the key is revoked for the address', `web1 ${right}\n@revoked 192.0.2.1 ${right}`, '192.0.2.1', 'host-key-revoked'],
  ['the address alone has the key', `192.0.2.1 ${right}`, '192.0.2.1', 'host-key-unknown'],
  ['this machine', `web1 ${right}\n127.0.0.1 ${other}`, '127.0.0.1', 'in'],
])('CheckHostIP: %s', async (_what, known, address, code) => {
  expect(await verdict(`${known}\n`, right, address)).toBe(code);
});

test('CheckHostIP with a port, and without the option', async () => {
  const known = `web1 ${right}\n[192.0.2.1]:2222 ${other}\n`;
  expect(await verdict(known, right, '192.0.2.1', { port: 2222 })).toBe('host-key-changed');
  expect(await verdict(known, right, '192.0.2.1', { port: 2222, checkAddress: false })).toBe('in');
});

test.each([
  [3072, 'in'],
  [3073, 'host-key-unknown'],
])('RequiredRSASize %i', async (leastRsaBits, code) => {
  expect(await verdict(`web1 ${rsa}\n`, rsa, '192.0.2.1', { leastRsaBits })).toBe(code);
  expect(await verdict(`web1 ${right}\n`, right, '192.0.2.1', { leastRsaBits })).toBe('in');
});
