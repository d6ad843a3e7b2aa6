import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffLines, hunkLines, splitLines, unifiedDiff } from '../../../engine/view/text/diff.ts';
import { cpuTime } from '../../cpu-time.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });
const text = fc.oneof(
  lines.map((parts) => parts.join('\n')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Applies what patch(1) would see to `before`. */
function patched(before: string, hunks: ReturnType<typeof unifiedDiff>): string {
  const old = splitLines(before);
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const start = hunk.before.count === 0 ? hunk.before.start : hunk.before.start - 1;
    result.push(...old.slice(at, start));
    at = start + hunk.before.count;
    expect(hunk.edits.filter(({ op }) => op !== '+').map(({ line }) => line)).toEqual(old.slice(start, at));
    result.push(...hunk.edits.filter(({ op }) => op !== '-').map(({ line }) => line));
  }
  return [...result, ...old.slice(at)].join('');
}

function shown(before: string, after: string): string {
  return unifiedDiff(before, after).flatMap(hunkLines).join('\n');
}

describe('diffLines', () => {
  test('kept and removed lines are the text before, kept and added the text after', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = diffLines(splitLines(before), splitLines(after));
        const side = (drop: string) => edits.flatMap(({ op, line }) => (op === drop ? [] : [line])).join('');
        expect(side('+')).toBe(before);
        expect(side('-')).toBe(after);
      }),
    );
  });

  test('is as short as can be: removed and added lines are those outside a longest common subsequence', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const edits = diffLines(before, after);
        expect(edits.filter(({ op }) => op === ' ')).toHaveLength(longestCommon(before, after));
      }),
    );
  });

  test('texts with nothing in common are shown as replaced, quickly however long they are', () => {
    const [before, after] = ['a', 'b'].map((name) =>
      Array.from({ length: 50_000 }, (_, i) => `${name}${i}\n`).join(''),
    );
    const began = cpuTime();
    const hunks = unifiedDiff(before ?? '', after ?? '');
    expect(cpuTime() - began).toBeLessThan(3000);
    expect(patched(before ?? '', hunks)).toBe(after);
  });
});

describe('unifiedDiff', () => {
  test('applied to the text before gives the text after', () => {
    fc.assert(
      fc.property(text, text, fc.nat(4), (before, after, context) => {
        expect(patched(before, unifiedDiff(before, after, context))).toBe(after);
      }),
    );
  });

  test.each([
    ['the same', 'a\nb\n', 'a\nb\n', ''],
    ['a new file', '', 'a\nb\n', '@@ -0,0 +1,2 @@\n+a\n+b'],
    ['an emptied file', 'a\n', '', '@@ -1 +0,0 @@\n-a'],
    [
      'one line in the middle',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
      '1\n2\n3\n4\nfive\n6\n7\n8\n9\n',
      '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8',
    ],
    ['a line feed that is missing now', 'a\nb\n', 'a\nb', '@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file'],
    ['carriage returns', 'a\r\n', 'a\n', '@@ -1 +1 @@\n-a\r\n+a'],
  ])('%s', (_, before, after, expected) => {
    expect(shown(before, after)).toBe(expected);
  });

  test('differences far apart are hunks of their own, near ones share one', () => {
    const before = Array.from({ length: 30 }, (_, i) => `${i}\n`);
    const change = (...at: number[]) => before.map((line, i) => (at.includes(i) ? `new ${line}` : line)).join('');
    expect(unifiedDiff(before.join(''), change(2, 25))).toHaveLength(2);
    expect(unifiedDiff(before.join(''), change(10, 16))).toHaveLength(1);
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const next = [0];
    b.forEach((y, j) => {
      next.push(x === y ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    });
    row = next;
  }
  return row[b.length] ?? 0;
}
