// What would have to change for a job to be in its crontab: the decisions of the module cron.
import type { Change, Plan } from '../change.ts';
import { Content } from '../content.ts';
import { type Script, sh } from '../script.ts';
import { unreadable } from './attributes.ts';
import { type CronEdit, editCrontab } from './cron-lines.ts';
import type { CronState, CronWant } from './cron-state.ts';
import { refusal } from './file-refusal.ts';
import { inTheWay, planFile } from './managed-file.ts';

/** Plan of the module cron: one change at most. */
export function planCron(have: CronState, want: CronWant): Plan {
  const { file, user, entry } = want;
  if (!have.readable) return { changes: [], failure: unreadable(file ?? `the crontab of ${user}`) };
  if (have.text.includes('\ufffd')) return { changes: [], failure: notText(want) };
  const edit = editCrontab(have.text, entry);
  const what = `cron job ${entry.name} ${file === undefined ? `of ${user}` : `in ${file}`}`;
  const result = { name: entry.name, job: entry.line };
  if (file === undefined) {
    if (!edit.changed) return { changes: [], result };
    const diff = { before: have.text, after: edit.text };
    return { changes: [{ ...said(edit, want), what, diff, steps: [tabStep(user, edit.text)] }], result };
  }
  const plan = planCronFile(have, want, edit, file);
  const [change] = plan.changes;
  if (!change || !edit.changed) return { ...plan, result };
  return { changes: [{ ...change, ...said(edit, want), what }], result };
}

/** cron takes a file only from root, and none that others may write. A file without any line goes. */
function planCronFile(have: CronState, want: CronWant, edit: CronEdit, path: string): Plan {
  const { entry } = have;
  if (entry && entry.kind !== 'file') return { changes: [], failure: inTheWay(path, entry) };
  if (want.entry.state === 'absent') {
    if (!edit.changed) return { changes: [] };
    if (edit.text.trim() === '') return removed(have, path);
  }
  if (entry && entry.text === undefined) return { changes: [], failure: notText(want) };
  return planFile(have, { path, content: Content.of(edit.text), owner: 'root', group: 'root', mode: 'go-w' });
}

function removed(have: CronState, path: string): Plan {
  const failure = refusal(have, { path }, true);
  return failure
    ? { changes: [], failure }
    : { changes: [{ op: '-', what: path, steps: [{ run: sh`rm -f -- ${path}` }] }] };
}

function said(edit: CronEdit, want: CronWant): Pick<Change, 'op' | 'from' | 'to'> {
  if (want.entry.state === 'absent') return { op: '-', from: edit.before, to: undefined };
  if (edit.before === want.entry.line) return { op: '~', from: undefined, to: 'once, and every line ended' };
  return { op: edit.before === undefined ? '+' : '~', from: edit.before, to: want.entry.line };
}

/** The whole table at once: crontab(1) refuses one that it doesn't understand. */
function tabStep(user: string, text: string): { run: Script; stdin?: Content } {
  const whose = (run: Script, asUser: Script) => sh`if [ "\${LOGNAME-}" = ${user} ]; then ${run}; else ${asUser}; fi`;
  if (text.trim() === '') return { run: whose(sh`crontab -r`, sh`crontab -u ${user} -r`) };
  return { run: whose(sh`crontab -`, sh`crontab -u ${user} -`), stdin: Content.of(text) };
}

function notText(want: CronWant): Plan['failure'] {
  return {
    summary: `${want.file ?? `the crontab of ${want.user}`} can't be edited`,
    detail: 'It is larger than 64 KiB, or no UTF-8 text.',
    hint: 'Put the job into a file of its own with `cron_file`.',
  };
}
