// JSON whose numbers stay as they are written: whole numbers beyond what a double holds are texts, others keep their decimals.
import { asWritten, Float } from './float.ts';
import type { Value } from './value.ts';

/** What JSON holds, with numbers that may know their text. */
export type JsonValue =
  | null
  | boolean
  | number
  | Float
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A string as it stands in JSON, or a number. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/g;

/** @throws SyntaxError as JSON.parse does */
export function parseJson(text: string): JsonValue {
  const plain: JsonValue = JSON.parse(text);
  const odd = (text.match(TOKEN) ?? []).some((token) => !token.startsWith('"') && String(Number(token)) !== token);
  if (!odd) return plain;
  const mark = markFor(text);
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : JSON.stringify(mark + token)));
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? numberOf(value.slice(mark.length)) : value,
  );
}

function numberOf(text: string): number | string | Float {
  const number = Number(text);
  if (/^-?[0-9]+$/.test(text)) return Number.isSafeInteger(number) ? number : text;
  return Number.isFinite(number) ? asWritten(number, text) : text;
}

/** As JSON.stringify, with numbers as they were written where JSON allows that. */
export function writeJson(value: Value): string {
  const written: string[] = [];
  const mark = markFor(JSON.stringify(value));
  const json = JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key: string, member: unknown) {
    const original = this[key];
    if (!(original instanceof Float) || !JSON_NUMBER.test(original.text)) return member;
    written.push(original.text);
    return mark;
  });
  const [first = '', ...rest] = json.split(JSON.stringify(mark));
  return first + rest.map((part, index) => `${written[index]}${part}`).join('');
}

/** A text that begins no text of `json`: control characters are escaped there, and this one is not in it. */
function markFor(json: string): string {
  let mark = '\u0001';
  while (json.includes(`\\u0001${mark.slice(1)}`)) mark += '#';
  return mark;
}

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
