// What a command said, as a failure shows it.

/** The last lines of a text, indented; empty when there is nothing in it. */
export function lastLines(text: string, count = 12): string {
  if (text.trim() === '') return '';
  const lines = text.trimEnd().split(/\r?\n/);
  const shown = lines.slice(-count).map((line) => `  ${line}`);
  return (lines.length > count ? [`  … (${lines.length - count} lines before)`, ...shown] : shown).join('\n');
}
