// `vrun trust -i INV [-l PATTERN]`: shows the keys that hosts present, and pins them after confirmation.
import { Command } from 'commander';
import type { TrustOptions } from '../actions/trust.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { repeated } from '../shared/repeated.ts';

export function trustCommand({ environment, ended }: CommandContext): Command {
  return new Command('trust')
    .description('show the keys of hosts, and pin them after confirmation')
    .option('-i, --inventory <source>', 'file, directory, executable or host list; may be repeated', repeated, [])
    .option('-l, --limit <pattern>', 'only these hosts', 'all')
    .option('--yes', 'pin without asking: only where the keys were compared by other means', false)
    .action(async (options: TrustOptions) => {
      const { trust } = await import('../actions/trust.ts');
      ended(await trust(options, environment));
    });
}
