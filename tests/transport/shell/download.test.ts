import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { HostConnection } from '../../../engine/transport/host-connection.ts';
import { loginLocally } from '../../../engine/transport/local.ts';
import { never } from '../shells.ts';
import { target } from '../targets.ts';

async function brought(script: string, user?: string): Promise<Buffer> {
  const session = new HostConnection(loginLocally({ localUser: 'nobody', home: '/' }), target({ transport: 'local' }));
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of session.download({ root: false, user, script, signal: never })) pieces.push(piece);
    return Buffer.concat(pieces);
  } finally {
    await session.close();
  }
}

test.each([0, 1, 40, 65_536, 3_000_001])('%d bytes, all of them', async (size) => {
  const got = await brought(`head -c ${size} /dev/zero | tr '\\0' x`);
  expect([got.length, got.every((byte) => byte === 120)]).toEqual([size, true]);
});

test('what looks like a mark is none', async () => {
  const text = `${'a'.repeat(32)}:end:0:\n:go:\n:end:1:\n`;
  expect((await brought(`printf %s '${text}'`)).toString()).toBe(text);
});

test('binary output, with what goes to standard error left out', async () => {
  expect(await brought(`printf '\\000\\377\\n\\001'; echo noise >&2`)).toEqual(Buffer.from([0, 255, 10, 1]));
});

test.each([
  ['after whatever it printed', 'echo half; echo "disk on fire" >&2; exit 3'],
  ['even later', '{ sleep 0.2; echo "disk on fire" >&2; } >/dev/null & exit 3'],
])('a script that fails says so, %s', async (_, script) => {
  await expect(brought(script)).rejects.toMatchObject({
    problems: [{ code: 'step-failed', detail: 'disk on fire' }],
  });
});

test('an output without an end is a lost connection', async () => {
  await expect(brought('echo half; kill -9 $$')).rejects.toMatchObject({
    problems: [{ code: 'connection-lost' }],
  });
});

test.runIf(process.getuid?.() === 0)('as another user, who may not read everything', async () => {
  expect((await brought('id -un', 'daemon')).toString()).toBe('daemon\n');
  const secret = execFileSync('mktemp').toString().trim();
  await expect(brought(`cat ${secret}`, 'daemon')).rejects.toMatchObject({ problems: [{ code: 'step-failed' }] });
  await expect(brought('id', 'nobody-knows')).rejects.toMatchObject({ problems: [{ code: 'step-failed' }] });
});
