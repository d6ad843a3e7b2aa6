// What would have to change for an entry to be in its crontab: the decisions of the module cron.
import { type Script, sh } from '../../engine/base/script.ts';
import type { Change, Plan } from '../../engine/module/change.ts';
import { Content } from '../../engine/module/content.ts';
import { unreadable } from '../../engine/resources/file/attributes.ts';
import { inTheWay, planFile } from '../../engine/resources/file/managed.ts';
import { refusal } from '../../engine/resources/file/refusal.ts';
import { type CronEdit, editCrontab } from './lines.ts';
import type { CronState, CronWant } from './state.ts';

/** Plan of the module cron: one change at most. */
export function planCron(have: CronState, want: CronWant): Plan {
  const { file, entry } = want;
  if (!have.readable) return { changes: [], failure: unreadable(placeOf(want)) };
  if (have.text.includes('\ufffd')) return { changes: [], failure: notText(want) };
  const edit = editCrontab(have.text, entry);
  if ('summary' in edit) return { changes: [], failure: edit };
  const of = file === undefined ? `of ${want.user ?? "the task's user"}` : `in ${file}`;
  const what = `cron ${entry.kind} ${entry.name} ${of}`;
  const result = { name: entry.name, job: entry.line };
  if (file === undefined) {
    const doubt = have.outlived
      ? 'a crontab outlived the account, and cron may not take it from the new one'
      : undefined;
    if (!edit.changed && !(have.foreign && entry.state === 'present')) return { changes: [], result, doubt };
    const diff = edit.changed ? { before: have.text, after: edit.text } : undefined;
    return { changes: [{ ...said(have, edit, want), what, diff, steps: [tabStep(have, want, edit.text)] }], result };
  }
  const plan = planCronFile(have, want, edit, file);
  const [change] = plan.changes;
  if (!change || !edit.changed) return { ...plan, result };
  return { changes: [{ ...change, ...said(have, edit, want), what }], result };
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
  const content = Content.of(edit.text);
  return planFile(have, { path, content, owner: 'root', group: 'root', mode: 'go-w', backup: want.backup });
}

function removed(have: CronState, path: string): Plan {
  const failure = refusal(have, { path }, true);
  return failure
    ? { changes: [], failure }
    : { changes: [{ op: '-', what: path, steps: [{ run: sh`rm -f -- ${path}` }] }] };
}

function said(have: CronState, edit: CronEdit, { entry }: CronWant): Pick<Change, 'op' | 'from' | 'to'> {
  if (entry.state === 'absent' && edit.changed) return { op: '-', from: edit.before, to: undefined };
  if (!edit.changed) return { op: '~', from: 'a crontab that belongs to nobody', to: 'its own user' };
  if (edit.before !== entry.line)
    return { op: edit.before === undefined ? '+' : '~', from: edit.before, to: entry.line };
  const known = have.text.includes(`#vrun: ${entry.name}\n`) || have.text.includes(`#Ansible: ${entry.name}\n`);
  return {
    op: '~',
    from: undefined,
    to: known || entry.kind !== 'job' ? 'once, and every line ended' : 'the same line, by its name',
  };
}

/** The whole table at once: crontab(1) refuses one that it doesn't understand. */
function tabStep(have: CronState, { user, backup }: CronWant, text: string): { run: Script; stdin?: Content } {
  const whose = (own: Script, other: Script) =>
    user === undefined ? own : sh`if [ "\${LOGNAME-}" = ${user} ]; then ${own}; else ${other}; fi`;
  const saved = sh`"$HOME/${user === undefined ? sh`crontab` : sh`crontab.${user}`}.$(date -u +%Y-%m-%dT%H:%M:%SZ)~"`;
  const keep = whose(sh`crontab -l`, sh`crontab -u ${user ?? ''} -l`);
  const before = (run: Script) =>
    backup && have.text !== '' ? sh`umask 077; { ${keep}; } >${saved} && { ${run}; }` : run;
  return { run: before(whose(sh`crontab -`, sh`crontab -u ${user ?? ''} -`)), stdin: Content.of(text) };
}

function placeOf({ file, user }: CronWant): string {
  return file ?? (user === undefined ? 'its own crontab' : `the crontab of ${user}`);
}

function notText(want: CronWant): Plan['failure'] {
  return {
    summary: `${placeOf(want)} can't be edited`,
    detail: 'It is larger than 64 KiB, or no UTF-8 text.',
    hint: 'Put the job into a file of its own with `cron_file`.',
  };
}
