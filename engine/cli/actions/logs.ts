// `vrun logs [-f] HOST…`: the journals of the application's units on several hosts at once, a line each with its host in front.
import { visible } from '../../language/problem/visible.ts';
import { lines, type Script, sh } from '../../module/index.ts';
import type { Target } from '../../transport/channel/connection.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { startOnHost, statusOf } from '../shared/stock-ssh.ts';
import { type TargetOptions, targetsOf } from '../shared/targets.ts';

export interface LogsOptions extends TargetOptions {
  readonly follow: boolean;
  readonly lines?: string;
  readonly since?: string;
  readonly unit: readonly string[];
}

/** In characters: a longer line is shown in pieces. */
const LONGEST = 64 * 1024;

export async function showLogs(
  hosts: readonly string[],
  options: LogsOptions,
  environment: Environment,
): Promise<number> {
  const stop = new AbortController();
  const listening = environment.onInterrupt(() => stop.abort());
  // The reader of the pipe has gone: `vrun logs -f web | head`.
  environment.stdout.once('error', () => stop.abort());
  const targets = await targetsOf(hosts.join(','), options, { environment, signal: stop.signal });
  const width = targets.length > 1 ? Math.max(...targets.map(({ name }) => name.length)) : undefined;
  const statuses = await Promise.all(
    targets.map((target) => {
      const front = width === undefined ? '' : `${target.name.padEnd(width)} | `;
      return showJournal(target, options, { front, environment, signal: stop.signal });
    }),
  );
  listening();
  return stop.signal.aborted ? EXIT.interrupted : worst(statuses);
}

async function showJournal(
  target: Target,
  options: LogsOptions,
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
function journal({ follow, lines: last, since, unit }: LogsOptions): string {
  const units = unit.map((one) => `--unit=${one}`);
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
