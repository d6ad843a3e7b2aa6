// One string literal of Python: prefixes, quotes of one and of three, escapes.

export interface PythonString {
  readonly value: string;
  /** Written with a `b`; the bytes are taken as text. */
  readonly bytes: boolean;
  /** The offset after the closing quote. */
  readonly end: number;
}

const OPENING = /([uUbBrR]|[bB][rR]|[rR][bB])?('''|"""|'|")/y;
const CODE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * The string that begins at `start`; undefined where none does, it isn’t closed, or an escape in it is wrong (names of
 * characters, `\N{…}`, count as wrong). Source: the Python language reference, 2.4.1.
 */
export function readPythonString(text: string, start: number): PythonString | undefined {
  OPENING.lastIndex = start;
  const opening = OPENING.exec(text);
  const [all, prefix = '', quote] = opening ?? [];
  if (all === undefined || quote === undefined) return undefined;
  const raw = /r/i.test(prefix);
  const bytes = /b/i.test(prefix);
  let value = '';
  let at = start + all.length;
  while (!text.startsWith(quote, at)) {
    if (at >= text.length) return undefined;
    if (text.charAt(at) !== '\\') {
      value += text.charAt(at);
      at += 1;
      continue;
    }
    const escaped = raw ? { value: text.slice(at, at + 2), length: 2 } : readEscape(text, at, bytes);
    if (!escaped || at + escaped.length > text.length) return undefined;
    value += escaped.value;
    at += escaped.length;
  }
  return { value, bytes, end: at + quote.length };
}

/** One escape; a backslash before any other character stays. */
function readEscape(text: string, at: number, bytes: boolean): { value: string; length: number } | undefined {
  const char = text.charAt(at + 1);
  const plain = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
  if (plain !== undefined) return { value: plain, length: 2 };
  if (!/[0-7xuUN]/.test(char) || (bytes && /[uUN]/.test(char))) return { value: `\\${char}`, length: 2 };
  CODE.lastIndex = at;
  const code = CODE.exec(text);
  if (!code) return undefined;
  const value = code[1] === undefined ? Number.parseInt(code[0].slice(2), 16) : Number.parseInt(code[1], 8);
  return value > 0x10ffff ? undefined : { value: String.fromCodePoint(value), length: code[0].length };
}
