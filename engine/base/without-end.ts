/**
 * The text without these characters at its end. A regular expression such as /\n+$/ takes the square of the time where
 * there are many of them that don't stand at the end.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
