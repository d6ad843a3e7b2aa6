// Lines of authorized_keys, as sshd(8) describes them under AUTHORIZED_KEYS FILE FORMAT.
import { fingerprint as fingerprintOf } from '../../base/digest.ts';

/** One key: `[options] type blob [comment]`. */
export interface KeyLine {
  readonly options: string;
  readonly type: string;
  /** Base64: what makes it this key and no other. */
  readonly blob: string;
  readonly comment: string;
}

/**
 * Undefined for a comment, a blank line and whatever sshd wouldn't take for a key. Types are not told apart: what sshd
 * knows by one of its shorter names (`rsa`), and what it learns only tomorrow, is a key too.
 */
export function parseKeyLine(line: string): KeyLine | undefined {
  const bare = keyAt(line.trim(), '');
  if (bare) return bare;
  const [options = '', rest = ''] = splitOptions(line.trim());
  return keyAt(rest, options);
}

/** All keys of a text with one a line; blank lines and comments are left out, a line that is no key is in `bad`. */
export function parseKeys(text: string): { readonly keys: readonly KeyLine[]; readonly bad: readonly string[] } {
  const rows = text.split(/\r?\n/).filter((row) => row.trim() !== '' && !row.trim().startsWith('#'));
  const parsed = rows.map((row) => ({ row, key: whole(parseKeyLine(row)) }));
  return {
    keys: parsed.flatMap(({ key }) => (key ? [key] : [])),
    bad: parsed.flatMap(({ row, key }) => (key ? [] : [row])),
  };
}

/** What makes two lines one key: its bytes, however they are spelt. One that signs certificates is none that logs in. */
export function keyIdentity(key: KeyLine): string {
  return `${keyBytes(key)}${/(^|,)cert-authority(,|$)/i.test(withoutQuoted(key.options)) ? ' cert-authority' : ''}`;
}

/** The key's bytes in one way of writing them. */
export function keyBytes({ blob }: Pick<KeyLine, 'blob'>): string {
  return Buffer.from(blob, 'base64').toString('base64');
}

function withoutQuoted(options: string): string {
  return options.replaceAll(/"(\\"|[^"])*"/g, '""');
}

/** As it is written into the file. */
export function formatKey(key: KeyLine): string {
  return [key.options, key.type, key.blob, key.comment].filter((part) => part !== '').join(' ');
}

/** As ssh-keygen -l prints it: `SHA256:…`. */
export function keyFingerprint(key: KeyLine): string {
  return fingerprintOf(Buffer.from(key.blob, 'base64'));
}

/** A blob begins with its own type (RFC 4253 section 6.6). */
function keyAt(text: string, options: string): KeyLine | undefined {
  const [, type = '', blob = '', comment = ''] = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/s.exec(text) ?? [];
  return innerType(blob) === undefined ? undefined : { options, type, blob, comment: comment.trim() };
}

function innerType(blob: string): string | undefined {
  const bytes = Buffer.from(blob, 'base64');
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  const type = bytes.subarray(4, 4 + length).toString('latin1');
  return length > 0 && bytes.length > 4 + length && /^[a-z0-9@.-]+$/.test(type) ? type : undefined;
}

/** The type in front tells a key from a mixed-up paste. */
function whole(key: KeyLine | undefined): KeyLine | undefined {
  return key && key.type === innerType(key.blob) ? key : undefined;
}

/** Options hold no white space outside double quotes; a quote inside is written `\"`. */
function splitOptions(text: string): readonly [string, string] | readonly [] {
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '\\' && quoted && text.charAt(index + 1) === '"') index += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && /[ \t]/.test(char)) return [text.slice(0, index), text.slice(index).trim()];
  }
  return [];
}
