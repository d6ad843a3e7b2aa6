// Splits a command line into words without a shell: POSIX quoting (XCU 2.2), no expansions.

/** The words of a command that is given as a line or as a list; none for a line with an open quote. */
export function commandWords(command: unknown): readonly string[] {
  return Array.isArray(command) ? command.map(String) : (splitWords(String(command)) ?? []);
}

/** The words of a command line; undefined when a quote is left open. */
export function splitWords(command: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < command.length; index += 1) {
    const char = command.charAt(index);
    if (quote === "'") {
      if (char === "'") quote = undefined;
      else word = (word ?? '') + char;
    } else if (char === '\\') {
      const next = command.charAt(index + 1);
      if (next === '') return undefined;
      index += 1;
      // Between double quotes a backslash escapes only what would end or escape there.
      word = (word ?? '') + (quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next);
    } else if (quote === '"') {
      if (char === '"') quote = undefined;
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote) return undefined;
  return word === undefined ? words : [...words, word];
}
