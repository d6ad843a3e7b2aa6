// What a build leaves out of its proof: paths that the release gets only on the host, such as links to data.
import { globMatcher } from '../pattern/glob.ts';
import { nameFault } from './names.ts';

/** Why a pattern can't be used, or undefined. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.startsWith('/')) return 'it is relative to the build: leave out the slash in front';
  if (pattern.endsWith('/')) return 'a directory is left out as a whole: leave out the slash at the end';
  if (/^[*/]+$/.test(pattern)) return 'it would leave out everything';
  return nameFault(pattern);
}

/**
 * Whether a path is left out. A pattern is a path below the build, of which `*` stands for any characters, slashes too,
 * as in find(1). A directory that matches is left out with all that is in it: the caller doesn't descend.
 */
export function ignoring(patterns: readonly string[]): (path: string) => boolean {
  const all = patterns.map((pattern) => globMatcher(pattern, '*'));
  return (path) => all.some((matches) => matches(path));
}

/** The pattern as find's `-path` has it. */
export function findPattern(pattern: string): string {
  return `./${pattern.replace(/[?[\]]/g, '\\$&')}`;
}
