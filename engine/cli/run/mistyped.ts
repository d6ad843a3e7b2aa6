// `vrun lnit site.yml`: a first word that is no file and looks like a command.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { fail } from '../../language/problem/problem.ts';

/** @throws ProblemError when `word` can only be a command that there isn't */
export async function refuseMistyped(word: string | undefined, commands: readonly string[], cwd: string) {
  if (word === undefined || !/^[a-z][a-z-]*$/.test(word)) return;
  if (await stat(resolve(cwd, word)).catch(() => undefined)) return;
  fail({
    code: 'usage',
    summary: `‹${word}› is neither a command nor a runbook`,
    hint: didYouMean(word, commands) ?? 'vrun --help lists the commands.',
  });
}
