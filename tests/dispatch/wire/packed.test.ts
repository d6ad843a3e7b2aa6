import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packed, unpacked } from '../../../engine/dispatch/wire/packed.ts';
import { Float } from '../../../engine/language/value/float.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { Unknown } from '../../../engine/language/value/value.ts';
import { Content } from '../../../engine/module/content.ts';

const key = fc.oneof(fc.string(), fc.constantFrom('\u0000', '__proto__', 'toJSON'));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.double(),
    fc.tuple(key, fc.string()).map(([name, text]) => new Secret(name, text)),
    fc.string().map((reason) => new Unknown('apply', reason)),
    fc.string().map((reason) => new Unknown('later', reason)),
    fc.constantFrom(new Float(8, '8.0'), new Float(1.1, '1.10')),
    fc.tuple(fc.uint8Array(), fc.boolean()).map(([bytes, secret]) => Content.of(bytes, secret)),
    fc.array(tie('value')),
    fc.array(fc.tuple(key, tie('value'))).map((entries) => new Map(entries)),
    fc.array(fc.string()).map((items) => new Set(items)),
    fc.array(fc.tuple(key, tie('value'))).map((entries) => Object.fromEntries(entries)),
  ),
}));

/** Secrets compare by what they are. */
function opened(data: unknown): unknown {
  if (data instanceof Secret) return { secret: data.name, is: data.reveal() };
  if (data instanceof Unknown || data instanceof Float) return { ...data, of: data.constructor.name };
  if (data instanceof Content) return { sha256: data.sha256, secret: data.secret };
  if (data instanceof Map) return ['map', ...[...data].map(opened)];
  if (data instanceof Set) return ['set', ...data];
  if (Array.isArray(data)) return data.map(opened);
  if (typeof data !== 'object' || data === null) return data;
  return ['members', ...Object.entries(data).map(([name, member]) => [name, opened(member)])];
}

test('what is packed is unpacked as it was', () => {
  fc.assert(
    fc.property(value, (data) => {
      expect(opened(unpacked(packed(data)))).toEqual(opened(data));
    }),
  );
});

test('what somebody else wrote is refused', () => {
  for (const text of ['', '{', '{"\\u0000":["code","x"]}', '{"\\u0000":["map","x"]}', '{"\\u0000":1}']) {
    expect(() => unpacked(Buffer.from(text))).toThrow(SyntaxError);
  }
});
