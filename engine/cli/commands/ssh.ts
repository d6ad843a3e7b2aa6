// `vrun ssh HOST [COMMAND…]`: the stock client, led to the host as the inventory says.
import { Command } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';
import { inventoryOptions } from '../shared/inventory-options.ts';
import type { TargetOptions } from '../shared/targets.ts';

export function sshCommand({ environment, ended }: CommandContext): Command {
  const command = new Command('ssh')
    .description("a shell on a host, or a command there, by the inventory's way of connecting")
    .usage('[options] HOST [COMMAND...]')
    .argument('<host>', 'one host of the inventory')
    .argument('[command...]', 'what to run there, as with ssh; its own options, too')
    .passThroughOptions();
  return inventoryOptions(command).action(async (host: string, words: string[], options: TargetOptions) => {
    const { sshTo } = await import('../actions/ssh.ts');
    ended(await sshTo(host, words, options, environment));
  });
}
