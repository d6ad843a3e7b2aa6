// What the stock client says on standard error, as the same Problems as ours.
import type { Problem, ProblemCode } from '../../language/problem/problem.ts';
import type { Target } from '../channel/connection.ts';
import { toldOf } from '../known-hosts/host-key.ts';
import { turnedAway } from '../ssh/hello-problem.ts';

/** The client itself is missing. */
export const NO_SSH = {
  code: 'config',
  summary: 'There is no ssh here',
  hint: 'Install openssh-client.',
} as const satisfies Problem;

const meanings: readonly (readonly [RegExp, ProblemCode, (host: string) => string, Problem['retry']?])[] = [
  [
    /REVOKED HOST KEY|marked as revoked|is revoked|revoked by file/i,
    'host-key-revoked',
    (host) => `The key of ${host} is revoked`,
  ],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, 'host-key-changed', (host) => `The key of ${host} has changed`],
  [
    /No \S+ host key is known|Host key verification failed/,
    'host-key-unknown',
    (host) => `The key of ${host} is not known`,
  ],
  [/Permission denied|Too many authentication failures/, 'auth-failed', (host) => `${host} did not let us in`],
  [/Connection refused/, 'unreachable', (host) => `${host} refused the connection`],
  [
    /Could not resolve hostname .*: Temporary failure/,
    'unreachable',
    (host) => `The address of ${host} cannot be resolved`,
  ],
  [/Could not resolve hostname/, 'unreachable', (host) => `The address of ${host} cannot be resolved`, 'never'],
  [/Unable to negotiate/, 'unreachable', (host) => `${host} and ssh have no common algorithm`, 'never'],
  [/timed out/i, 'unreachable', (host) => `${host} did not answer in time`],
  [
    /Connection (closed|reset) by|kex_exchange_identification/,
    'unreachable',
    (host) => `${host} broke the connection off`,
    'patiently',
  ],
  [
    /Bad configuration option|Bad owner or permissions|no argument after keyword/,
    'config',
    (host) => `ssh's configuration for ${host} cannot be used`,
  ],
];

/** Maps what `ssh -v` printed before it gave up. `lenient` are options by which ssh would be less strict than it was told to be. */
export function opensshProblem(stderr: string, target: Target, lenient: readonly string[]): Problem {
  const said = stderr
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !/^(debug\d:|OpenSSH_)/.test(line))
    .join('\n')
    .trim();
  const key = [...stderr.matchAll(/debug1: Server host key: (\S+ SHA256:\S+)/g)].at(-1)?.[1];
  const [, code, summary, retry] = meanings.find(([pattern]) => pattern.test(said)) ?? [];
  const away = /debug1: kex_exchange_identification: banner line \d+: (Not allowed|Exceeded MaxStartups).*/.exec(
    stderr,
  )?.[0];
  if (away !== undefined) return turnedAway(target.name, away.replace(/^.*?line \d+: /, ''));
  const again = retry === undefined ? {} : { retry };
  const detail = said === '' ? 'ssh said nothing.' : said;
  if (code === undefined || summary === undefined) {
    return { code: 'unreachable', summary: `${target.name} cannot be reached`, detail };
  }
  const trust = `vrun trust -i INVENTORY -l ${target.name}`;
  return {
    code,
    summary: summary(target.name),
    detail: [
      ...(code === 'host-key-unknown' && key !== undefined ? [`It presented ${key}.`] : []),
      detail,
      ...(code.startsWith('host-key-') ? lenient.map(toldOf) : []),
    ].join('\n'),
    ...again,
    ...(code === 'host-key-unknown'
      ? { hint: `Compare the fingerprint with the host's own, then pin it:\n    ${trust}` }
      : {}),
    ...(code === 'host-key-changed'
      ? { hint: `If it was installed anew, remove the old line and pin the new key:\n    ${trust}` }
      : {}),
  };
}

/** True where a jump host has been asked for a connection and opened none: why is told by the client that is logged in to it. */
export function isNotOpened(stderr: string): boolean {
  return /^Stdio forwarding request failed/m.test(stderr);
}

/** What a client that is logged in to a jump host was told of the connections that weren't opened, oldest first. */
export function refusalsIn(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^channel \d+: open failed: (.*?)\r?$/gm)].map(([, why = '']) => why);
}
