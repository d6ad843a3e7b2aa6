// The options of commands that reach hosts outside of any run.
import type { Command } from 'commander';
import { repeated } from './repeated.ts';

export function inventoryOptions(command: Command): Command {
  return command
    .option('-i, --inventory <source>', 'file, directory, executable or host list; may be repeated', repeated, [])
    .option('-u, --user <name>', 'log in as this user where nothing else says so')
    .option('--private-key <file>', 'log in with this key where the inventory names none');
}
