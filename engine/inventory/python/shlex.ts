// Splits a line into words as a shell would: quotes, backslashes, and comments where they are wanted.

/** One word with its quotes removed; `start` and `end` are offsets in the line. */
export interface ShlexWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Words {
  readonly words: readonly ShlexWord[];
  /** Where a quote that is never closed, or a backslash with nothing after it, stands. */
  readonly unclosed: number | undefined;
  /** Where a `#` in the middle of a word began a comment: easily a slip. */
  readonly cut: number | undefined;
}

const SPACE = ' \t\r\n';

/** Source: Python's `shlex.split(line, comments)`, which Ansible uses for the host lines of INI inventories. */
export function splitShlex(line: string, options: { readonly comments: boolean }): Words {
  const words: ShlexWord[] = [];
  let text = '';
  let start = -1;
  let at = 0;
  const end = () => {
    if (start >= 0) words.push({ text, start, end: at });
    text = '';
    start = -1;
  };
  while (at < line.length) {
    const char = line.charAt(at);
    if (SPACE.includes(char)) {
      end();
      at += 1;
      continue;
    }
    if (char === '#' && options.comments) {
      const cut = start >= 0 ? at : undefined;
      end();
      return { words, unclosed: undefined, cut };
    }
    if (start < 0) start = at;
    if (char === '\\') {
      if (at + 1 >= line.length) return { words, unclosed: at, cut: undefined };
      text += line.charAt(at + 1);
      at += 2;
    } else if (char === '"' || char === "'") {
      const quoted = readQuoted(line, at);
      if (quoted === undefined) return { words, unclosed: at, cut: undefined };
      text += quoted.text;
      at = quoted.after;
    } else {
      text += char;
      at += 1;
    }
  }
  end();
  return { words, unclosed: undefined, cut: undefined };
}

/** The content of the quotes that open at `open`; in double quotes a backslash escapes itself and the quote only. */
function readQuoted(line: string, open: number): { readonly text: string; readonly after: number } | undefined {
  const quote = line.charAt(open);
  let text = '';
  for (let at = open + 1; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === quote) return { text, after: at + 1 };
    const next = line.charAt(at + 1);
    if (quote === '"' && char === '\\' && (next === '"' || next === '\\')) {
      text += next;
      at += 1;
    } else {
      text += char;
    }
  }
  return undefined;
}
