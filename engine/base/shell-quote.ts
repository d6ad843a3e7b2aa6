// Words of POSIX sh (XCU 2.2.2), for whoever writes a command line for a person or a script for a shell.

/** The word in single quotes, whatever it holds. */
export function singleQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The word as it is where nothing in it is special to a shell, else in single quotes. zsh expands a leading `=`. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_/.,:=@%+-]+$/.test(word) && !word.startsWith('=') ? word : singleQuoted(word);
}
