// `vrun inventory`: what the inventory says, as ansible-inventory prints it, and where each value came from.
import { Command } from 'commander';
import type { InventoryQuestion } from '../actions/inventory.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { repeated } from '../shared/repeated.ts';

export function inventoryCommand({ environment, ended }: CommandContext): Command {
  return new Command('inventory')
    .description('show the inventory')
    .option('-i, --inventory <source>', 'file, directory, executable or host list; may be repeated', repeated, [])
    .option('--list', 'all of it, as ansible-inventory --list prints it')
    .option('--graph', 'the tree of groups and hosts')
    .option('--host <name>', "one host's variables")
    .option('--explain', 'with --host: where each value came from')
    .action(async (options: InventoryQuestion) => {
      const { showInventory } = await import('../actions/inventory.ts');
      ended(await showInventory(options, environment));
    });
}
