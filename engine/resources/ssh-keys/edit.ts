// The text of an authorized_keys file as it shall be: each wanted key has one line, and no restriction gets lost.
import type { Failure } from '../../module/failure.ts';
import { formatKey, type KeyLine, keyBytes, keyFingerprint, keyIdentity, parseKeyLine } from './lines.ts';

/** A key that is wanted. Without options of its own those stay that stand before it on the host. */
export interface WantedKey extends Omit<KeyLine, 'options'> {
  readonly options: string | undefined;
}

export interface KeyEdit {
  readonly text: string;
  /** What becomes of which key. */
  readonly words: readonly string[];
}

/** The keys as they are wanted: by `options` all with these, else each with its own, if it has any. */
export function wantedKeys(keys: readonly KeyLine[], options?: string): readonly WantedKey[] {
  return keys.map((key) => ({ ...key, options: options ?? (key.options === '' ? undefined : key.options) }));
}

/** The text with one line for each of the keys, in the place of its first; with `exclusive` without other keys. */
export function putKeys(text: string, wanted: readonly WantedKey[], exclusive: boolean): KeyEdit | Failure {
  const rows = rowsOf(text).map((row) => ({ row, key: parseKeyLine(row) }));
  const lineOf = new Map<string, string>();
  for (const key of wanted) {
    const id = identityOf(key);
    const there = rows.flatMap((one) => (one.key && keyIdentity(one.key) === id ? [one.key] : []));
    const restrictions = [...new Set(there.map(({ options }) => options).filter((options) => options !== ''))];
    if (key.options === undefined && restrictions.length > 1) return ambiguous(key, restrictions);
    const options = key.options ?? restrictions[0] ?? '';
    const comment = key.comment || (there.find((one) => one.comment !== '')?.comment ?? '');
    lineOf.set(id, formatKey({ ...key, options, comment }));
  }
  const placed = new Set<string>();
  const words: string[] = [];
  const kept = rows.flatMap(({ row, key }) => {
    const id = key && keyIdentity(key);
    const line = id === undefined ? undefined : lineOf.get(id);
    if (key && id !== undefined && line !== undefined) {
      const again = placed.has(id);
      placed.add(id);
      if (again) words.push(`- ${name(key)}, which stands there twice`);
      else if (formatKey(key) !== line) words.push(`~ ${name(parseKeyLine(line) ?? key)}`);
      return again ? [] : [formatKey(key) === line ? row : line];
    }
    if (!exclusive || row.trim() === '' || row.trim().startsWith('#')) return [row];
    words.push(`- ${key ? name(key) : 'a line that is no key'}`);
    return [];
  });
  for (const [id, line] of lineOf) {
    if (placed.has(id)) continue;
    kept.push(line);
    words.push(`+ ${nameOf(line)}`);
  }
  return edited(text, kept, words);
}

/** The text without any line of these keys, whatever stands before them. */
export function dropKeys(text: string, unwanted: readonly WantedKey[]): KeyEdit {
  const bytes = new Set(unwanted.map(keyBytes));
  const words: string[] = [];
  const kept = rowsOf(text).filter((row) => {
    const key = parseKeyLine(row);
    if (!key || !bytes.has(keyBytes(key))) return true;
    words.push(`- ${name(key)}`);
    return false;
  });
  return edited(text, kept, words);
}

/** The keys that a text gives twice, once with other options. */
export function contradicting(keys: readonly KeyLine[]): readonly KeyLine[] {
  return keys.filter((key, index) =>
    keys.slice(0, index).some((other) => keyIdentity(other) === keyIdentity(key) && other.options !== key.options),
  );
}

function identityOf(key: WantedKey): string {
  return keyIdentity({ ...key, options: key.options ?? '' });
}

function rowsOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function edited(text: string, kept: readonly string[], words: readonly string[]): KeyEdit {
  return { text: words.length === 0 ? text : kept.map((row) => `${row}\n`).join(''), words };
}

function nameOf(line: string): string {
  const key = parseKeyLine(line);
  return key ? name(key) : line;
}

function name(key: KeyLine): string {
  return [key.comment, keyFingerprint(key)].filter((part) => part !== '').join(' ');
}

function ambiguous(key: WantedKey, restrictions: readonly string[]): Failure {
  return {
    summary: `the key ${name({ ...key, options: '' })} stands there with different restrictions`,
    detail: `They are ‹${restrictions.join('› and ‹')}›. It can have one line only, and none of them is dropped unasked.`,
    hint: 'Say with `options` which of them it shall have.',
  };
}
