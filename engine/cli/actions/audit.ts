// `vrun audit`: the record, for people and for scripts. `verify` exits with 0 or 2.

import { basename, join, relative, resolve } from 'node:path';
import { parseWitnesses } from '../../audit/chain/witness.ts';
import { exportRecord } from '../../audit/export.ts';
import { listRuns, type RecordedRun } from '../../audit/list.ts';
import { journalName } from '../../audit/run-files.ts';
import { findRun } from '../../audit/show.ts';
import { type Verification, verifyRecord } from '../../audit/verify/verify.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import { type Config, readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { reportProblems } from '../shared/problems.ts';
import { signerOf } from '../shared/signer.ts';

export interface VerifyOptions {
  readonly witness: readonly string[];
  readonly allowedSigners?: string;
  readonly record?: string;
}

export async function initAudit(environment: Environment): Promise<number> {
  const signer = await signerOf(await configOf(environment), environment);
  for (const notice of signer.notices) environment.stdout.write(`${notice}\n`);
  environment.stdout.write(`The record is signed by ${signer.identity} ${signer.fingerprint}\n`);
  return EXIT.ok;
}

export async function showRuns(environment: Environment): Promise<number> {
  const runs = await listRuns((await configOf(environment)).record);
  environment.stdout.write(runs.map(lineOf).join(''));
  return EXIT.ok;
}

export async function showRun(wanted: string, environment: Environment): Promise<number> {
  const { record } = await configOf(environment);
  const run = await findRun(record, wanted);
  if (!run) throw new ProblemError([noRun(wanted)]);
  environment.stdout.write(await reportOf(record, run));
  return EXIT.ok;
}

export async function verify(options: VerifyOptions, environment: Environment): Promise<number> {
  const { cwd, stdout } = environment;
  const settings = recordAt(await configOf(environment), cwd, options.record);
  try {
    const texts = await Promise.all(options.witness.map((file) => readWitness(resolve(cwd, file))));
    const verification = await verifyRecord(settings.record, {
      allowedSigners: allowedSignersOf(settings, cwd, options.allowedSigners),
      witnesses: texts.flatMap(parseWitnesses),
    });
    stdout.write(verificationText(verification, relative(cwd, settings.record) || '.'));
    return verification.ok ? EXIT.ok : EXIT.failed;
  } catch (error) {
    // No record and nothing to hold it against are answers too: it does not verify.
    if (!(error instanceof ProblemError)) throw error;
    reportProblems(error.problems, environment);
    return EXIT.failed;
  }
}

export async function exportTo(directory: string, environment: Environment): Promise<number> {
  const { cwd, stdout } = environment;
  const settings = await configOf(environment);
  await exportRecord(settings.record, resolve(cwd, directory), {
    allowedSigners: allowedSignersOf(settings, cwd, undefined),
    verifier: join(import.meta.dirname, '..', 'docs', 'verify-record.sh'),
  });
  stdout.write(`Exported to ${directory}. Check it there with: sh verify-record.sh\n`);
  return EXIT.ok;
}

function configOf({ cwd, home }: Environment): Promise<Config> {
  return readConfig(cwd, home);
}

/** Another record than the project's brings its own allowed_signers. */
function recordAt(config: Config, cwd: string, directory: string | undefined): Config {
  return directory === undefined ? config : { ...config, record: resolve(cwd, directory), allowedSigners: undefined };
}

function allowedSignersOf(config: Config, cwd: string, given: string | undefined): string {
  if (given !== undefined) return resolve(cwd, given);
  return config.allowedSigners ?? join(config.record, 'allowed_signers');
}

async function readWitness(file: string): Promise<string> {
  try {
    return await readPlainText(file);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new ProblemError([{ code: 'file-missing', summary: `can't read the witness file ‹${file}›`, detail }]);
  }
}

function lineOf({ run, open, outcome, statistics, resumed }: RecordedRun): string {
  const hosts = Object.values(statistics);
  const sum = (of: (totals: (typeof hosts)[number]) => number) => hosts.reduce((total, host) => total + of(host), 0);
  const counts =
    hosts.length === 0
      ? ''
      : `  ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}, ${sum(({ changed }) => changed)} changed, ${sum(({ failed }) => failed)} failed`;
  const mode = open.mode === 'check' ? 'dry run' : 'run';
  const again = resumed.map(({ operator }) => `  resumed by ${operator}`).join('');
  return (
    visible(
      `${run}  ${mode.padEnd(7)}  ${outcome.padEnd(11)}  ${open.operator}  ${open.runbooks.join(' ')}${counts}${again}`,
    ).replaceAll('\n', ' ') + '\n'
  );
}

async function reportOf(record: string, { run, outcome, resumed }: RecordedRun): Promise<string> {
  try {
    return await readPlainText(join(record, 'runs', run, 'report.md'));
  } catch {
    const journals = [0, ...resumed.keys()].map((_, index) => join(record, journalName(run, index + 1)));
    const dead = outcome === 'died' || outcome === 'recovered';
    return `The run ${run} has no report (${outcome}). Its journal: ${journals.join(' ')}\n${dead ? `To go on with it: vrun resume ${run}\n` : ''}`;
  }
}

function verificationText(verification: Verification, record: string): string {
  const { ok, findings, entries, sealed, unsealed, head, signers, witnesses } = verification;
  const lines = [
    ...findings.map(
      ({ file, line, reason }) => `BAD  ${join(record, file)}${line === undefined ? '' : `:${line}`}: ${reason}`,
    ),
    ...unsealed.map(
      ({ run, state, file, journal }) =>
        `run ${run} was never sealed (${state})${journal ? `: its ${basename(file, '.jsonl')} is signed up to line ${journal.signed}` : ''}`,
    ),
    `${entries} entries, ${sealed} sealed runs, head ${head}`,
    ...signers.map((signer) => `signed by ${signer}`),
    ...(witnesses > 0 ? [`${witnesses} witnesses compared`] : []),
    ok
      ? 'The record is whole.'
      : `The record does NOT verify: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}.`,
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

function noRun(wanted: string): Problem {
  return { code: 'audit', summary: `no run ‹${wanted}› in the record`, hint: 'vrun audit list shows them all.' };
}
