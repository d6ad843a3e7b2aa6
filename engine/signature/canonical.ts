// Canonical JSON (RFC 8785): the one way to write a value, so that bytes can be signed and signatures checked.

/** No line of the record is longer: what is read into memory at once. */
export const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * The RFC 8785 form of plain JSON data. Properties whose value is `undefined` are left out, as `JSON.stringify` does.
 * @throws TypeError for what JSON can't say exactly: NaN, infinities, lone surrogates, other objects than plain ones.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`);
      return JSON.stringify(value);
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('a string holds a lone surrogate');
      return JSON.stringify(value);
    case 'object':
      return value === null
        ? 'null'
        : Array.isArray(value)
          ? `[${value.map(canonical).join(',')}]`
          : canonicalMap(value);
    default:
      throw new TypeError(`${typeof value} is not JSON`);
  }
}

function canonicalMap(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('an object is not plain data');
  // The default order of sort is that of UTF-16 code units, which RFC 8785 asks for.
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const item: unknown = Reflect.get(value, key);
    if (item !== undefined) text += `${text === '' ? '' : ','}${canonical(key)}:${canonical(item)}`;
  }
  return `{${text}}`;
}

/**
 * Reads bytes that must themselves be the canonical form. So duplicate keys, a byte order mark, white space,
 * trailing bytes, invalid UTF-8 and every other spelling of the same value are refused.
 * @throws Error that says why
 */
export function parseCanonical(bytes: Uint8Array): unknown {
  if (bytes.length > LONGEST_LINE) throw new Error('longer than 64 MiB');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error('not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
  if (!sameText(value, text)) throw new Error('not canonical JSON');
  return value;
}

function sameText(value: unknown, text: string): boolean {
  try {
    return canonical(value) === text;
  } catch {
    return false;
  }
}
