// `vrun ssh HOST [COMMAND…]`: the stock client, led to the host as the inventory says.
import { Command } from 'commander';
import { fail } from '../../language/problem/problem.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { inventoryOptions } from '../shared/inventory-options.ts';
import { startOnHost, statusOf } from '../shared/stock-ssh.ts';
import { type TargetOptions, targetsOf } from '../shared/targets.ts';

export function sshCommand({ environment, registry, ended }: CommandContext): Command {
  const command = new Command('ssh')
    .description("a shell on a host, or a command there, by the inventory's way of connecting")
    .usage('[options] HOST [COMMAND...]')
    .argument('<host>', 'one host of the inventory')
    .argument('[command...]', 'what to run there, as with ssh; its own options, too')
    .passThroughOptions();
  return inventoryOptions(command).action(async (host: string, words: string[], options: TargetOptions) => {
    const stop = new AbortController();
    const targets = await targetsOf(host, options, { environment, registry, signal: stop.signal });
    const [target, ...others] = targets;
    if (target === undefined || others.length > 0) {
      return fail({
        code: 'unknown-host-pattern',
        summary: `‹${host}› is ${targets.length === 0 ? 'no host' : `${targets.length} hosts`}, and a shell is on one`,
        ...(others.length > 0 ? { detail: `They are ${targets.map(({ name }) => name).join(', ')}.` } : {}),
        hint: 'Name one of the inventory. For the journals of several there is vrun logs.',
      });
    }
    const { stdin, stdout } = environment;
    const terminal = stdin.isTTY === true && stdout.isTTY === true;
    const child = await startOnHost(target, words, { environment, signal: stop.signal, terminal, own: true });
    // Ctrl-C at a terminal is the host's; what ends vrun ends ssh.
    const listening = environment.onInterrupt(() => child.process.kill('SIGTERM'));
    const status = statusOf(await child.ended);
    listening();
    ended(status);
  });
}
