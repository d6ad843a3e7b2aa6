// Which characters a part of a pattern matches: categories, and letters that differ in case alone.
import type { Alphabet, Category, Fold, OneNode, SetItem } from './node.ts';

/** Tells of a character by its code. */
export type CharTest = (code: number) => boolean;

const between = (code: number, low: number, high: number) => code >= low && code <= high;

const ASCII: Readonly<Record<Category['of'], CharTest>> = {
  digit: (code) => between(code, 48, 57),
  space: (code) => code === 32 || between(code, 9, 13),
  word: (code) => between(code, 48, 57) || between(code, 97, 122) || between(code, 65, 90) || code === 95,
};

const matches = (set: RegExp) => (code: number) => set.test(String.fromCodePoint(code));

/** As `str.isdecimal`, `str.isspace`, and `str.isalnum` with the underscore. */
const UNICODE: Readonly<Record<Category['of'], CharTest>> = {
  digit: matches(/^\p{Nd}$/u),
  space: matches(/^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u),
  word: matches(/^[\p{L}\p{N}_]$/u),
};

export function inCategory(code: number, of: Category['of'], alphabet: Alphabet): boolean {
  return alphabet === 'ascii' || code < 128 ? ASCII[of](code) || extraSpace(code, of, alphabet) : UNICODE[of](code);
}

/** ASCII's separators are white space to Unicode alone. */
function extraSpace(code: number, of: Category['of'], alphabet: Alphabet): boolean {
  return alphabet === 'unicode' && of === 'space' && between(code, 0x1c, 0x1f);
}

/** In lower case, where that is one character. */
export function lower(code: number, alphabet: Alphabet): number {
  if (code < 128 || alphabet === 'ascii') return between(code, 65, 90) ? code + 32 : code;
  if (code === 0x130) return 0x69;
  const text = String.fromCodePoint(code).toLowerCase();
  const small = text.codePointAt(0) ?? code;
  return String.fromCodePoint(small) === text ? small : code;
}

/** Characters that are one letter: their lower cases are the same, or have the same upper case. */
function letterOf(code: number): string {
  return String.fromCodePoint(lower(code, 'unicode')).toUpperCase();
}

let families: ReadonlyMap<string, readonly number[]> | undefined;

/** All letters that have a case are before this. */
const LAST_CASED = 0x1e943;

function familiesOf(): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (let code = 0x41; code <= LAST_CASED; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const char = String.fromCodePoint(code);
    if (char.toUpperCase() === char && char.toLowerCase() === char) continue;
    const letter = letterOf(code);
    const family = found.get(letter);
    if (family) family.push(code);
    else found.set(letter, [code]);
  }
  return found;
}

/** The character and all that differ from it in case alone. */
export function sameLetter(code: number, fold: Fold): readonly number[] {
  if (fold === 'no') return [code];
  if (fold === 'ascii') {
    const small = lower(code, 'ascii');
    return between(small, 97, 122) ? [small, small - 32] : [code];
  }
  families ??= familiesOf();
  return families.get(letterOf(code)) ?? [code];
}

/** What one node that stands for one character matches. */
export function testOf(node: OneNode): CharTest {
  switch (node.kind) {
    case 'any':
      return node.breaks ? () => true : (code) => code !== 10;
    case 'char': {
      const [one, other, ...more] = sameLetter(node.code, node.fold);
      if (other === undefined) return (code) => code === one;
      return more.length === 0
        ? (code) => code === one || code === other
        : (code) => code === one || code === other || more.includes(code);
    }
    case 'set':
      return setTest(node);
  }
}

/** Answers about the first 256 are kept. */
function setTest(node: Extract<OneNode, { kind: 'set' }>): CharTest {
  const decide: CharTest = (code) => node.items.some((item) => isItem(item, code, node)) !== node.negate;
  const known: (boolean | undefined)[] = [];
  return (code) => {
    if (code > 255) return decide(code);
    known[code] ??= decide(code);
    return known[code] === true;
  };
}

function isItem(item: SetItem, code: number, { fold, alphabet }: Extract<OneNode, { kind: 'set' }>): boolean {
  if (item.kind === 'category') {
    const asked = fold === 'no' ? code : lower(code, fold);
    return inCategory(asked, item.of, alphabet) !== item.negate;
  }
  if (fold === 'no') return between(code, item.low, item.high);
  return sameLetter(code, fold).some((one) => between(one, item.low, item.high));
}
