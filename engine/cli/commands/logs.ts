// `vrun logs [-f] HOST…`: the journals of the application's units on several hosts at once.
import { Command, InvalidArgumentError } from 'commander';
import type { LogsOptions } from '../actions/logs.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { inventoryOptions } from '../shared/inventory-options.ts';
import { repeated } from '../shared/repeated.ts';

/** The units of the runbooks that deploy: the service's places, and its worker. */
const UNITS = ['vantus*'];

export function logsCommand({ environment, ended }: CommandContext): Command {
  const command = new Command('logs')
    .description("the journal of the application's units, from several hosts at once")
    .argument('<host...>', 'hosts, groups or patterns of the inventory')
    .option('-f, --follow', 'go on with what is written from now on', false)
    .option('-n, --lines <count>', 'how many of the last lines, or all; default: 100, with --since all', howMany)
    .option('--since <time>', 'only what is newer; as journalctl has it: 2026-11-23, "1 hour ago"')
    .option(
      '--unit <unit>',
      `another unit, * stands for anything; may be repeated (default ${UNITS.join(', ')})`,
      repeated,
      [],
    );
  return inventoryOptions(command).action(async (hosts: string[], options: LogsOptions) => {
    const { showLogs } = await import('../actions/logs.ts');
    ended(await showLogs(hosts, options.unit.length > 0 ? options : { ...options, unit: UNITS }, environment));
  });
}

function howMany(text: string): string {
  if (/^(\d{1,9}|all)$/.test(text)) return text;
  throw new InvalidArgumentError('It is a whole number, or all.');
}
