// `vrun lint RUNBOOK…`: every problem at once, with positions; nothing is connected to.
import { Command } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';
import { repeated } from '../shared/repeated.ts';

export function lintCommand({ environment, ended }: CommandContext): Command {
  return new Command('lint')
    .description('check runbooks; nothing is connected to')
    .argument('<runbook...>', 'runbooks to check')
    .option(
      '-i, --inventory <source>',
      'the inventory that variables and hosts are checked against, else the one of vrun.yml; may be repeated',
      repeated,
      [],
    )
    .action(async (files: string[], options: { inventory: string[] }) => {
      const { lint } = await import('../actions/lint.ts');
      ended(await lint(files, options.inventory, environment));
    });
}
