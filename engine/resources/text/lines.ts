// A text as lines, each with its line break, and what an edit of it says.

export interface TextEdit {
  readonly text: string;
  /** For people, where the text is another one now: "line added". */
  readonly words: string;
  /** How many lines went. */
  readonly count?: number;
}

/** The lines, each with its line break; only the last one may lack it. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The line as it is once another one follows it: with its line break. Decisions are made on this, so that they stay. */
export function ended(row: string): string {
  return row.endsWith('\n') ? row : `${row}\n`;
}
