// Lines of authorized_keys, as sshd(8) describes them under AUTHORIZED_KEYS FILE FORMAT.
import { createHash } from 'node:crypto';

/** One key: `[options] type blob [comment]`. */
export interface KeyLine {
  readonly options: string;
  readonly type: string;
  /** Base64: what makes it this key and no other. */
  readonly blob: string;
  readonly comment: string;
}

const TYPES =
  /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)(-cert-v01@openssh\.com)?$/;

/** Undefined for a comment, a blank line and whatever sshd wouldn't take for a key. */
export function parseKeyLine(line: string): KeyLine | undefined {
  const bare = keyAt(line.trim(), '');
  if (bare) return bare;
  const [options = '', rest = ''] = splitOptions(line.trim());
  return keyAt(rest, options);
}

/** All keys of a text with one a line; blank lines and comments are left out, a line that is no key is in `bad`. */
export function parseKeys(text: string): { readonly keys: readonly KeyLine[]; readonly bad: readonly string[] } {
  const rows = text.split(/\r?\n/).filter((row) => row.trim() !== '' && !row.trim().startsWith('#'));
  const parsed = rows.map((row) => ({ row, key: parseKeyLine(row) }));
  return {
    keys: parsed.flatMap(({ key }) => (key ? [key] : [])),
    bad: parsed.flatMap(({ row, key }) => (key ? [] : [row])),
  };
}

/** As it is written into the file. */
export function formatKey(key: KeyLine): string {
  return [key.options, key.type, key.blob, key.comment].filter((part) => part !== '').join(' ');
}

/** As ssh-keygen -l prints it: `SHA256:…`. */
export function fingerprint(key: KeyLine): string {
  const digest = createHash('sha256').update(Buffer.from(key.blob, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** A blob begins with its own type (RFC 4253 section 6.6), which tells a key from a truncated or mixed-up paste. */
function keyAt(text: string, options: string): KeyLine | undefined {
  const [, type = '', blob = '', comment = ''] = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/s.exec(text) ?? [];
  if (!TYPES.test(type)) return undefined;
  const bytes = Buffer.from(blob, 'base64');
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : -1;
  if (bytes.length <= 4 + length || bytes.subarray(4, 4 + length).toString('latin1') !== type) return undefined;
  return { options, type, blob, comment: comment.trim() };
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
