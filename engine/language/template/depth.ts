// How deep a template's blocks and calls stand in one another, counted without recursion: what it protects recurses.

/** The first place that is nested deeper than `most`; undefined when none is. */
export function tooDeep(source: string, most: number): number | undefined {
  const blocks: number[] = [];
  let depth = 0;
  for (const { 1: mark = '', index, 0: tag } of source.matchAll(TAG)) {
    if (mark === '#') {
      blocks.push(1);
      depth += 1;
    } else if (mark === '/') depth -= blocks.pop() ?? 0;
    else if (mark === 'else') {
      // `{{else if x}}` is a block in the one that it continues
      const last = blocks.length - 1;
      blocks[last] = (blocks[last] ?? 0) + 1;
      depth += 1;
    } else if (parentheses(tag) > most) return index;
    if (depth > most) return index;
  }
  return undefined;
}

/** The beginning of a block, of its end or of another branch with a condition; a call with calls in it. */
const TAG = /\{\{~?\s*(#|\/|else(?=\s+\w)|(?=[^{}(]{0,200}\()[^{}]*)/g;

function parentheses(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const char of text) {
    if (char === '(') deepest = Math.max(deepest, ++open);
    else if (char === ')') open -= 1;
  }
  return deepest;
}
