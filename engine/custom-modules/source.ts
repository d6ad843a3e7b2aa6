// A module's file on the controller: its text, and where in it an error came about.
import { type Position, SourceText } from '../language/problem/position.ts';

export interface ModuleFile {
  /** From the file's name. */
  readonly name: string;
  /** As a person would write it: `modules/hello.js`. */
  readonly shown: string;
  readonly text: string;
  /** What Node calls it, in stack traces too. */
  readonly url: string;
  readonly format: 'module' | 'module-typescript';
}

/** Where an error was thrown, if in this file; else where the file exports its module. */
export function thrownAt(file: ModuleFile, error: unknown): Position {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && line.includes(file.url));
  const [, line, column] = (frame && /:(\d+):(\d+)\)?$/.exec(frame)) ?? [];
  return line === undefined ? exportIn(file) : positionIn(file, Number(line), Number(column));
}

/** A place by line and column, from 1; `length` in UTF-16 code units. */
export function positionIn({ shown, text }: ModuleFile, line: number, column: number, length = 1): Position {
  const before = text.split('\n').slice(0, line - 1);
  const offset = before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  return new SourceText(shown, text).at(offset, offset + length);
}

/** `export default`, or the first line of a file that has none. */
export function exportIn({ shown, text }: ModuleFile): Position {
  const found = /^export\s+default\b/m.exec(text);
  return new SourceText(shown, text).at(found?.index ?? 0, (found?.index ?? 0) + (found?.[0].length ?? 1));
}

/** The first place where these words stand, else that of the export. */
export function wordsIn(file: ModuleFile, words: readonly string[]): Position {
  const found = words.map((word) => [file.text.indexOf(word), word.length] as const).find(([index]) => index >= 0);
  if (found === undefined) return exportIn(file);
  return new SourceText(file.shown, file.text).at(found[0], found[0] + found[1]);
}
