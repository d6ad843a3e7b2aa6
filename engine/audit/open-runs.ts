// Markers of runs that are not sealed yet: `open/<run>.json` says which process each lives in. A convenience, so that
// nobody need read the whole chain to find them; what is true of a run stands in the chain.

import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../base/file-error.ts';
import { readPlainText } from '../base/plain-file.ts';
import { canonical } from '../signature/canonical.ts';
import { replaceDurably } from './chain/durable-file.ts';
import { isRunId } from './chain/statement.ts';
import { isRunProcess, processState, thisProcess } from './run-process.ts';

/** Marks a run as open, before its entry is in the chain. */
export async function markOpen(directory: string, run: string): Promise<void> {
  await mkdir(path.join(directory, 'open'), { recursive: true, mode: 0o700 });
  await replaceDurably(marker(directory, run), `${canonical(await thisProcess())}\n`);
}

/** Removes the mark, once the run's last entry is in the chain. */
export async function unmark(directory: string, run: string): Promise<void> {
  await rm(marker(directory, run), { force: true });
}

/** Runs that are marked as open and whose process is gone. */
export async function deadRuns(directory: string): Promise<string[]> {
  const runs = await markedRuns(directory);
  const dead = await Promise.all(runs.map(async (run) => (await runState(directory, run)) === 'dead'));
  return runs.filter((_, index) => dead[index]);
}

/** What is known of a run's process: `dead` also when there is no mark. */
export async function runState(directory: string, run: string): Promise<'alive' | 'dead' | 'unknown'> {
  let text: string;
  try {
    text = await readPlainText(marker(directory, run));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'dead';
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isRunProcess(value) ? await processState(value) : 'unknown';
  } catch {
    return 'unknown';
  }
}

async function markedRuns(directory: string): Promise<string[]> {
  const names = await readdir(path.join(directory, 'open')).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.flatMap((name) => (name.endsWith('.json') && isRunId(name.slice(0, -5)) ? [name.slice(0, -5)] : []));
}

function marker(directory: string, run: string): string {
  return path.join(directory, 'open', `${run}.json`);
}
