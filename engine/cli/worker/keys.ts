// `vrun worker enroll` and `coordinator`: keys are made on the machine that uses them, and only their public halves are printed.
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createFile } from '../../audit/chain/durable-file.ts';
import { newNkey } from '../../dispatch/enrolment/nkey.ts';
import { enrolledAs, keyFiles, makeOwnKeys, readOwnKeys, readSeed } from '../../dispatch/enrolment/own-keys.ts';
import { entryText, isName, NAME_FORM } from '../../dispatch/enrolment/worker.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Environment } from '../shared/environment.ts';
import { openToOthers } from '../shared/private-files.ts';
import { reportProblems } from '../shared/problems.ts';
import { coordinatorSeedFile, workerDirectory } from '../shared/worker-directory.ts';

export interface EnrollOptions {
  readonly name: string;
  readonly region: string;
  readonly directory?: string;
}

/** Makes the keys that aren't there, and prints the entry on standard output alone. @throws ProblemError */
export async function enroll({ name, region, directory }: EnrollOptions, environment: Environment): Promise<void> {
  const problems = [nameProblem('--name', name), nameProblem('--region', region)].filter((one) => one !== undefined);
  if (problems.length > 0) throw new ProblemError(problems);
  const place = directory === undefined ? workerDirectory(environment) : resolve(environment.cwd, directory);
  const made = await makeOwnKeys(place, `vrun worker ${name}`);
  const keys = await readOwnKeys(place);
  await warnOfOpen(Object.values(keyFiles(place)), 'whoever reads it can act as this worker', environment);
  environment.stdout.write(entryText(enrolledAs(keys, name, region)));
  environment.stderr.write(
    [
      made.length > 0
        ? `Made ${made.join(', ')}.`
        : `The keys in ${place} were there already: nothing was overwritten.`,
      'Keep them on this machine. The entry above holds their public halves; on the operator’s machine, put it into workers.yml:',
      '    vrun worker add FILE',
      '',
    ].join('\n'),
  );
}

/** Makes the coordinator's key unless it is there, and prints its public half on standard output alone. @throws ProblemError */
export async function makeCoordinator(environment: Environment): Promise<void> {
  const file = coordinatorSeedFile(environment);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const created = await createFile(file, `${(await newNkey()).seed}\n`);
  if (created) await chmod(file, 0o600);
  environment.stdout.write(`${await coordinatorKey(environment)}\n`);
  environment.stderr.write(
    created
      ? `Made ${file}. Whoever has it may start runs on the workers: keep it to yourself.\n`
      : `${file} was there already: nothing was overwritten.\n`,
  );
}

/** The public half of this machine's coordinator. @throws ProblemError when there is none */
export async function coordinatorKey(environment: Environment): Promise<string> {
  const file = coordinatorSeedFile(environment);
  const { nats } = await readSeed(file).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    const hint =
      'Make it, or name the one of another machine:\n    vrun worker coordinator\n    vrun worker permissions --coordinator U…';
    throw new ProblemError(error.problems.map((problem) => ({ ...problem, hint })));
  });
  await warnOfOpen([file], 'whoever reads it can start runs on the workers', environment);
  return nats;
}

async function warnOfOpen(files: readonly string[], risk: string, environment: Environment): Promise<void> {
  for (const file of files) reportProblems(await openToOthers(file, risk), environment);
}

/** What is wrong with a worker's or a region's name; undefined where nothing is. */
export function nameProblem(option: string, text: string): Problem | undefined {
  return isName(text) ? undefined : { code: 'usage', summary: `${option} ‹${text}› is no name`, hint: NAME_FORM };
}
