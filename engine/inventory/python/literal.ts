// The values of INI inventories: each is read as a Python literal where it is one, and is plain text otherwise.

import { asWritten, Float } from '../../language/value/float.ts';
import type { JsonValue } from '../../language/value/json.ts';
import { type PythonString, readPythonString } from './string.ts';

/** A Python literal's value as JSON has it: tuples and sets are lists, maps keep their keys as text. */
export type Literal = JsonValue;

/** Nothing deeper than this is a literal; Python gives up at about the same depth. */
const DEEPEST = 90;

const SPACES = /[ \t\f]*(?:#.*)?/y;
const NUMBER =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[0-9](?:_?[0-9])*\.?(?:[eE][+-]?[0-9](?:_?[0-9])*)?)(?![\p{L}\p{N}_.])/uy;
const DECIMAL = /^(?:0(?:_?0)*|[1-9](?:_?[0-9])*)$/;
const WORD = /(?:True|False|None|set\(\))(?![\p{L}\p{N}_])/uy;

/** Not a literal: the caller takes the text as it stands. */
class NotLiteral extends Error {}

/**
 * Reads `text` as Python's `ast.literal_eval` does: numbers, strings, True, False, None, lists, tuples, sets, maps.
 * `undefined` when it is none of these. Whole numbers beyond 2^53 stay text, since a double can't hold them.
 */
export function readLiteral(text: string): Literal | undefined {
  if (text.includes('\0')) return undefined;
  const reader = new Reader(text);
  try {
    return reader.readAll();
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): Literal {
    const first = this.#value(0);
    // A bare `1,2` is a tuple in Python.
    const value = this.#peek() === ',' ? this.#more([first], '', 0) : first;
    this.#skip();
    if (this.#at < this.#text.length) throw new NotLiteral();
    return value;
  }

  #skip(): void {
    this.#match(SPACES);
  }

  #peek(): string {
    this.#skip();
    return this.#text.charAt(this.#at);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #value(depth: number): Literal {
    if (depth > DEEPEST) throw new NotLiteral();
    const next = this.#peek();
    if (next === '[') return this.#list(']', depth);
    if (next === '(') return this.#parenthesis(depth);
    if (next === '{') return this.#braces(depth);
    if (next === '-' || next === '+') {
      this.#at += 1;
      const value = this.#peekNumber();
      if (next === '+') return value;
      if (value instanceof Float) return new Float(-value.number, `-${value.text}`);
      return typeof value === 'number' ? -value : `-${value}`;
    }
    if (/[0-9.]/.test(next)) return this.#peekNumber();
    const word = this.#match(WORD);
    if (word !== undefined) return word === 'set()' ? [] : word === 'None' ? null : word === 'True';
    return this.#strings();
  }

  #peekNumber(): number | string | Float {
    this.#skip();
    const found = this.#match(NUMBER);
    if (found === undefined) throw new NotLiteral();
    const digits = found.replaceAll('_', '');
    if (/^[0-9_]+$/.test(found) && !DECIMAL.test(found)) throw new NotLiteral();
    const value = Number(digits);
    const whole = /^(?:[0-9]+|0[xXoObB].*)$/.test(digits);
    if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) return digits;
    return whole ? value : asWritten(value, digits);
  }

  /** The members up to `close`, after the opening bracket. */
  #list(close: string, depth: number): readonly Literal[] {
    this.#at += 1;
    if (this.#peek() === close) {
      this.#at += 1;
      return [];
    }
    return this.#members(this.#value(depth + 1), close, depth);
  }

  #members(first: Literal, close: string, depth: number): readonly Literal[] {
    if (this.#peek() === ',') return this.#more([first], close, depth);
    this.#expect(close);
    return [first];
  }

  /** Further members after a first one, each behind a comma; the last comma may be followed by nothing. */
  #more(members: Literal[], close: string, depth: number): readonly Literal[] {
    while (this.#peek() === ',') {
      this.#at += 1;
      if (this.#peek() === close) break;
      members.push(this.#value(depth + 1));
    }
    if (close !== '') this.#expect(close);
    return members;
  }

  #parenthesis(depth: number): Literal {
    this.#at += 1;
    if (this.#peek() === ')') {
      this.#at += 1;
      return [];
    }
    const first = this.#value(depth + 1);
    if (this.#peek() === ',') return this.#more([first], ')', depth);
    this.#expect(')');
    return first;
  }

  #braces(depth: number): Literal {
    this.#at += 1;
    if (this.#peek() === '}') {
      this.#at += 1;
      return {};
    }
    const first = this.#value(depth + 1);
    if (this.#peek() !== ':') {
      return this.#members(first, '}', depth).filter((member, index, all) => all.indexOf(member) === index);
    }
    return this.#entries(first, depth);
  }

  #entries(firstKey: Literal, depth: number): Literal {
    const entries: [string, Literal][] = [];
    let key = firstKey;
    for (;;) {
      this.#expect(':');
      entries.push([keyText(key), this.#value(depth + 1)]);
      if (this.#peek() === ',') this.#at += 1;
      else break;
      if (this.#peek() === '}') break;
      key = this.#value(depth + 1);
    }
    this.#expect('}');
    return Object.fromEntries(entries);
  }

  /** One or more strings side by side, which Python joins; text and bytes can't be mixed. */
  #strings(): string {
    const parts: PythonString[] = [];
    for (let part = this.#string(); part !== undefined; part = this.#string()) parts.push(part);
    const [first] = parts;
    if (!first || parts.some((part) => part.bytes !== first.bytes)) throw new NotLiteral();
    return parts.map((part) => part.value).join('');
  }

  #string(): PythonString | undefined {
    this.#skip();
    const string = readPythonString(this.#text, this.#at);
    if (string) this.#at = string.end;
    return string;
  }

  #expect(char: string): void {
    if (this.#peek() !== char) throw new NotLiteral();
    this.#at += 1;
  }
}

function keyText(key: Literal): string {
  if (key instanceof Float) return key.text;
  if (typeof key === 'object' && key !== null) throw new NotLiteral();
  if (typeof key === 'boolean') return key ? 'true' : 'false';
  return key === null ? 'null' : String(key);
}
