// An export: a directory that stands by itself, to be given to an auditor, who needs only OpenSSH to check it.
import { copyFile, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../base/file-error.ts';
import { fail } from '../language/problem/problem.ts';
import { entryNames } from './chain/chain.ts';
import { isRunId } from './chain/statement.ts';

export interface ExportOptions {
  /** The path of allowed_signers. */
  readonly allowedSigners: string;
  /** The path of `docs/verify-record.sh`. */
  readonly verifier: string;
  /** Ids of runs; without it all. The chain is always whole. */
  readonly runs?: readonly string[];
}

/**
 * Copies the record into a new directory: `log/`, `runs/`, `allowed_signers`, `verify-record.sh` and a `README.md`.
 * Never the key.
 * @throws ProblemError `audit` when the directory isn't new or empty, or a run isn't there
 */
export async function exportRecord(root: string, target: string, options: ExportOptions): Promise<void> {
  await mkdir(target, { recursive: true });
  if ((await readdir(target)).length > 0) {
    fail({
      code: 'audit',
      summary: 'The directory to export to is not empty',
      detail: target,
      hint: 'Name a new one.',
    });
  }
  const names = await entryNames(root);
  await mkdir(path.join(target, 'log'));
  await mkdir(path.join(target, 'runs'));
  for (const name of names) await copyFile(path.join(root, 'log', name), path.join(target, 'log', name));
  for (const run of options.runs ?? (await readdir(path.join(root, 'runs')))) await copyRun(root, target, run);
  await copyFile(options.allowedSigners, path.join(target, 'allowed_signers'));
  await copyFile(options.verifier, path.join(target, 'verify-record.sh'));
  await writeFile(path.join(target, 'README.md'), readme(names.length, options.runs));
}

async function copyRun(root: string, target: string, run: string): Promise<void> {
  try {
    if (!isRunId(run)) throw new RangeError('not the id of a run');
    await cp(path.join(root, 'runs', run), path.join(target, 'runs', run), { recursive: true });
  } catch (error) {
    if (!(error instanceof RangeError) && !hasCode(error, 'ENOENT')) throw error;
    fail({ code: 'audit', summary: `There is no run ${run}`, hint: 'See `vrun audit list`.' });
  }
}

function readme(entries: number, runs: readonly string[] | undefined): string {
  const partial = runs === undefined ? '' : 'PARTIAL=1 ';
  return `# A record of vrun

\`log/\` is the chain: ${entries} entries, each a signed statement that holds the digest of the one before it.
\`runs/\` holds what ${runs === undefined ? 'all runs' : 'some runs'} wrote; the last entry of each signs the digests of its files.

Compare \`allowed_signers\` with a copy that you got by another way: it says whose signatures count. Then, with OpenSSH 8.7 or later:

    ${partial}sh verify-record.sh . /path/to/that/copy

or, with vrun, which also checks the journals line by line:

    vrun audit verify --record .
`;
}
