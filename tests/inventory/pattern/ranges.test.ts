import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandRange, MOST_NAMES } from '../../../engine/inventory/pattern/ranges.ts';

test.each([
  ['web', 'web'],
  ['web[1:3]', 'web1 web2 web3'],
  ['web[01:03].example.com', 'web01.example.com web02.example.com web03.example.com'],
  ['web[098:101]', 'web098 web099 web100 web101'],
  ['n[0:10:5]', 'n0 n5 n10'],
  ['n[:2]', 'n0 n1 n2'],
  ['n[a:c]', 'na nb nc'],
  ['n[y:B]', 'ny nz nA nB'],
  ['n[a:g:3]', 'na nd ng'],
  ['n[7:7]', 'n7'],
  ['[0:1]x[a:b]', '0xa 0xb 1xa 1xb'],
])('%s', (pattern, names) => {
  expect(expandRange(pattern)).toEqual({ kind: 'names', names: names.split(' ') });
});

test.each([
  ['web[1:3', 'has no ‹]›'],
  ['web1:3]', 'without its ‹[›'],
  ['web[1]', 'must be [begin:end]'],
  ['web[1:2:3:4]', 'must be [begin:end]'],
  ['web[1:]', 'has no end'],
  ['web[3:1]', 'begins after its end'],
  ['web[c:a]', 'begins after its end'],
  ['web[01:3]', 'equal length'],
  ['web[1:3:0]', 'a step'],
  ['web[1:3:-1]', 'a step'],
  ['web[1:c]', 'two whole numbers or two single letters'],
  ['web[aa:bb]', 'two whole numbers or two single letters'],
  ['web[1:100000000]', 'at most'],
  ['[0:999][0:999][0:999]', 'at most'],
])('%s is refused', (pattern, reason) => {
  const expansion = expandRange(pattern);
  expect(expansion.kind === 'fault' ? expansion.fault : '').toContain(reason);
});

describe('properties', () => {
  test('a range has one name for each number, in order, all different', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.integer({ min: 1, max: 9 }), (from, more, step) => {
        const expansion = expandRange(`h[${from}:${from + more}:${step}]`);
        if (expansion.kind === 'fault') throw new Error(expansion.fault);
        const numbers = expansion.names.map((name) => Number(name.slice(1)));
        expect(numbers[0]).toBe(from);
        expect(numbers.length).toBe(Math.floor(more / step) + 1);
        expect(new Set(expansion.names).size).toBe(numbers.length);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }),
    );
  });

  test('padding keeps the width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(40), (width, more) => {
        const ends = [1, 1 + more].map((end) => String(end).padStart(width, '0'));
        const expansion = expandRange(`h[${ends.join(':')}]`);
        if (expansion.kind === 'fault') throw new Error(expansion.fault);
        expect(expansion.names.every((name) => name.length === width + 1)).toBe(true);
      }),
    );
  });

  test('whatever is written, there are names without brackets, not too many, or a fault', () => {
    const text = fc.string({
      unit: fc.constantFrom('[', ']', ':', '0', '1', '9', 'a', 'z', 'Z', '.', '-'),
      maxLength: 24,
    });
    fc.assert(
      fc.property(text, (pattern) => {
        const expansion = expandRange(pattern);
        if (expansion.kind === 'fault') return;
        expect(expansion.names.length).toBeLessThanOrEqual(MOST_NAMES);
        expect(expansion.names.some((name) => /[[\]]/.test(name))).toBe(false);
      }),
    );
  });
});
