// Why it never came to a login, from what the server said in the clear.
import type { Problem } from '../../language/problem/problem.ts';
import type { Route } from './route.ts';
import type { ServerHello } from './server-hello.ts';

/** What sshd says in the place of its name when it takes no more connections, or none from here (OpenSSH up to 9.7, and since). */
const isTurnedAway = /^(Exceeded MaxStartups|Not allowed at this time)/;

/** Hybrids of an old and a post-quantum key exchange; names that say nothing but what else is understood are no algorithms. */
const postQuantum = /mlkem|sntrup/;
const noAlgorithm = /^(ext-info-|kex-strict-)/;

/** The Problem that the server's own words explain, if they do. */
export function helloProblem(error: unknown, hello: ServerHello, route: Route): Problem | undefined {
  const away = hello.name === undefined ? hello.lines.find((line) => isTurnedAway.test(line)) : undefined;
  if (away !== undefined) return turnedAway(route.host, away);
  const what = error instanceof Error ? /no matching (.*)/i.exec(error.message)?.[1] : undefined;
  return what === undefined ? undefined : noCommonAlgorithm(what, hello, `${route.address}:${route.port}`, route.host);
}

/** An sshd that takes no connection now. */
export function turnedAway(host: string, said: string): Problem {
  return {
    code: 'unreachable',
    summary: `${host} takes no connection from here at this time`,
    detail: `It says: ${said}. sshd does so while too many logins are unfinished (MaxStartups), and for 15 s to 10 minutes after logins that it refused (PerSourcePenalties).`,
    hint: 'Wait, and mend what it refused before: each refused login makes it longer.',
    retry: 'patiently',
  };
}

function noCommonAlgorithm(
  what: string,
  { kex = [], hostKeys = [] }: ServerHello,
  where: string,
  host: string,
): Problem {
  const isKex = what.startsWith('key exchange');
  const offered = (isKex ? kex : what.startsWith('host key') ? hostKeys : []).filter((name) => !noAlgorithm.test(name));
  const offers = offered.length === 0 ? '' : ` The host offers ${offered.join(', ')}.`;
  const problem = {
    code: 'unreachable',
    summary: `${host} and vrun have no common algorithm`,
    detail: `${where}: no matching ${what}.${offers}`,
    retry: 'never',
  } as const;
  if (isKex && offered.length > 0 && offered.every((name) => postQuantum.test(name))) {
    return {
      ...problem,
      detail: `${problem.detail} That is post-quantum key exchange alone, which vrun's own client has none of.`,
      hint: 'Use the stock client, which has it (sntrup761 from OpenSSH 8.5, mlkem768 from 9.9 on): ansible_connection=openssh.',
    };
  }
  return {
    ...problem,
    hint: 'Either the host offers only what is no longer safe, and should be updated, or only what is newer than vrun: then use the stock client, ansible_connection=openssh.',
  };
}
