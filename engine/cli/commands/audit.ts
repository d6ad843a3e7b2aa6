// `vrun audit`: the record, for people and for scripts. `verify` exits with 0 or 2.

import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { parseWitnesses } from '../../audit/chain/witness.ts';
import { exportRecord } from '../../audit/export.ts';
import { listRuns, type RecordedRun } from '../../audit/list.ts';
import { findRun } from '../../audit/show.ts';
import { type Verification, verifyRecord } from '../../audit/verify/verify.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { type Config, readConfig } from '../shared/config.ts';
import { EXIT, reportProblems } from '../shared/problems.ts';
import { repeated } from '../shared/repeated.ts';
import { signerOf } from '../shared/signer.ts';

export function auditCommands({ environment, ended }: CommandContext): Command {
  const config = () => readConfig(environment.cwd, environment.home);
  const audit = new Command('audit').description('the signed record of runs');
  for (const command of [initCommand, listCommand, showCommand, verifyCommand, exportCommand])
    audit.addCommand(command({ environment, ended, config }));
  return audit;
}

interface Context extends Pick<CommandContext, 'environment' | 'ended'> {
  readonly config: () => Promise<Config>;
}

function initCommand({ environment, ended, config }: Context): Command {
  return new Command('init')
    .description('make the key that signs the record, unless vrun.yml names one')
    .action(async () => {
      const signer = await signerOf(await config(), environment);
      for (const notice of signer.notices) environment.stdout.write(`${notice}\n`);
      environment.stdout.write(`The record is signed by ${signer.identity} ${signer.fingerprint}\n`);
      ended(EXIT.ok);
    });
}

function listCommand({ environment, ended, config }: Context): Command {
  return new Command('list').description('all runs, oldest first').action(async () => {
    const runs = await listRuns((await config()).record);
    environment.stdout.write(runs.map(lineOf).join(''));
    ended(EXIT.ok);
  });
}

function showCommand({ environment, ended, config }: Context): Command {
  return new Command('show')
    .description("one run's report; without an id the last run's")
    .argument('[run]', 'id of a run, or its beginning', 'last')
    .action(async (wanted: string) => {
      const { record } = await config();
      const run = await findRun(record, wanted);
      if (!run) throw new ProblemError([noRun(wanted)]);
      environment.stdout.write(await reportOf(record, run));
      ended(EXIT.ok);
    });
}

function verifyCommand({ environment, ended, config }: Context): Command {
  return new Command('verify')
    .description('check every signature, every link of the chain, every journal line and every sealed file')
    .option(
      '--witness <file>',
      'what hosts have seen of the chain: /var/lib/vrun/witness of each; may be repeated',
      repeated,
      [],
    )
    .option('--allowed-signers <file>', 'whom to trust; default .vrun/allowed_signers')
    .option('--record <directory>', 'the record to verify, such as an export; default .vrun')
    .action(async (options: { witness: string[]; allowedSigners?: string; record?: string }) => {
      const settings = recordAt(await config(), environment.cwd, options.record);
      try {
        const texts = await Promise.all(options.witness.map((file) => readWitness(resolve(environment.cwd, file))));
        const verification = await verifyRecord(settings.record, {
          allowedSigners: allowedSignersOf(settings, environment.cwd, options.allowedSigners),
          witnesses: texts.flatMap(parseWitnesses),
        });
        environment.stdout.write(verificationText(verification, relative(environment.cwd, settings.record) || '.'));
        ended(verification.ok ? EXIT.ok : EXIT.failed);
      } catch (error) {
        // No record and nothing to hold it against are answers too: it does not verify.
        if (!(error instanceof ProblemError)) throw error;
        reportProblems(error.problems, environment);
        ended(EXIT.failed);
      }
    });
}

function exportCommand({ environment, ended, config }: Context): Command {
  return new Command('export')
    .description('copy the record with what is needed to verify it, without the key')
    .argument('<directory>', 'a new directory')
    .action(async (directory: string) => {
      const settings = await config();
      await exportRecord(settings.record, resolve(environment.cwd, directory), {
        allowedSigners: allowedSignersOf(settings, environment.cwd, undefined),
        verifier: join(import.meta.dirname, '..', 'docs', 'verify-record.sh'),
      });
      environment.stdout.write(`Exported to ${directory}. Check it there with: sh verify-record.sh\n`);
      ended(EXIT.ok);
    });
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

function lineOf({ run, open, outcome, statistics }: RecordedRun): string {
  const hosts = Object.values(statistics);
  const sum = (of: (totals: (typeof hosts)[number]) => number) => hosts.reduce((total, host) => total + of(host), 0);
  const counts =
    hosts.length === 0
      ? ''
      : `  ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}, ${sum(({ changed }) => changed)} changed, ${sum(({ failed }) => failed)} failed`;
  const mode = open.mode === 'check' ? 'dry run' : 'run';
  return (
    visible(
      `${run}  ${mode.padEnd(7)}  ${outcome.padEnd(11)}  ${open.operator}  ${open.runbooks.join(' ')}${counts}`,
    ).replaceAll('\n', ' ') + '\n'
  );
}

async function reportOf(record: string, { run, outcome }: RecordedRun): Promise<string> {
  try {
    return await readPlainText(join(record, 'runs', run, 'report.md'));
  } catch {
    return `The run ${run} has no report (${outcome}). Its journal: ${join(record, 'runs', run, 'journal.jsonl')}\n`;
  }
}

function verificationText(verification: Verification, record: string): string {
  const { ok, findings, entries, sealed, unsealed, head, signers, witnesses } = verification;
  const lines = [
    ...findings.map(
      ({ file, line, reason }) => `BAD  ${join(record, file)}${line === undefined ? '' : `:${line}`}: ${reason}`,
    ),
    ...unsealed.map(
      ({ run, state, journal }) =>
        `run ${run} was never sealed (${state})${journal ? `: its journal is signed up to line ${journal.signed}` : ''}`,
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
