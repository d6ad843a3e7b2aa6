// PATTERNS of ssh_config(5): a list with commas, `*`, `?`, and `!` for what must not match.

/** OpenSSH takes a list with a longer pattern for one that doesn't match. */
const LONGEST_PATTERN = 1022;

/** True when a pattern of the list matches and none that is negated does. Both are bytes, a character each. */
export function matchesList(list: string, text: string): boolean {
  let matched = false;
  // A comma at the end isn't followed by an empty pattern.
  for (const pattern of list.replace(/,$/, '').split(',', list === '' ? 0 : undefined)) {
    const bare = pattern.replace(/^!/, '');
    if (bare.length > LONGEST_PATTERN) return false;
    if (!matchesPattern(bare, text)) continue;
    if (bare !== pattern) return false;
    matched = true;
  }
  return matched;
}

/** Without a regular expression, which could take for ever: a `*` that fails takes one character more. */
function matchesPattern(pattern: string, text: string): boolean {
  let [at, from, star, back] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[from] === '*') {
      [star, back] = [from, at];
      from += 1;
    } else if (from < pattern.length && (pattern[from] === '?' || pattern[from] === text[at])) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      back += 1;
      [at, from] = [back, star + 1];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(from));
}
