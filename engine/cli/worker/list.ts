// `vrun worker add`, `list` and `revoke`: workers.yml of the project, for people and for programs.
import { resolve } from 'node:path';
import { fingerprint } from '../../base/digest.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { readWorkers } from '../../dispatch/enrolment/read-workers.ts';
import type { ListedWorker } from '../../dispatch/enrolment/worker.ts';
import { addWorkers, readWorkersFile, revokeWorker, type WorkersFile } from '../../dispatch/enrolment/workers-file.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { type Column, tableLines } from '../../view/text/table.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';

/** Bytes of what is given on standard input: some thousand workers. */
const LARGEST_INPUT = 1024 * 1024;

/** Puts the entries of a file, or of standard input (`-`), into workers.yml: all of them, or none. @throws ProblemError */
export async function addEntry(given: string, environment: Environment): Promise<void> {
  const file = await workersFile(environment);
  const shown = given === '-' ? 'standard input' : given;
  const problems: Problem[] = [];
  const workers = await readWorkers(shown, await readGiven(given, environment), problems);
  problems.push(...workers.filter(({ revoked }) => revoked !== undefined).map(revokedAlready));
  if (problems.length === 0 && workers.length === 0) {
    fail({
      code: 'enrolment',
      summary: `There is no worker in ${shown}`,
      hint: 'Give it what ‹vrun worker enroll› printed.',
    });
  }
  if (problems.length > 0) throw new ProblemError(problems);
  const added = await addWorkers(file, workers);
  for (const worker of workers) {
    const what = added.includes(worker)
      ? `Added ${worker.name}, region ${worker.region}, ${fingerprint(worker.ssh.blob)}, to ${file.shown}.`
      : `${worker.name} is in ${file.shown} already: nothing was changed.`;
    environment.stdout.write(`${what}\n`);
  }
  if (added.length > 0)
    environment.stdout.write(
      `Compare the fingerprint with what the worker’s machine says:\n    ssh-keygen -lf signing-key\n${BROKER}`,
    );
}

/** Prints the workers in the order of the file. @throws ProblemError */
export async function listWorkers(output: 'text' | 'json', environment: Environment): Promise<void> {
  const { shown, workers } = await workersFile(environment);
  const rows = workers.map(({ name, region, ssh, age, nats, enrolled, revoked }) => ({
    ...{ name, region, fingerprint: fingerprint(ssh.blob), age, nats, enrolled, revoked: revoked ?? null },
  }));
  if (output === 'json') environment.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length === 0)
    environment.stderr.write(
      `${shown} lists no workers. Make the keys of one on its machine:\n    vrun worker enroll --name NAME --region REGION\n`,
    );
  else {
    const column = (heading: 'name' | 'region' | 'fingerprint' | 'enrolled' | 'revoked'): Column => ({
      ...{ heading, align: 'left', keep: 0, cells: rows.map((row) => row[heading] ?? '–') },
    });
    const table = (['name', 'region', 'fingerprint', 'enrolled', 'revoked'] as const).map(column);
    environment.stdout.write(`${tableLines(table, Number.POSITIVE_INFINITY, (text) => text).join('\n')}\n`);
  }
}

/** Revokes a worker, and says what that doesn't do. @throws ProblemError */
export async function revoke(name: string, environment: Environment): Promise<void> {
  const file = await workersFile(environment);
  const { time, now } = await revokeWorker(file, name);
  environment.stdout.write(
    now
      ? `Revoked ${name} in ${file.shown}: runs that begin from now on give it no key.\nRuns that have begun before still hold a key that it can open: end them, and change the secrets that they brought it.\n${BROKER}`
      : `${name} is revoked since ${time}: nothing was changed.\n`,
  );
}

const BROKER = 'Give the broker its new permissions, and reload it:\n    vrun worker permissions\n';

/** The project's workers.yml. */
export async function workersFile({ cwd, home }: Environment): Promise<WorkersFile> {
  const { workers } = await readConfig(cwd, home);
  return readWorkersFile(workers, cwd);
}

async function readGiven(given: string, { cwd, stdin, stderr }: Environment): Promise<string> {
  if (given !== '-') {
    return readPlainText(resolve(cwd, given)).catch((error: Error) =>
      fail({ code: 'file-unreadable', summary: `can't read ‹${given}›`, detail: error.message }),
    );
  }
  if (stdin.isTTY === true) stderr.write('Paste what ‹vrun worker enroll› printed, and end it with Ctrl-D:\n');
  let text = '';
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > LARGEST_INPUT)
      fail({ code: 'usage', summary: 'standard input is too large for entries of workers' });
  }
  return text;
}

function revokedAlready({ name, at }: ListedWorker): Problem {
  return { code: 'enrolment', summary: `The worker ‹${name}› is revoked`, hint: 'Add one that isn’t.', at };
}
