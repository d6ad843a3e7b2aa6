// Text that came from a file or a host, made safe to show: what would move a cursor or hide itself is written out.

/**
 * C0 but tab and line feed, DEL, C1, soft hyphen, zero-width and bidi controls, line separators, invisible operators,
 * variation selectors but the emoji one, the byte order mark, interlinear marks, lone surrogates, and the tag block.
 */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ufe00-\ufe0e]|[\u{e0000}-\u{e01ef}]|\p{Surrogate}/gu;

/** The same text with every invisible or moving character written as `\u{…}` or `\xNN`; `\n` and `\t` stay. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
