// workers.yml on disk: read as a whole, added to, and a worker in it revoked. It is written whole or not at all.
import { realpath, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { createFile, replaceDurably } from '../../audit/chain/durable-file.ts';
import { hasCode, systemReason } from '../../base/file-error.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { withRevoked, withWorkers } from './edit-workers.ts';
import { KEY_FIELDS, keyText, readWorkers } from './read-workers.ts';
import { entryText, type ListedWorker, toTheSecond, type Worker } from './worker.ts';

/** The file as it was read: `text` is undefined where it isn't there. */
export interface WorkersFile {
  /** Absolute. */
  readonly path: string;
  /** As Problems show it. */
  readonly shown: string;
  readonly text: string | undefined;
  readonly workers: readonly ListedWorker[];
}

/** Reads workers.yml. @throws ProblemError with everything that is wrong in it */
export async function readWorkersFile(path: string, cwd: string): Promise<WorkersFile> {
  const shown = relative(cwd, path);
  const text = await readPlainText(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    const detail = systemReason(error) ?? (error instanceof Error ? error.message : String(error));
    return fail({ code: 'file-unreadable', summary: `‹${shown}› can't be read`, detail });
  });
  const problems: Problem[] = [];
  const workers = text === undefined ? [] : await readWorkers(shown, text, problems);
  if (problems.length > 0) throw new ProblemError(problems);
  return { path, shown, text, workers };
}

/**
 * Adds these workers, and makes the file where there is none. @returns those that weren't there already
 * @throws ProblemError `enrolment` when a name or a key is another worker's, or one is revoked: then nothing is written
 */
export async function addWorkers(file: WorkersFile, added: readonly Worker[]): Promise<readonly Worker[]> {
  const problems = added.flatMap((worker) => objections(worker, file));
  if (problems.length > 0) throw new ProblemError(problems);
  const fresh = added.filter(({ name }) => !file.workers.some((known) => known.name === name));
  if (fresh.length === 0) return [];
  const text = withWorkers(file.text, fresh);
  await write(file, text, [...file.workers, ...fresh], fresh.map(entryText).join('\n'));
  return fresh;
}

/**
 * Sets the time from which a worker takes part in no run, in UTC. @returns when it was revoked, and whether that was now
 * @throws ProblemError where there is no such worker
 */
export async function revokeWorker(
  file: WorkersFile,
  name: string,
): Promise<{ readonly time: string; readonly now: boolean }> {
  const worker = file.workers.find((one) => one.name === name);
  if (worker === undefined) {
    const names = file.workers.map((one) => one.name);
    const hint = didYouMean(name, names) ?? (names.length > 0 ? `There are ${names.join(', ')}.` : 'There is none.');
    return fail({ code: 'usage', summary: `${file.shown} has no worker ‹${name}›`, hint });
  }
  if (worker.revoked !== undefined) return { time: worker.revoked, now: false };
  const time = toTheSecond(new Date());
  const expected = file.workers.map((one) => (one === worker ? { ...one, revoked: time } : one));
  await write(file, withRevoked(file.text ?? '', worker, time), expected, `${name}:\n  revoked: ${time}`);
  return { time, now: true };
}

/** Why a worker can't be added. One that is there, with the same keys and region, can. */
function objections(worker: Worker, { shown, workers }: WorkersFile): readonly Problem[] {
  const known = workers.find(({ name }) => name === worker.name);
  if (known === undefined) {
    return workers.flatMap((other) => {
      const same = KEY_FIELDS.filter((field) => keyText(other, field) === keyText(worker, field));
      if (same.length === 0) return [];
      const summary = `‹${worker.name}› has the same ${same.join(', ')} key as the worker ‹${other.name}›`;
      const hint =
        'Each worker has keys of its own. On its machine:\n    vrun worker enroll --name NAME --directory DIR';
      return [{ code: 'enrolment', summary, hint, at: other.at } as const];
    });
  }
  const summary = (what: string) => `There is a worker ‹${worker.name}› ${what}`;
  const at = known.at;
  if (KEY_FIELDS.some((field) => keyText(known, field) !== keyText(worker, field))) {
    const hint = `If its machine was set up anew, remove the old entry from ${shown}, add this one, and give the broker what ‹vrun worker permissions› prints. If it is another machine, enroll it by another name.`;
    return [{ code: 'enrolment', summary: summary('with other keys'), hint, at }];
  }
  if (known.revoked !== undefined) {
    const hint =
      'What is revoked stays so. Make new keys on its machine, in another directory and by another name:\n    vrun worker enroll --name NAME --directory DIR';
    return [{ code: 'enrolment', summary: summary(`that was revoked at ${known.revoked}`), hint, at }];
  }
  if (known.region !== worker.region) {
    const hint = `To move it, change its region in ${shown}, and give the broker what ‹vrun worker permissions› prints.`;
    return [{ code: 'enrolment', summary: summary(`of the region ‹${known.region}›`), hint, at }];
  }
  return [];
}

/**
 * Writes the text once it is seen to say what it is to say. `byHand` is what to write where it doesn't: YAML can be written in
 * ways in which nothing can be put into a text.
 */
async function write(file: WorkersFile, text: string, expected: readonly Worker[], byHand: string): Promise<void> {
  const problems: Problem[] = [];
  const said = await readWorkers(file.shown, text, problems);
  if (problems.length > 0 || said.map(entryText).join() !== expected.map(entryText).join()) {
    const indented = byHand.trimEnd().replaceAll(/^/gm, '    ');
    return fail({
      code: 'enrolment',
      summary: `‹${file.shown}› is written in a way in which it can't be added to`,
      detail: 'Nothing was written.',
      hint: `Write this into it by hand, so that it is a map of names:\n${indented}`,
    });
  }
  if (file.text === undefined) {
    if (await createFile(file.path, text, 0o644)) return;
    fail({
      code: 'enrolment',
      summary: `‹${file.shown}› was made by somebody else meanwhile`,
      hint: 'Do it once more.',
    });
  }
  const path = await realpath(file.path);
  await replaceDurably(path, text, (await stat(path)).mode & 0o777);
}
