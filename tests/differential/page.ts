// docs/differential.md, made by `npm run differential`.
import { DIFFERENCES, EVERYWHERE } from '../../modules/differences.ts';
import { ANNOUNCED as INVENTORIES } from './inventories/announced.ts';
import { announcements, countsOf, type Result, unannounced } from './report.ts';

/** What came of inventories or patterns. */
export interface Compared {
  readonly title: string;
  readonly tried: number;
  readonly announced: number;
  readonly unannounced: number;
}

export function differentialPage(results: readonly Result[], others: readonly Compared[]): string {
  const modules = [...new Set(results.map(({ module }) => module))].sort();
  const rows = modules.map((module) => {
    const {
      tasks,
      alike,
      announced,
      behind,
      unannounced: open,
    } = countsOf(results.filter((one) => one.module === module));
    return row(`[${module}](modules/${module}.md)`, tasks, alike, announced, behind, open);
  });
  const all = countsOf(results);
  const open = unannounced(results);
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
      row('**tasks**', all.tasks, all.alike, all.announced, all.behind, all.unannounced),
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
    ['| | times | |', '| --- | ---: | --- |', ...announcements(results).map(announcementRow)].join('\n'),
    'Of inventories and patterns:',
    INVENTORIES.map(({ ansible, vrun }) => `- Ansible: ${ansible} vrun: ${vrun}`).join('\n'),
    ...(open.length === 0 ? [] : ['## Unannounced', `\`\`\`\n${open.join('\n')}\n\`\`\``]),
    '<!-- Made by `npm run differential`; tests/differential/README.md says how. -->\n',
  ].join('\n\n');
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function announcementRow([name, times]: readonly [string, number]): string {
  const [module = '', key] = name.split('/');
  const entry = (DIFFERENCES[module] ?? EVERYWHERE).find((one) => one.key === key);
  return row(`\`${name}\``, times, entry?.vrun ?? '');
}
