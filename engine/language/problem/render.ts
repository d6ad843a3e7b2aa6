// A problem as a person reads it: what, where with the source line and a caret, why, and what to do.
import { relative } from 'node:path';
import { veiled } from './confidential.ts';
import type { Position } from './position.ts';
import type { Problem } from './problem.ts';
import { visible } from './visible.ts';

export interface ProblemTextOptions {
  readonly color: boolean;
  /** File names are shown relative to it when they lie below it. */
  readonly cwd?: string;
}

/** Source lines longer than this are shown in part, around the caret. */
const WIDEST = 160;

/** Several lines without a trailing line break. Nothing in it can move a cursor, whatever the problem quotes. */
export function renderProblem(whole: Problem, options: ProblemTextOptions): string {
  const problem = veiled(whole);
  const warning = problem.severity === 'warning';
  const paint = painter(options.color);
  const lines = [
    paint(warning ? 'yellow' : 'red', warning ? 'warning' : 'error') + paint('bold', `: ${visible(problem.summary)}`),
  ];
  const margin = problem.at ? String(problem.at.line).length : 1;
  if (problem.at) lines.push(...excerpt(problem.at, margin, warning, options));
  for (const line of problem.detail ? visible(problem.detail).split('\n') : []) {
    lines.push(`${' '.repeat(margin)} ${paint('blue', '=')} ${line}`);
  }
  for (const [index, line] of (problem.hint ? visible(problem.hint).split('\n') : []).entries()) {
    lines.push(`${' '.repeat(margin)} ${index === 0 ? paint('green', '→') : ' '} ${line}`);
  }
  return lines.join('\n');
}

/** All of them, an empty line between two. */
export function renderProblems(problems: readonly Problem[], options: ProblemTextOptions): string {
  return problems.map((problem) => renderProblem(problem, options)).join('\n\n');
}

/** `site.yml:12:7`, relative to `cwd` when the file lies below it. */
export function place(at: Position, cwd?: string): string {
  const near = cwd === undefined ? at.file : relative(cwd, at.file);
  return visible(`${near === '' || near.startsWith('..') ? at.file : near}:${at.line}:${at.column}`);
}

function excerpt(at: Position, margin: number, warning: boolean, options: ProblemTextOptions): string[] {
  const paint = painter(options.color);
  const bar = paint('blue', '|');
  const blank = ' '.repeat(margin);
  const where = `${blank}${paint('blue', '-->')} ${place(at, options.cwd)}`;
  if (at.text === '') return [where];
  const { before, marked, after } = cut(at);
  const indent = visible(before).replace(/[^\t]/gu, ' ');
  const carets = '^'.repeat(Math.max(1, [...visible(marked)].length));
  return [
    where,
    `${blank} ${bar}`,
    `${paint('blue', String(at.line))} ${bar} ${visible(before + marked + after).replaceAll('\n', '\\n')}`,
    `${blank} ${bar} ${indent}${paint(warning ? 'yellow' : 'red', carets)}`,
  ];
}

/** The line in three parts around the caret, shortened on both sides where it is very long. */
function cut(at: Position): { before: string; marked: string; after: string } {
  const start = Math.min(at.column - 1, at.text.length);
  const end = Math.min(start + at.length, at.text.length);
  let before = at.text.slice(0, start);
  let marked = at.text.slice(start, end);
  let after = at.text.slice(end);
  if (at.text.length > WIDEST) {
    if (before.length > WIDEST / 2) before = `…${before.slice(-WIDEST / 2)}`;
    if (marked.length > WIDEST / 2) marked = marked.slice(0, WIDEST / 2);
    if (after.length > WIDEST / 4) after = `${after.slice(0, WIDEST / 4)}…`;
  }
  return { before, marked, after };
}

const STYLES = { red: '1;31', yellow: '1;33', blue: '34', green: '32', bold: '1' } as const;

function painter(color: boolean): (style: keyof typeof STYLES, text: string) => string {
  return color ? (style, text) => `\u001b[${STYLES[style]}m${text}\u001b[0m` : (_style, text) => text;
}
