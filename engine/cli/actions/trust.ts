// `vrun trust -i INV [-l PATTERN]`: shows the keys that hosts present, and pins them after confirmation.
import { relative } from 'node:path';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import type { Target } from '../../transport/channel/connection.ts';
import { type Deadline, inTime } from '../../transport/channel/deadline.ts';
import { type ConnectContext, closeJumpHosts } from '../../transport/ssh/context.ts';
import { appendKnownHost, type ScannedKey, scanHostKeys } from '../../transport/ssh/scan.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { listenToInterrupts } from '../shared/interrupts.ts';
import { reportProblems } from '../shared/problems.ts';
import { askLine } from '../shared/prompt.ts';
import { connectContext } from '../shared/reach.ts';
import { targetsOf } from '../shared/targets.ts';

export interface TrustOptions {
  readonly inventory: readonly string[];
  readonly limit: string;
  readonly yes: boolean;
}

/** One host's keys that aren't pinned yet, and the file that they would go to. */
interface Offer {
  readonly host: string;
  readonly file: string;
  readonly keys: readonly ScannedKey[];
}

export async function trust(options: TrustOptions, environment: Environment): Promise<number> {
  const interrupts = listenToInterrupts(environment);
  const signal = interrupts.stop;
  const targets = await targetsOf(options.limit, options, { environment, signal });
  const status = await pin(targets, options, environment, signal);
  interrupts.end();
  return status;
}

async function pin(
  targets: readonly Target[],
  options: TrustOptions,
  environment: Environment,
  signal: AbortSignal,
): Promise<number> {
  const context = connectContext(environment, signal);
  const scans = await Promise.all(
    targets
      .filter(({ transport }) => transport !== 'local')
      .map((target) => scan(target, context, environment, signal)),
  ).finally(() => closeJumpHosts(context.cache));
  if (signal.aborted) return EXIT.interrupted;
  const offers = scans.filter((offer) => offer !== undefined);
  const fresh = offers.filter(({ keys }) => keys.length > 0);
  const missing = scans.length - offers.length;
  if (fresh.length === 0) {
    environment.stdout.write(missing > 0 ? '' : 'Every key is pinned already.\n');
    return missing > 0 ? EXIT.unreachable : EXIT.ok;
  }
  const agreed = options.yes || (await confirmed(fresh, environment, signal));
  if (!agreed) return signal.aborted ? EXIT.interrupted : EXIT.usage;
  for (const { file, keys } of fresh) for (const key of keys) await appendKnownHost(file, key);
  environment.stdout.write(`Pinned the keys of ${fresh.map(({ host }) => host).join(', ')}.\n`);
  return missing > 0 ? EXIT.unreachable : EXIT.ok;
}

/** Shows one host's keys. Undefined for a host that can't be reached, or whose key has changed, which is told; and after Ctrl-C. */
async function scan(
  target: Target,
  context: ConnectContext,
  environment: Environment,
  signal: AbortSignal,
): Promise<Offer | undefined> {
  const { cwd, stdout } = environment;
  try {
    const scanned = (deadline: Deadline) => scanHostKeys(target, context, deadline.signal);
    const { keys, file } = await inTime(target, { signal, tempo: context.cache.tempo }, scanned, () => undefined);
    const wrong = keys.filter(({ verdict }) => verdict === 'changed' || verdict === 'revoked');
    const lines = keys.map(({ type, fingerprint, verdict }) => `  ${fingerprint}  ${type}  ${WORDS[verdict]}`);
    stdout.write(
      visible(`${target.name} (${target.address}), pinned in ${relative(cwd, file)}\n${lines.join('\n')}\n`),
    );
    if (wrong.length === 0) {
      return { host: target.name, file, keys: keys.filter(({ verdict }) => verdict === 'unknown') };
    }
    reportProblems([wrongKey(target.name, wrong)], environment);
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof ProblemError)) throw error;
    reportProblems(error.problems, environment);
  }
  return undefined;
}

const WORDS: Readonly<Record<ScannedKey['verdict'], string>> = {
  match: 'pinned already',
  unknown: 'not pinned yet',
  changed: 'CHANGED: another key is pinned',
  revoked: 'REVOKED',
};

function wrongKey(host: string, keys: readonly ScannedKey[]): Problem {
  const places = [...new Set(keys.flatMap(({ against }) => against))].join(', ');
  if (keys.some(({ verdict }) => verdict === 'revoked')) {
    return {
      code: 'host-key-revoked',
      summary: `${host} presents a key that is revoked`,
      detail: `By ${places}. Whoever has that key is not to be trusted; nothing was pinned.`,
    };
  }
  return {
    code: 'host-key-changed',
    summary: `${host} presents another key than the pinned one`,
    detail: `Pinned in ${places}. Either the host was set up anew, or somebody is in between. Nothing was pinned.`,
    hint: `When you know that the host was set up anew, remove what was pinned (${places}) and trust it again.`,
  };
}

async function confirmed(offers: readonly Offer[], environment: Environment, signal: AbortSignal): Promise<boolean> {
  const count = offers.reduce((sum, { keys }) => sum + keys.length, 0);
  const answer = await askLine(
    environment,
    `Compare them with what the hosts' consoles say. Pin these ${count} keys? [y/N]`,
    signal,
  );
  if (answer === undefined) {
    environment.stderr.write(
      'Nothing was pinned: there is no terminal to ask on. With keys that you have compared, add --yes.\n',
    );
    return false;
  }
  return /^y(es)?$/i.test(answer);
}
