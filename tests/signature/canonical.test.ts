import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, parseCanonical } from '../../engine/signature/canonical.ts';

describe('canonical', () => {
  it('writes the example of RFC 8785, section 3.2.2', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 code units, as section 3.2.3 shows', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };
    expect(canonical(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('leaves out what is undefined, as JSON does', () => {
    expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['a date', new Date(0)],
    ['undefined in a list', [undefined]],
    ['a function', () => 1],
    ['a bigint', 1n],
  ])('refuses %s', (_, value) => {
    expect(() => canonical(value)).toThrow(TypeError);
  });
});

describe('parseCanonical', () => {
  it('reads what canonical wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        expect(parseCanonical(Buffer.from(canonical(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['white space', '{"a": 1}'],
    ['names out of order', '{"b":1,"a":2}'],
    ['a name twice', '{"a":1,"a":1}'],
    ['another spelling of a number', '[1.0]'],
    ['another spelling of a character', '"\\u0041"'],
    ['a byte order mark', '\ufeff{}'],
    ['bytes after the value', '{}\n'],
    ['a slash with its backslash', '"\\/"'],
    ['minus zero', '[-0]'],
    ['what is not JSON', '{'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(() => parseCanonical(Buffer.from(text))).toThrow(/JSON/);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => parseCanonical(Buffer.of(0x22, 0xff, 0x22))).toThrow('not UTF-8');
  });

  it('keeps the name __proto__', () => {
    expect(canonical(parseCanonical(Buffer.from('{"__proto__":1}')))).toBe('{"__proto__":1}');
  });
});
