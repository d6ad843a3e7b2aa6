// The difference of two texts, line by line: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).

/** One line of an edit script: kept, only before (`-`), or only after (`+`). */
export interface Edit {
  readonly op: ' ' | '-' | '+';
  readonly line: string;
}

/** A hunk as `diff -u` writes it. Lines count from 1; a side without lines names the line before it. */
export interface Hunk {
  readonly before: { readonly start: number; readonly count: number };
  readonly after: { readonly start: number; readonly count: number };
  readonly edits: readonly Edit[];
}

// Beyond this many edits the shortest script is not worth its time: the rest is shown as replaced. Still correct.
const MOST_EDITS = 1000;

/** Splits a text into lines that keep their line feed, so that a missing one at the end is a difference too. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The edits that make `after` of `before`: the kept and removed lines are `before`, the kept and added are `after`. */
export function diffLines(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [
    ...before.slice(0, head).map((line): Edit => ({ op: ' ', line })),
    ...shortestEdits(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map((line): Edit => ({ op: ' ', line })),
  ];
}

/** The hunks of a unified diff with `context` lines around each difference; none where the texts are the same. */
export function unifiedDiff(before: string, after: string, context = 3): Hunk[] {
  const edits = diffLines(splitLines(before), splitLines(after));
  const hunks: Hunk[] = [];
  let [old, now] = [0, 0]; // lines consumed on either side before edits[from]
  let from = 0;
  for (const [start, end] of ranges(edits, context)) {
    for (; from < start; from++) [old, now] = step(edits[from], old, now);
    const [oldStart, nowStart] = [old, now];
    for (; from < end; from++) [old, now] = step(edits[from], old, now);
    hunks.push({
      before: { start: oldStart + (old > oldStart ? 1 : 0), count: old - oldStart },
      after: { start: nowStart + (now > nowStart ? 1 : 0), count: now - nowStart },
      edits: edits.slice(start, end),
    });
  }
  return hunks;
}

/** The hunks as lines of text, headed `@@ -1,3 +1,4 @@`, as patch(1) reads them. */
export function hunkLines(hunk: Hunk): string[] {
  const range = ({ start, count }: Hunk['before']) => (count === 1 ? `${start}` : `${start},${count}`);
  const lines = [`@@ -${range(hunk.before)} +${range(hunk.after)} @@`];
  for (const { op, line } of hunk.edits) {
    if (line.endsWith('\n')) lines.push(op + line.slice(0, -1));
    else lines.push(op + line, '\\ No newline at end of file');
  }
  return lines;
}

function step(edit: Edit | undefined, old: number, now: number): [number, number] {
  return [edit?.op === '+' ? old : old + 1, edit?.op === '-' ? now : now + 1];
}

/** Half-open ranges of `edits` around its differences, joined where their contexts touch. */
function ranges(edits: readonly Edit[], context: number): [number, number][] {
  const found: [number, number][] = [];
  edits.forEach((edit, index) => {
    if (edit.op === ' ') return;
    const last = found.at(-1);
    const end = Math.min(edits.length, index + 1 + context);
    if (last && index - context <= last[1]) last[1] = end;
    else found.push([Math.max(0, index - context), end]);
  });
  return found;
}

/** Myers' greedy search. `trace[d][k + d]` is the furthest x on diagonal k = x − y reached with d edits. */
function shortestEdits(before: readonly string[], after: readonly string[]): Edit[] {
  const [n, m] = [before.length, after.length];
  const trace: Int32Array[] = [];
  for (let d = 0; d <= Math.min(n + m, MOST_EDITS); d++) {
    const previous = trace[d - 1];
    const row = new Int32Array(2 * d + 1);
    for (let k = -d; k <= d; k += 2) {
      let x = previous ? furthest(previous, d, k).x : 0;
      while (x < n && x - k < m && before[x] === after[x - k]) x++;
      row[k + d] = x;
      if (x >= n && x - k >= m) return backtrack(before, after, [...trace, row]);
    }
    trace.push(row);
  }
  return [...before.map((line): Edit => ({ op: '-', line })), ...after.map((line): Edit => ({ op: '+', line }))];
}

/** The better of the two ways to diagonal k with one edit more than `previous`: down (an added line) or right. */
function furthest(previous: Int32Array, d: number, k: number): { x: number; down: boolean } {
  const right = k > -d ? (previous[k - 1 + d - 1] ?? -1) : -1;
  const down = k < d ? (previous[k + 1 + d - 1] ?? -1) : -1;
  return k === -d || (k !== d && right < down) ? { x: down, down: true } : { x: right + 1, down: false };
}

function backtrack(before: readonly string[], after: readonly string[], trace: readonly Int32Array[]): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const previous = trace[d - 1];
    const way = previous ? furthest(previous, d, x - y) : undefined;
    const startX = way ? way.x : 0;
    for (; x > startX; x--, y--) edits.push({ op: ' ', line: before[x - 1] ?? '' });
    if (!way) continue;
    if (way.down) edits.push({ op: '+', line: after[--y] ?? '' });
    else edits.push({ op: '-', line: before[--x] ?? '' });
  }
  return edits.reverse();
}
