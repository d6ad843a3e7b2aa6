import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatNetwork, holds, parseNetwork } from '../../../modules/ufw/address.ts';

const text = (given: string) => {
  const network = parseNetwork(given);
  return network && formatNetwork(network);
};

describe('addresses', () => {
  test.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['::', '::'],
    ['1::', '1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:1.2.3.4', '::ffff:102:304'],
  ])('%s is %s', (given, expected) => {
    expect(text(given)).toBe(expected);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/8/8',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    'g::',
    'host',
    '::1/129',
    '1:2:3:4:5:6:7',
  ])('%j is none', (given) => {
    expect(text(given)).toBeUndefined();
  });

  test('Node agrees about what is an address', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', '::') })),
        (given) => {
          expect(parseNetwork(given) !== undefined).toBe(isIPv4(given) || isIPv6(given));
        },
      ),
    );
  });

  test('written and read again it is the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (given) => {
        const network = parseNetwork(given);
        expect(network && parseNetwork(formatNetwork(network))).toEqual(network);
        // URL has a parser and a writer of its own.
        if (network?.family === 6) expect(`[${formatNetwork(network)}]`).toBe(new URL(`http://[${given}]/`).hostname);
      }),
    );
  });

  test('which holds which', () => {
    const pairs: [string, string, boolean][] = [
      ['10.0.0.0/8', '10.255.0.1', true],
      ['10.0.0.0/8', '11.0.0.1', false],
      ['10.0.0.1', '10.0.0.0/8', false],
      ['0.0.0.0/0', '::1', false],
      ['2001:db8::/32', '2001:db8:ffff::1', true],
    ];
    for (const [outer, inner, expected] of pairs) {
      const [a, b] = [parseNetwork(outer), parseNetwork(inner)];
      expect(a && b && holds(a, b)).toBe(expected);
    }
  });
});
