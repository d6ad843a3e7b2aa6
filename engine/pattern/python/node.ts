// A parsed pattern of Python's kind. Flags are resolved: each node carries those that hold where it stands.

/** Whether case counts; where it doesn't, what the same letter is: of ASCII alone, or as Unicode has it. */
export type Fold = 'no' | Alphabet;

/** What `\w \d \s` and letters are of. */
export type Alphabet = 'ascii' | 'unicode';

/** Any of them may be negated: `\W`. */
export interface Category {
  readonly kind: 'category';
  readonly of: 'digit' | 'space' | 'word';
  readonly negate: boolean;
}

export type SetItem = Category | { readonly kind: 'range'; readonly low: number; readonly high: number };

/** What is matched by one character. */
export type OneNode =
  | { readonly kind: 'char'; readonly code: number; readonly fold: Fold }
  | {
      readonly kind: 'set';
      readonly items: readonly SetItem[];
      readonly negate: boolean;
      readonly fold: Fold;
      readonly alphabet: Alphabet;
    }
  | { readonly kind: 'any'; readonly breaks: boolean };

export type Place = 'line-start' | 'line-end' | 'start' | 'end' | 'last-end' | 'boundary' | 'inside';

export type PatternNode =
  | OneNode
  /** `last-end`: at the end, or before a line break there. */
  | { readonly kind: 'at'; readonly place: Place; readonly alphabet: Alphabet }
  | { readonly kind: 'branch'; readonly of: readonly (readonly PatternNode[])[] }
  | { readonly kind: 'group'; readonly group: number | undefined; readonly body: readonly PatternNode[] }
  | { readonly kind: 'atomic'; readonly body: readonly PatternNode[] }
  | RepeatNode
  | LookNode
  | { readonly kind: 'back'; readonly group: number; readonly fold: Fold }
  | {
      readonly kind: 'condition';
      readonly group: number;
      readonly yes: readonly PatternNode[];
      readonly no: readonly PatternNode[];
    };

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly min: number;
  /** `Infinity`: without an end. */
  readonly max: number;
  readonly how: 'greedy' | 'lazy' | 'possessive';
  readonly body: readonly PatternNode[];
}

export interface LookNode {
  readonly kind: 'look';
  readonly negate: boolean;
  /** Characters to go back before it is matched; undefined: it looks ahead. */
  readonly behind: number | undefined;
  readonly body: readonly PatternNode[];
}

/** The fewest and the most characters that nodes match; `widths` are those of groups. */
export function widthOf(
  nodes: readonly PatternNode[],
  widths: ReadonlyMap<number, readonly [number, number]>,
): readonly [number, number] {
  let low = 0;
  let high = 0;
  for (const node of nodes) {
    const [fewest, most] = widthOfOne(node, widths);
    low += fewest;
    high += most;
  }
  return [low, high];
}

function widthOfOne(
  node: PatternNode,
  widths: ReadonlyMap<number, readonly [number, number]>,
): readonly [number, number] {
  switch (node.kind) {
    case 'char':
    case 'set':
    case 'any':
      return [1, 1];
    case 'at':
    case 'look':
      return [0, 0];
    case 'group':
    case 'atomic':
      return widthOf(node.body, widths);
    case 'branch':
      return eitherOf(node.of, widths);
    case 'condition':
      return eitherOf([node.yes, node.no], widths);
    case 'back':
      return widths.get(node.group) ?? [0, 0];
    case 'repeat': {
      const [low, high] = widthOf(node.body, widths);
      return [low * node.min, high === 0 ? 0 : high * node.max];
    }
  }
}

function eitherOf(
  branches: readonly (readonly PatternNode[])[],
  widths: ReadonlyMap<number, readonly [number, number]>,
): readonly [number, number] {
  const all = branches.map((nodes) => widthOf(nodes, widths));
  return [Math.min(...all.map(([low]) => low)), Math.max(...all.map(([, high]) => high))];
}
