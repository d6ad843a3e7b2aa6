// `vrun doc [MODULE]`: what modules there are, and each one's parameters.
import { Command } from 'commander';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { describeModule, pageText } from '../../module/describe.ts';
import type { Registry } from '../../module/registry.ts';
import { displayWidth, wrap } from '../../view/text/width.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/problems.ts';
import { modulesAround } from '../shared/project.ts';

export function docCommand({ environment, registry, ended }: CommandContext): Command {
  return new Command('doc')
    .description('list the modules, or describe one')
    .argument('[module]', 'name of a module')
    .action(async (name: string | undefined) => {
      const modules = await modulesAround(environment, registry);
      const { stdout } = environment;
      stdout.write(name === undefined ? listText(modules) : fitted(moduleText(name, modules), stdout.columns));
      ended(EXIT.ok);
    });
}

function listText(registry: Registry): string {
  const modules = registry.names().map(registry.module);
  const width = Math.max(...modules.map(({ name }) => name.length));
  return modules.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
}

function moduleText(name: string, registry: Registry): string {
  const plain = name.replace(/^ansible\.(builtin|legacy)\./, '').replaceAll('_', '-');
  const names = registry.names();
  if (names.includes(plain)) return pageText(describeModule(registry.module(plain)));
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
