import fc from 'fast-check';
import Type, { type TObject } from 'typebox';
import Value from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { hasShape, shapeFault } from '../../engine/base/shape.ts';

const Inner = Type.Object({ id: Type.Integer({ minimum: 1 }), note: Type.Optional(Type.String({ minLength: 1 })) });
const Whole = Type.Object({
  kind: Type.Literal('whole'),
  digest: Type.String({ pattern: '^[0-9a-f]{2}$' }),
  done: Type.Boolean(),
  list: Type.Array(Inner),
  record: Type.Record(Type.String(), Type.Union([Type.Null(), Inner])),
});
const good = {
  kind: 'whole',
  digest: 'a0',
  done: true,
  list: [{ id: 1 }],
  record: { a: null, b: { id: 2, note: 'x' } },
};

describe('the first thing that is wrong', () => {
  test.each<[string, unknown, string, string]>([
    ['a list', [], '', 'must be object'],
    ['nothing', null, '', 'must be object'],
    ['members that are missing', {}, '', 'must have required properties kind, digest, done, list, record'],
    ['a member of everything', { ...good, list: [{ toString: 1 }] }, 'list.0', 'must have required properties id'],
    ['a constant', { ...good, kind: 'half' }, 'kind', 'must be equal to constant'],
    ['a pattern', { ...good, digest: 'a' }, 'digest', 'must match pattern "^[0-9a-f]{2}$"'],
    ['a fraction', { ...good, list: [{ id: 1 }, { id: 1.5 }] }, 'list.1.id', 'must be integer'],
    ['a number that is too small', { ...good, list: [{ id: 0 }] }, 'list.0.id', 'must be >= 1'],
    ['an empty text', { ...good, list: [{ id: 1, note: '' }] }, 'list.0.note', 'must not have fewer than 1 characters'],
    ['none of several', { ...good, record: { 'a b': 1 } }, 'record.a b', 'must match a schema in anyOf'],
  ])('%s', (_, value, at, message) => {
    expect(shapeFault(Whole, value)).toEqual({ at, message });
  });

  test('is nothing where all is right, whatever else is there', () => {
    expect(shapeFault(Whole, { ...good, other: 1, toString: 'x' })).toBeUndefined();
  });
});

test('it agrees with TypeBox', () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.record(
      Object.fromEntries(
        Object.entries(good).map(([name, value]) => [
          name,
          fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, fc.jsonValue()),
        ]),
      ),
      { requiredKeys: ['kind', 'digest'] },
    ),
  );
  fc.assert(
    fc.property(values, (value) => {
      expect(hasShape(Whole, value)).toBe(Value.Check(Whole, value));
    }),
  );
});

test('a keyword that it does not know is refused, and not passed over', () => {
  const unknown: readonly TObject[] = [
    Type.Object({ a: Type.String({ maxLength: 1 }) }),
    Type.Object({ a: Type.Number() }),
    Type.Object({}, { additionalProperties: false }),
  ];
  for (const shape of unknown) expect(() => shapeFault(shape, { a: 'b' })).toThrow('no shape');
});
