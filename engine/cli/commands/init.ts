// `vrun init [DIR]`: a project that lints and runs as it is.
import { Command } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';

export function initCommand({ environment, ended }: CommandContext): Command {
  return new Command('init')
    .description('begin a project that runs as it is')
    .argument('[directory]', 'where; made when it is not there', '.')
    .option('--module <name>', 'add a module to the project, with its test')
    .action(async (name: string, { module }: { module?: string }) => {
      const { init } = await import('../init/init.ts');
      ended(await init(name, module, environment));
    });
}
