// `vrun doc [MODULE]`: what modules there are, and each one's parameters.
import { Command } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';

export function docCommand({ environment, ended }: CommandContext): Command {
  return new Command('doc')
    .description('list the modules, or describe one')
    .argument('[module]', 'name of a module')
    .action(async (name: string | undefined) => {
      const { describe } = await import('../actions/doc.ts');
      ended(await describe(name, environment));
    });
}
