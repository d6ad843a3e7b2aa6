// Announced differences that have nothing to do with one module.
import type { Difference } from './compare.ts';
import type { Tried } from './pair.ts';
import type { Announced } from './trial.ts';

export const EVERY_MODULE: readonly Announced[] = [
  { key: 'dry-run', is: isForeseen },
  { key: 'failed', is: isAfterFailure },
  { key: 'backup', is: isBackup },
  { key: 'traceback', is: (difference) => difference.kind === 'status' && /\| MODULE FAILURE/.test(difference.why) },
];

/** vrun's dry run says what the run then does, or that it can't know; Ansible's check mode says something else. */
function isForeseen(difference: Difference, { vrun, ansible }: Tried): boolean {
  if ((difference.kind !== 'status' && difference.kind !== 'result') || difference.phase !== 'dry') return false;
  const { index, kind } = difference;
  const [ours, theirs] = [vrun.run.outcomes[index], ansible.run.outcomes[index]];
  if (!ours || !theirs) return false;
  if (kind === 'result') return true; // a run's own are compared
  const [said, tried] = [vrun.dry.outcomes[index]?.status, ansible.dry.outcomes[index]?.status];
  if (tried === 'skipped') return true; // it doesn't look at all
  if (said === 'unknown') return index > 0;
  return said === ours.status && tried !== theirs.status;
}

/** What a task leaves that failed on both sides. */
function isAfterFailure(difference: Difference, { tasks, vrun, ansible }: Tried): boolean {
  if (difference.kind !== 'state' || difference.phase === 'dry') return false;
  const failed = ({ [difference.phase]: { outcomes } }: Tried['vrun'], index: number) =>
    outcomes[index]?.status === 'failed';
  return tasks.some((_, index) => failed(vrun, index) && failed(ansible, index));
}

const BACKUP = /\.\d{4}-\d\d-\d\d[T@][\d:]+Z?~$/;

/** The same number of copies, called otherwise. */
function isBackup(difference: Difference, tried: Tried): boolean {
  if (difference.kind !== 'state' || !BACKUP.test(difference.of)) return false;
  const copies = (side: 'vrun' | 'ansible') =>
    [...tried[side][difference.phase].seen.keys()].filter((path) => BACKUP.test(path)).length;
  return copies('vrun') === copies('ansible');
}
