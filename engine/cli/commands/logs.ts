// `vrun logs [-f] HOST…`: the journals of the application's units on several hosts at once, a line each with its host in front.
import { Command, InvalidArgumentError } from 'commander';
import { visible } from '../../language/problem/visible.ts';
import { lines, type Script, sh } from '../../module/index.ts';
import type { Target } from '../../transport/channel/connection.ts';
import type { CommandContext } from '../shared/command-context.ts';
import type { Environment } from '../shared/environment.ts';
import { inventoryOptions } from '../shared/inventory-options.ts';
import { EXIT } from '../shared/problems.ts';
import { repeated } from '../shared/repeated.ts';
import { startOnHost, statusOf } from '../shared/stock-ssh.ts';
import { type TargetOptions, targetsOf } from '../shared/targets.ts';

interface Options extends TargetOptions {
  readonly follow: boolean;
  readonly lines?: string;
  readonly since?: string;
  readonly unit: readonly string[];
}

/** The units of the runbooks that deploy: the service's places, and its worker. */
const UNITS = ['vantus*'];
/** In characters: a longer line is shown in pieces. */
const LONGEST = 64 * 1024;

export function logsCommand({ environment, registry, ended }: CommandContext): Command {
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
  return inventoryOptions(command).action(async (hosts: string[], options: Options) => {
    const stop = new AbortController();
    const listening = environment.onInterrupt(() => stop.abort());
    // The reader of the pipe has gone: `vrun logs -f web | head`.
    environment.stdout.once('error', () => stop.abort());
    const targets = await targetsOf(hosts.join(','), options, { environment, registry, signal: stop.signal });
    const width = targets.length > 1 ? Math.max(...targets.map(({ name }) => name.length)) : undefined;
    const statuses = await Promise.all(
      targets.map((target) => {
        const front = width === undefined ? '' : `${target.name.padEnd(width)} | `;
        return showJournal(target, options, { front, environment, signal: stop.signal });
      }),
    );
    listening();
    ended(stop.signal.aborted ? EXIT.interrupted : worst(statuses));
  });
}

async function showJournal(
  target: Target,
  options: Options,
  {
    front,
    environment,
    signal,
  }: { readonly front: string; readonly environment: Environment; readonly signal: AbortSignal },
): Promise<number> {
  const { process, ended } = await startOnHost(target, [journal(options)], {
    environment,
    signal,
    terminal: false,
    own: false,
  });
  // On the host the journal is followed for as long as our end of its standard input is open.
  const kill = () => {
    process.stdin?.destroy();
    process.kill('SIGTERM');
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  process.stdin?.on('error', () => undefined);
  const { stdout, stderr } = environment;
  const out = eachLine((line) => stdout.write(`${front}${stdout.isTTY ? visible(line) : line}\n`));
  const err = eachLine((line) => stderr.write(`${front || `${target.name}: `}${visible(line)}\n`));
  process.stdout?.setEncoding('utf8').on('data', out.take);
  process.stderr?.setEncoding('utf8').on('data', err.take);
  const status = statusOf(await ended);
  for (const stream of [out, err]) stream.rest();
  signal.removeEventListener('abort', kill);
  return status;
}

/** As root where that needs no password: others see only what is their own. Whatever shell it is that reads this. */
function journal({ follow, lines: last, since, unit }: Options): string {
  const units = (unit.length > 0 ? unit : UNITS).map((one) => `--unit=${one}`);
  const many = last ?? (since === undefined ? '100' : 'all');
  const words = ['--no-pager', '--no-hostname', '--output=short-iso', `--lines=${many}`, ...units];
  const all = [...words, ...(since === undefined ? [] : [`--since=${since}`])];
  const script = follow ? whileWeListen(sh`journalctl --follow ${all}`) : sh`exec journalctl ${all}`;
  const asRoot = sh`[ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null && exec sudo -n sh -c ${script.text}`;
  return sh`exec sh -c ${lines(asRoot, script).text}`.text;
}

/** Ends what would wait for the next line on the host when standard input ends, which is when nobody reads any more. */
function whileWeListen(follow: Script): Script {
  return lines(
    sh`exec 3<&0`,
    sh`${follow} </dev/null 3<&- & p=$!`,
    sh`{ cat <&3; kill $p; } >/dev/null 2>&1 & w=$!`,
    sh`exec 3<&-`,
    sh`wait $p; s=$?; kill $w 2>/dev/null; exit $s`,
  );
}

/** Calls `told` with each line as it is whole. */
function eachLine(told: (line: string) => void): { take(text: string): void; rest(): void } {
  let held = '';
  return {
    take(text) {
      const parts = (held + text).split('\n');
      held = parts.pop() ?? '';
      for (const line of parts) told(line);
      for (; held.length > LONGEST; held = held.slice(LONGEST)) told(held.slice(0, LONGEST));
    },
    rest() {
      if (held !== '') told(held);
    },
  };
}

/** ssh ends with 255 where the host wasn't reached (ssh(1), EXIT STATUS). */
function worst(statuses: readonly number[]): number {
  const away = statuses.includes(255);
  const failed = statuses.some((status) => status !== 0 && status !== 255);
  if (away) return failed ? EXIT.failedAndUnreachable : EXIT.unreachable;
  return failed ? EXIT.failed : EXIT.ok;
}

function howMany(text: string): string {
  if (/^(\d{1,9}|all)$/.test(text)) return text;
  throw new InvalidArgumentError('It is a whole number, or all.');
}
