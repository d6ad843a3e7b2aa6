// A line of allowed_signers, taken apart as OpenSSH's sshsig.c does: bytes, a character each, that end at a NUL.
import { parseAbsoluteTime } from './absolute-time.ts';
import { isPublicKey } from './public-key.ts';
import { WireReader } from './wire.ts';

/** Times are in seconds since 1970; undefined where the line sets none. */
export interface SignersLineOptions {
  readonly authority: boolean;
  readonly namespaces: string | undefined;
  readonly validAfter: number | undefined;
  readonly validBefore: number | undefined;
}

export interface SignerKey extends SignersLineOptions {
  readonly blob: Buffer;
}

export interface SignerLine {
  readonly principals: string;
  readonly key: SignerKey;
}

/** Undefined for a comment and an empty line; a text says why the line can't be read. `line` still has its line break. */
export function readSignerLine(line: string): SignerLine | string | undefined {
  const [text = ''] = line.split('\0', 1);
  const rest = text.replace(/^[ \t]+/, '');
  if (/^([#\r\n]|$)/.test(rest)) return undefined;
  const word = firstWord(rest);
  if (word === undefined) return 'it has a quote without an end, or nothing after its names';
  const key = readKey(word.rest);
  return typeof key === 'string' ? key : { principals: word.word, key };
}

/** A word ends at white space or behind its second quote, wherever the first one stands. Undefined when nothing can follow. */
function firstWord(text: string): { readonly word: string; readonly rest: string } | undefined {
  const end = /[ \t\r\n"]/.exec(text)?.index;
  if (end === undefined) return undefined;
  if (text[end] !== '"') return { word: text.slice(0, end), rest: afterSpace(text, end) };
  const close = text.indexOf('"', end + 1);
  if (close < 0) return undefined;
  return { word: text.slice(0, end) + text.slice(end + 1, close), rest: afterSpace(text, close) };
}

function afterSpace(text: string, end: number): string {
  return text.slice(end + 1).replace(/^[ \t\r\n]+/, '');
}

function readKey(text: string): SignerKey | string {
  const plain = keyBlob(text);
  if (plain !== undefined) return { ...NO_OPTIONS, blob: plain };
  const end = endOfOptions(text);
  if (end === undefined) return 'its options have a quote without an end';
  if (end === text.length) return 'it has no key';
  const blob = keyBlob(text.slice(end + 1).replace(/^[ \t]+/, ''));
  if (blob === undefined) return 'its key can’t be read, or what stands before it';
  const options = readOptions(text.slice(0, end));
  return typeof options === 'string' ? options : { ...options, blob };
}

/** `type base64` at the start of a text: space and tab end them, and base64 may have a line break in it. */
function keyBlob(text: string): Buffer | undefined {
  const [, type, base64] = /^([^ \t]*)[ \t]+([^ \t]+)/.exec(text) ?? [];
  if (type === undefined || base64 === undefined) return undefined;
  const letters = base64.replace(/[ \t\n\v\f\r]/g, '');
  const blob = Buffer.from(letters, 'base64');
  // Whatever isn't the one way to write these bytes is no base64 to OpenSSH either.
  if (blob.toString('base64') !== letters) return undefined;
  try {
    return new WireReader(blob).text() === type && isPublicKey(blob) ? blob : undefined;
  } catch {
    return undefined; // no type in it
  }
}

function endOfOptions(text: string): number | undefined {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (!quoted && (letter === ' ' || letter === '\t')) return at;
    if (letter === '\\' && text[at + 1] === '"') at += 1;
    else if (letter === '"') quoted = !quoted;
  }
  return quoted ? undefined : text.length;
}

const NO_OPTIONS: SignersLineOptions = {
  authority: false,
  namespaces: undefined,
  validAfter: undefined,
  validBefore: undefined,
};

/** Options between commas, of which only the last may not be empty. */
function readOptions(text: string): SignersLineOptions | string {
  let options = NO_OPTIONS;
  let rest = text;
  while (rest !== '') {
    const read = readOption(rest, options);
    if (typeof read === 'string') return read;
    options = read.options;
    if (read.rest === '') break;
    if (!read.rest.startsWith(',')) return 'it has an option that isn’t known';
    rest = read.rest.slice(1);
    if (rest === '') return 'a comma ends its options';
  }
  const { validAfter, validBefore } = options;
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter) {
    return 'its valid-before isn’t after its valid-after';
  }
  return options;
}

function readOption(
  text: string,
  options: SignersLineOptions,
): { readonly options: SignersLineOptions; readonly rest: string } | string {
  const [flag] = /^cert-authority/i.exec(text) ?? [];
  if (flag !== undefined) return { options: { ...options, authority: true }, rest: text.slice(flag.length) };
  const [start, name] = /^(namespaces|valid-after|valid-before)=/i.exec(text) ?? [];
  if (start === undefined || name === undefined) return { options, rest: text };
  const [quotedValue, inside] = /^"((?:\\"|[^"])*)"/.exec(text.slice(start.length)) ?? [];
  const option = name.toLowerCase();
  const key = option === 'namespaces' ? option : option === 'valid-after' ? 'validAfter' : 'validBefore';
  if (options[key] !== undefined) return `it has ${option} twice`;
  if (quotedValue === undefined || inside === undefined) return `the value of ${option} wants quotes around it`;
  const rest = text.slice(start.length + quotedValue.length);
  const value = inside.replaceAll('\\"', '"');
  if (key === 'namespaces') return { options: { ...options, namespaces: value }, rest };
  const time = parseAbsoluteTime(value);
  if (time === undefined) return `the value of ${option} isn’t a time`;
  return { options: { ...options, [key]: time }, rest };
}
