// What is told when the record can't be written: before a run, where it can be known, and in the middle of one.
import { statfs } from 'node:fs/promises';
import { systemReason } from '../base/file-error.ts';
import { type Problem, ProblemError } from '../language/problem/problem.ts';

/** What a run needs at least: the journal of a long one is larger, but a disk with less is as good as full. */
const LEAST_BYTES = 4 * 1024 * 1024;
const LEAST_INODES = 32;

/**
 * Does what writes the record in `directory` before a run.
 * @throws ProblemError `record-unwritable` instead of an error of the operating system
 */
export async function recording<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new ProblemError([unwritable(reason.startsWith('/') ? reason : `${directory}: ${reason}`)]);
  }
}

/** Refuses a disk that is as good as full. @throws ProblemError `record-unwritable` */
export async function requireRoom(directory: string): Promise<void> {
  const { bavail, bsize, files, ffree } = await statfs(directory);
  // A file system that makes inodes as it needs them says that it has none at all.
  const missing =
    bavail * bsize < LEAST_BYTES
      ? `${Math.floor((bavail * bsize) / 1024)} KiB are free there, and a run's record wants 4 MiB`
      : files > 0 && ffree < LEAST_INODES
        ? `${ffree} inodes are free there, and a run's record wants ${LEAST_INODES}`
        : undefined;
  if (missing !== undefined) throw new ProblemError([unwritable(`${directory}: ${missing}.`)]);
}

function unwritable(detail: string): Problem {
  return {
    code: 'record-unwritable',
    summary: "The record can't be written",
    detail: `${detail}\nNothing is done without a record.`,
    hint: 'See that there is room and that you may write there, or set `record` in vrun.yml to a directory on another disk.',
  };
}

/** In the middle of a run: at once, to whoever watches it. */
export function noLongerRecorded(error: unknown): Problem {
  return {
    code: 'record-unwritable',
    summary: "the record can't be written any more",
    detail: `${whyNot(error)}. Hosts finish the step that they are at; nothing more is changed.`,
  };
}

/** At the end of a run whose record isn't whole. */
export function incomplete(error: unknown, run: string): Problem {
  return {
    code: 'record-unwritable',
    summary: 'The record of this run is incomplete',
    detail: `${whyNot(error)}. The run ${run} is not sealed; its journal holds what could be written.`,
    hint: 'Make room there and run again: the next run describes this one in the record, and goes on from what is there.',
  };
}

function whyNot(error: unknown): string {
  if (error instanceof ProblemError) return error.problems.map(({ summary }) => summary).join('; ');
  return systemReason(error) ?? (error instanceof Error ? error.message : String(error));
}
