// Which members of an archive a task takes: `include` and `exclude`, as GNU tar has them, the same on the controller and on a host.

import { type Script, sh } from '../../base/script.ts';
import { withoutEnd } from '../../base/without-end.ts';
import type { ParameterProblem } from '../../language/runbook/catalog.ts';
import { BadPattern, linearPattern } from '../../pattern/linear.ts';
import { bytesOf } from './want.ts';

export interface Choice {
  /** Names of members, and of directories with all that is in them; empty for all. */
  readonly include: readonly string[];
  /** Patterns of a name, or of several with slashes between them, at any depth. */
  readonly exclude: readonly string[];
}

/** True when nothing is left out. */
export function takesAll({ include, exclude }: Choice): boolean {
  return include.length === 0 && exclude.length === 0;
}

/** Whether a member is taken, by its path without `./` and a slash at its end. */
export function chooser({ include, exclude }: Choice): (path: string) => boolean {
  const left = exclude.map((glob) => linearPattern(bytesOf(pattern(glob))));
  const names = include.map(plain);
  return (path) =>
    (names.length === 0 || names.some((name) => path === name || path.startsWith(`${name}/`))) &&
    !left.some((one) => one.test(bytesOf(path)));
}

/** The names of `include` that none of the paths has. */
export function notFound({ include }: Choice, paths: readonly string[]): readonly string[] {
  return include.filter((name) => !paths.some((path) => path === plain(name) || path.startsWith(`${plain(name)}/`)));
}

/** A filter of member names, a line each: those that are taken, or with `others` those that aren't. */
export function chosen({ include, exclude }: Choice, others = false): Script {
  const list = (words: readonly string[]) => words.map((word) => word.replaceAll('\\', '\\\\')).join('\\n');
  return sh`LC_ALL=C awk -v names=${list(include.map(plain))} -v patterns=${list(exclude.map(pattern))} -v others=${others ? 1 : 0} '${AWK}'`;
}

const AWK = sh`
BEGIN { n = split(names, name, "\n"); m = split(patterns, pattern, "\n") }
{
  p = $0; while (sub(/^\.\//, "", p)); sub(/\/+$/, "", p)
  taken = n == 0
  for (i = 1; i <= n; i++) if (p == name[i] || index(p, name[i] "/") == 1) taken = 1
  for (i = 1; i <= m; i++) if (p ~ pattern[i]) taken = 0
  if (taken != others) print
}`;

/** \`*\` and \`?\` match slashes too; what is in a directory that matches is left out with it. */
function pattern(glob: string): string {
  const text = plain(glob).replace(/\*|\?|\[!?\]?[^\]]*\]|\\.|[^*?[\\]|[[\\]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1 && part.startsWith('[')) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    const letter = part.length > 1 ? part.slice(1) : part;
    if (letter === '^' || letter === '\\') return `\\${letter}`;
    return /[$.+(){}|[*?]/.test(letter) ? `[${letter}]` : letter;
  });
  return `(^|/)${text}(/|$)`;
}

function plain(name: string): string {
  return withoutEnd(name.replace(/^(\.\/)+/, ''), '/');
}

/** Problems of the parameters `include` and `exclude`. */
export function checkChoice(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  return ['include', 'exclude'].flatMap((parameter) => {
    const given = params[parameter];
    const words: readonly unknown[] = Array.isArray(given) ? given : [given];
    return words.flatMap((word) => {
      if (typeof word !== 'string') return [];
      const bad =
        plain(word) === '' || /[\u0000-\u001f\u007f]/.test(word) || (parameter === 'exclude' && !isPattern(word));
      return bad
        ? [{ parameter, summary: `‹${word}› names nothing in an archive`, hint: 'Write a path as `tar -t` prints it.' }]
        : [];
    });
  });
}

function isPattern(glob: string): boolean {
  try {
    linearPattern(bytesOf(pattern(glob)));
    return true;
  } catch (error) {
    if (error instanceof BadPattern) return false;
    throw error;
  }
}
