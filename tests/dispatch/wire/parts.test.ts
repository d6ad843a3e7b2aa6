import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Assembly, partsOf } from '../../../engine/dispatch/wire/parts.ts';

test('what goes in parts comes as a whole, whoever sends meanwhile', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 50 }),
      fc.uint8Array({ maxLength: 50 }),
      fc.integer({ min: 2, max: 9 }),
      (one, other, most) => {
        const assembly = new Assembly();
        const queues = [partsOf(one, most), partsOf(other, most)] as const;
        for (const parts of queues) for (const part of parts) expect(part.length).toBeLessThanOrEqual(most);
        const whole: (Uint8Array | undefined)[] = [undefined, undefined];
        for (let at = 0; at < Math.max(...queues.map(({ length }) => length)); at += 1) {
          for (const [sender, parts] of queues.entries()) {
            const part = parts[at];
            if (part) whole[sender] = assembly.take(`h${sender}`, 1, part) ?? whole[sender];
          }
        }
        expect(whole.map((bytes) => [...(bytes ?? [])])).toEqual([[...one], [...other]]);
      },
    ),
  );
});

test('an attempt that broke off in the middle is forgotten', () => {
  const assembly = new Assembly();
  const [first] = partsOf(Buffer.from('abcdef'), 4);
  const [whole] = partsOf(Buffer.from('xy'), 4);
  expect(assembly.take('h', 1, first ?? Buffer.alloc(0))).toBeUndefined();
  expect(String(assembly.take('h', 2, whole ?? Buffer.alloc(0)))).toBe('xy');
});
