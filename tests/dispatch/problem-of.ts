// The Problem that something is refused with.
import { ProblemError } from '../../engine/language/problem/problem.ts';

/** The first Problem of what is thrown. @throws Error where nothing is, or something else */
export async function problemOf(act: () => unknown) {
  try {
    await act();
  } catch (error) {
    if (error instanceof ProblemError && error.problems[0]) return error.problems[0];
    throw error;
  }
  throw new Error('nothing was refused');
}
