// docs/differential.md, made by `npm run differential`.
import { EVERYWHERE } from '../../engine/module/difference.ts';
import { differencesOf } from './differences.ts';
import { ANNOUNCED as INVENTORIES } from './inventories/announced.ts';
import type { Compared, Report } from './kept.ts';
import type { Counts } from './report.ts';

export function differentialPage(reports: readonly Report[], others: readonly Compared[]): string {
  const sorted = reports.toSorted((one, other) => (one.module < other.module ? -1 : 1));
  const rows = sorted.map(({ module, counts }) => countsRow(`[${module}](modules/${module}.md)`, counts));
  const all = sum(reports.map(({ counts }) => counts));
  const open = reports.flatMap(({ unannounced }) => unannounced);
  const announced = [...counted(reports.flatMap((report) => report.announced))].sort(
    ([one, many], [other, few]) => few - many || (one < other ? -1 : 1),
  );
  return [
    '# Compared with Ansible',
    [
      'Generated tasks, one to three about the same things, are tried by Ansible (ansible-core 2.14, with the collections of Debian 12) and by vrun on two equal hosts: a dry run, a',
      'run, and the same run again. Compared are what each task says of itself, the fields that `register` sees and both have, and afterwards files with their content, mode, owner, links',
      'and times, accounts, crontabs, units, packages and settings. What differs is a fault, or is announced: in [From Ansible](from-ansible.md) and on the module’s page. What differs only *after one* of these, in the same',
      'trial, may be its consequence, and is not judged.',
    ].join('\n'),
    [
      '| | tried | alike | announced | after one | unannounced |',
      '| --- | ---: | ---: | ---: | ---: | ---: |',
      ...rows,
      countsRow('**tasks**', all),
      ...others.map((one) =>
        row(
          `**${one.title}**`,
          one.tried,
          one.tried - one.announced - one.unannounced,
          one.announced,
          0,
          one.unannounced,
        ),
      ),
    ].join('\n'),
    '## Announced',
    'How often each difference that is meant was met.',
    ['| | times | |', '| --- | ---: | --- |', ...announced.map(announcementRow)].join('\n'),
    'Of inventories and patterns:',
    INVENTORIES.map(({ ansible, vrun }) => `- Ansible: ${ansible} vrun: ${vrun}`).join('\n'),
    ...(open.length === 0 ? [] : ['## Unannounced', `\`\`\`\n${open.join('\n')}\n\`\`\``]),
    '<!-- Made by `npm run differential`; tests/differential/README.md says how. -->\n',
  ].join('\n\n');
}

/** Those of every module come from many reports. */
function counted(announced: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [key, many] of announced) times.set(key, (times.get(key) ?? 0) + many);
  return times;
}

function sum(counts: readonly Counts[]): Counts {
  const all = { tasks: 0, alike: 0, announced: 0, behind: 0, unannounced: 0 };
  for (const one of counts) {
    all.tasks += one.tasks;
    all.alike += one.alike;
    all.announced += one.announced;
    all.behind += one.behind;
    all.unannounced += one.unannounced;
  }
  return all;
}

function countsRow(title: string, { tasks, alike, announced, behind, unannounced }: Counts): string {
  return row(title, tasks, alike, announced, behind, unannounced);
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function announcementRow([name, times]: readonly [string, number]): string {
  const [module = '', key] = name.split('/');
  const entry = [...differencesOf(module), ...EVERYWHERE].find((one) => one.key === key);
  return row(`\`${name}\``, times, entry?.vrun ?? '');
}
