// `vrun doc [MODULE]`: what modules there are, and each one's parameters.
import { Command } from 'commander';
import { modules } from '../../../modules/index.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { describeModule, pageText } from '../../module/describe.ts';
import { displayWidth, wrap } from '../../view/text/width.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/problems.ts';

export function docCommand({ environment, ended }: CommandContext): Command {
  return new Command('doc')
    .description('list the modules, or describe one')
    .argument('[module]', 'name of a module')
    .action((name: string | undefined) => {
      environment.stdout.write(name === undefined ? listText() : fitted(moduleText(name), environment.stdout.columns));
      ended(EXIT.ok);
    });
}

function listText(): string {
  const width = Math.max(...modules.map(({ name }) => name.length));
  return modules.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
}

function moduleText(name: string): string {
  const plain = name.replace(/^ansible\.(builtin|legacy)\./, '').replaceAll('_', '-');
  const module = modules.find((one) => one.name === plain);
  if (module) return pageText(describeModule(module));
  const names = modules.map((one) => one.name);
  const hint = didYouMean(plain, names) ?? 'vrun doc lists them all.';
  throw new ProblemError([{ code: 'unknown-module', summary: `no module ‹${name}›`, hint }]);
}

/** Lines that a terminal of so many columns doesn't break. What goes elsewhere stays as it is, and so does YAML. */
function fitted(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < 40) return text;
  const [prose = '', ...example] = text.split(/(?=\nEXAMPLE\n)/);
  const lines = prose.split('\n').flatMap((line) => {
    if (displayWidth(line) <= columns) return line;
    const [indent = ''] = /^ */.exec(line) ?? [];
    return wrap(line.trimStart(), columns - indent.length).map((part) => indent + part);
  });
  return lines.join('\n') + example.join('');
}
