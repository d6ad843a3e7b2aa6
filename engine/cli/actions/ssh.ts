// `vrun ssh HOST [COMMAND…]`: the stock client, led to the host as the inventory says.
import { fail } from '../../language/problem/problem.ts';
import type { Environment } from '../shared/environment.ts';
import { startOnHost, statusOf } from '../shared/stock-ssh.ts';
import { type TargetOptions, targetsOf } from '../shared/targets.ts';

export async function sshTo(
  host: string,
  words: readonly string[],
  options: TargetOptions,
  environment: Environment,
): Promise<number> {
  const stop = new AbortController();
  const targets = await targetsOf(host, options, { environment, signal: stop.signal });
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
  return status;
}
