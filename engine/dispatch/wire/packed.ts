// Data of the engine as bytes and back: JSON in which secrets, unknowns and numbers that know their text are what they were.
import { isMap } from '../../base/plain-data.ts';
import { Float } from '../../language/value/float.ts';
import { Secret } from '../../language/value/secret.ts';
import { Unknown } from '../../language/value/value.ts';
import { Content } from '../../module/content.ts';

/** The one key of an object that stands for what JSON doesn't have: `{ "\u0000": [KIND, …] }`. */
const TAG = '\u0000';

/**
 * Plain data, maps and sets, with `Secret`, `Unknown`, `Float` and `Content` anywhere in it, as UTF-8. Secrets are in it as they are: it
 * is for what is encrypted next. Members that are undefined are left out, as JSON leaves them out.
 */
export function packed(data: unknown): Buffer {
  return Buffer.from(
    JSON.stringify(data, function (this: Readonly<Record<string, unknown>>, key: string, member: unknown) {
      const original = this[key]; // what toJSON would hide
      return tagged(original) ?? member;
    }),
  );
}

function tagged(value: unknown): object | undefined {
  if (value instanceof Secret) return { [TAG]: ['secret', value.name, value.reveal()] };
  if (value instanceof Unknown) return { [TAG]: ['unknown', value.until, value.reason] };
  if (value instanceof Float) return { [TAG]: ['float', value.number, value.text] };
  if (value instanceof Content) return { [TAG]: ['content', value.bytes().toString('base64'), value.secret] };
  if (value instanceof Map) return { [TAG]: ['map', ...value] };
  if (value instanceof Set) return { [TAG]: ['set', ...value] };
  if (typeof value === 'number' && !Number.isFinite(value)) return { [TAG]: ['number', String(value)] };
  if (Object.is(value, -0)) return { [TAG]: ['number', '-0'] };
  // A map that looks like one of these.
  if (isMap(value) && Object.hasOwn(value, TAG)) return { [TAG]: ['members', ...Object.entries(value)] };
  return undefined;
}

/** What `packed` was given: the caller knows its type. @throws SyntaxError for what it didn't write */
export function unpacked(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'), (_key, member: unknown) => {
    if (!isMap(member) || !Object.hasOwn(member, TAG)) return member;
    const [kind, ...parts] = listOf(member[TAG]);
    switch (kind) {
      case 'secret':
        return new Secret(String(parts[0]), String(parts[1]));
      case 'unknown':
        return new Unknown(parts[0] === 'apply' ? 'apply' : 'later', String(parts[1]));
      case 'float':
        return new Float(Number(parts[0]), String(parts[1]));
      case 'content':
        return Content.of(Buffer.from(String(parts[0]), 'base64'), parts[1] === true);
      case 'number':
        return Number(parts[0]);
      case 'map':
        return new Map(parts.map(pairOf));
      case 'set':
        return new Set(parts);
      case 'members':
        return Object.fromEntries(parts.map(pairOf));
      default:
        throw new SyntaxError('not of our making');
    }
  });
}

function listOf(member: unknown): readonly unknown[] {
  if (!Array.isArray(member)) throw new SyntaxError('not of our making');
  return member;
}

function pairOf(part: unknown): [string, unknown] {
  const [key, member] = listOf(part);
  return [String(key), member];
}
