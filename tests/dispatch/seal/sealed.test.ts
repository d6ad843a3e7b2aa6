// What is sealed opens with the same key for the same context alone, and then whole.
import { createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newRunKey } from '../../../engine/dispatch/seal/run-key.ts';
import { opened, sealed } from '../../../engine/dispatch/seal/sealed.ts';
import { problemOf } from '../problem-of.ts';

const context = fc.string({ unit: 'grapheme', maxLength: 60 });
const bytes = fc.uint8Array({ maxLength: 300 });

async function refused(act: () => unknown): Promise<void> {
  expect((await problemOf(act)).code).toBe('seal-broken');
}

test('what is sealed opens again, and is never twice the same', () => {
  const key = newRunKey();
  fc.assert(
    fc.property(context, bytes, (place, plain) => {
      const once = sealed(key, place, plain);
      expect(once).toHaveLength(plain.length + 29);
      expect([...opened(key, place, once)]).toEqual([...plain]);
      expect(Buffer.from(once).equals(sealed(key, place, plain))).toBe(false);
    }),
  );
});

test('any bit that is another one, any end that is cut, anything that is added', async () => {
  const key = newRunKey();
  await fc.assert(
    fc.asyncProperty(context, bytes, fc.nat(), fc.nat(), async (place, plain, at, length) => {
      const whole = Buffer.from(sealed(key, place, plain));
      const bit = at % (whole.length * 8);
      const altered = Buffer.from(whole);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await refused(() => opened(key, place, altered));
      await refused(() => opened(key, place, whole.subarray(0, length % whole.length)));
      await refused(() => opened(key, place, Buffer.concat([whole, Buffer.of(at & 255)])));
    }),
  );
});

test('any bytes at all are refused, and nothing else happens', async () => {
  const key = newRunKey();
  await fc.assert(fc.asyncProperty(context, bytes, async (place, any) => refused(() => opened(key, place, any))));
});

test('another place, another run', async () => {
  const key = newRunKey();
  await fc.assert(
    fc.asyncProperty(context, context, bytes, async (place, other, plain) => {
      fc.pre(place !== other);
      await refused(() => opened(key, other, sealed(key, place, plain)));
      await refused(() => opened(newRunKey(), place, sealed(key, place, plain)));
    }),
  );
});

test('a known answer, by two other implementations (Python’s cryptography, and AES and GHASH written out)', () => {
  const key = { secret: createSecretKey(Buffer.from(Array.from({ length: 32 }, (_, index) => index))) };
  const known = '01000102030405060708090a0b157cd2931b067048958583560a28b0f1f3f24a4dce8cc7f412d48a8501393385a95b580b';
  const plain = opened(key, 'ev/20260501T093000Z-4f1c/web1/7/1', Buffer.from(known, 'hex'));
  expect(Buffer.from(plain).toString()).toBe('{"type":"run.begun"}');
});

test('the refusal names the place, and what to do', async () => {
  const key = newRunKey();
  const problem = await problemOf(() => opened(key, 'bundle/R', sealed(key, 'bundle/Q', Buffer.from('x'))));
  expect(problem).toMatchObject({ code: 'seal-broken', summary: '‹bundle/R› can’t be opened' });
  expect(problem.hint).toContain('Start the run again');
});

test('a key prints as nothing', () => {
  const key = newRunKey();
  const hex = key.secret.export().toString('hex');
  expect(`${inspect(key, { depth: 9 })}${JSON.stringify(key)}`).not.toContain(hex);
  expect(JSON.stringify(key)).toBe('{"secret":{}}');
});
