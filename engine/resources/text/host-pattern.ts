// Patterns that values are tested against on the host: regular expressions as people write them, as far as grep -E knows
// them (POSIX extended, XBD 9.4), since a value is not to leave the host.

/** The pattern for `grep -Ex`, or what is wrong with it. */
export type Ere = { readonly ere: string } | { readonly summary: string; readonly hint: string };

const CLASSES: Readonly<Record<string, readonly [outside: string, inside: string | undefined]>> = {
  d: ['[0-9]', '0-9'],
  w: ['[A-Za-z0-9_]', 'A-Za-z0-9_'],
  s: ['[[:space:]]', '[:space:]'],
  D: ['[^0-9]', undefined],
  W: ['[^A-Za-z0-9_]', undefined],
  S: ['[^[:space:]]', undefined],
};

/** What has another meaning in an extended regular expression, so that a backslash before it is kept. */
const SPECIAL = '.[\\()*+?{}|^$';

/**
 * The same pattern in POSIX's words: `\d`, `\w`, `\s` and `(?:` are rewritten, a needless backslash is dropped. What has no
 * such form (lookaround, lazy repetition, back-references, `\b`) is a problem.
 */
export function toEre(pattern: string): Ere {
  if (/[\u0000-\u001f\u007f]/.test(pattern)) {
    return { summary: 'A pattern must not hold control characters', hint: 'A value is one line.' };
  }
  if (!compiles(pattern)) {
    return { summary: 'That pattern is broken', hint: 'Close its parentheses, brackets and braces.' };
  }
  let ere = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    if (char === '\\') {
      index += 1;
      const [outside] = CLASSES[next] ?? [];
      if (outside === undefined && /[A-Za-z0-9]/.test(next)) return unknownEscape(next);
      ere += outside ?? (SPECIAL.includes(next) ? `\\${next}` : next);
    } else if (char === '[') {
      const bracket = readBracket(pattern, index);
      if ('summary' in bracket) return bracket;
      ere += bracket.ere;
      index = bracket.end;
    } else if (char === '(' && next === '?') {
      if (pattern.charAt(index + 2) !== ':') return LOOKAROUND;
      ere += '(';
      index += 2;
    } else if (next === '?' && '*+?}'.includes(char)) return LAZY;
    else ere += char;
  }
  return { ere };
}

/** A bracket expression, in which POSIX knows no backslash: its members in an order that needs none. */
function readBracket(pattern: string, start: number): { readonly ere: string; readonly end: number } | NoEre {
  let index = start + 1;
  const negated = pattern.charAt(index) === '^';
  if (negated) index += 1;
  let members = '';
  let tail = '';
  let closing = false;
  for (; pattern.charAt(index) !== ']'; index += 1) {
    const char = pattern.charAt(index);
    if (char === '[' && ':.='.includes(pattern.charAt(index + 1))) {
      const end = pattern.indexOf(`${pattern.charAt(index + 1)}]`, index + 2);
      if (end < 0) return { summary: 'That pattern is broken', hint: 'Close its brackets.' };
      members += pattern.slice(index, end + 2);
      index = end + 1;
    } else if (char === '\\') {
      index += 1;
      const next = pattern.charAt(index);
      const inside = CLASSES[next]?.[1];
      if (inside === undefined && /[A-Za-z0-9]/.test(next)) return unknownEscape(next);
      if (next === ']') closing = true;
      else if (next === '-') tail = '-';
      else members += inside ?? next;
    } else members += char;
  }
  const first = closing ? ']' : '';
  // A lone ^ in front would negate, and one behind a hyphen at the end would make a range.
  if (!negated && first === '' && members.startsWith('^')) {
    const rest = members.slice(1) + tail;
    return { ere: rest === '' ? '\\^' : `[${rest.endsWith('-') ? `${rest.slice(0, -1)}^-` : `${rest}^`}]`, end: index };
  }
  return { ere: `[${negated ? '^' : ''}${first}${members}${tail}]`, end: index };
}

type NoEre = Extract<Ere, { summary: string }>;

const LOOKAROUND: NoEre = {
  summary: 'That pattern looks around, which grep -E can’t',
  hint: 'The value stays on the host and is tested by grep -E there: say what it may hold, such as [A-Za-z0-9_-]{43}.',
};

const LAZY: NoEre = {
  summary: 'Lazy repetition means nothing here',
  hint: 'The whole value has to match, so *? is the same as *: take the question mark away.',
};

function unknownEscape(letter: string): NoEre {
  return {
    summary: `\\${letter} is nothing that grep -E knows`,
    hint: 'The value stays on the host and is tested by grep -E there: write out the characters, such as [0-9A-F].',
  };
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
