// The record of a run: opened before anything is sent, sealed with the report at its end.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Signer } from '../../audit/chain/signer.ts';
import { verifyCommand } from '../../audit/chain/verify-command.ts';
import type { RunOpening, RunRecord } from '../../audit/record.ts';
import type { FileDigest, FilesRead } from '../../base/files-read.ts';
import type { RunResult } from '../../run/play/run.ts';
import { type ReportContext, reportMarkdown } from '../../view/report/report.ts';
import type { RunSummary } from '../../view/summary/summary.ts';
import type { Environment } from '../shared/environment.ts';

/** The commit of the runbook's repository, `-dirty` when something in it isn't committed; null without one. */
export async function commitOf(runbook: string): Promise<string | null> {
  const git = promisify(execFile);
  const options = { cwd: dirname(runbook) || '.', timeout: 5000 };
  try {
    // Without --no-optional-locks it would take the lock of somebody's index only to write down what it has found.
    const status = ['--no-optional-locks', 'status', '--porcelain=v2', '--branch', '--untracked-files=no'];
    const { stdout } = await git('git', status, options);
    const [, commit] = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout) ?? [];
    return commit === undefined ? null : `${commit}${/^[^#]/m.test(stdout) ? '-dirty' : ''}`;
  } catch {
    return null; // no git or no repository
  }
}

/** Who runs it, as the record names them. */
export function operatorOf({ user, machine }: Pick<Environment, 'user' | 'machine'>): string {
  return `${user}@${machine}`;
}

export interface Sealing {
  readonly record: RunRecord;
  readonly signer: Signer;
  readonly opening: RunOpening;
  readonly summary: RunSummary;
  readonly result: RunResult;
  readonly prediction: ReportContext['prediction'];
  /** What was read by now. */
  readonly read: FilesRead;
}

/** Writes the report and seals the run. Returns the last lines for a person. */
export async function seal(sealing: Sealing, { cwd }: Environment): Promise<readonly string[]> {
  const { record, signer, opening, summary, result, prediction, read } = sealing;
  const known = new Set((opening.files ?? []).map(keyOf));
  const files = read.list();
  const near = (path: string) => relative(cwd, path) || path;
  const { file, at } = record.opened;
  const verify = verifyCommand({ file: near(file), at }, near(signer.allowedSigners), signer.identity);
  const report = join(record.directory, 'report.md');
  const text = reportMarkdown(summary, {
    runbooks: opening.runbooks.map(({ file, sha256 }) => ({
      path: file,
      sha256,
      ...(opening.commit ? { commit: opening.commit } : {}),
    })),
    inventory: opening.inventory.sources.map((path) => ({ path, sha256: opening.inventory.sha256 })),
    ...(prediction ? { prediction } : {}),
    files,
    verify: ['vrun audit verify', verify],
  });
  await writeFile(report, text, { mode: 0o600 });
  const since = files.filter((file) => !known.has(keyOf(file)));
  await record.seal(result.status, Object.fromEntries(result.hosts), since);
  return [`Report:  ${near(report)}`, `Record:  vrun audit verify`, `or with stock OpenSSH:`, `  ${verify}`];
}

function keyOf({ name, sha256 }: FileDigest): string {
  return `${sha256} ${name}`;
}
