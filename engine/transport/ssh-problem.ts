// What ssh2's errors mean to a person.
import type { Problem } from '../language/problem.ts';
import { unreachable } from './dial.ts';
import type { Tried } from './identities.ts';
import type { Route } from './route.ts';

/** A failed handshake or login as a Problem: `auth-failed` or `unreachable`. */
export function handshakeProblem(
  error: Error & { readonly level?: string },
  route: Route,
  tried: Tried,
  accepts: readonly string[],
): Problem {
  const where = `${route.address}:${route.port}`;
  if (error.level === 'client-authentication') return authProblem(route, tried, accepts);
  if (/no matching/i.test(error.message)) {
    return {
      code: 'unreachable',
      summary: `${route.host} and vrun have no common algorithm`,
      detail: `${where}: ${error.message}`,
      hint: 'An old sshd offers only what is no longer safe. Update it, or use ansible_connection=openssh.',
    };
  }
  return unreachable(error, route.host, where);
}

function authProblem(route: Route, tried: Tried, accepts: readonly string[]): Problem {
  const { user } = route.identities;
  const lines = [
    tried.keys.length === 0 ? 'There was no key to try.' : `Refused were ${tried.keys.join(', ')}.`,
    ...tried.notes.map((note) => `Not usable: ${note}.`),
    ...(accepts.length === 0 ? [] : [`The host accepts: ${accepts.join(', ')}.`]),
  ];
  const needsStock = tried.notes.some((note) => /FIDO|certificate/.test(note));
  return {
    code: 'auth-failed',
    summary: `${route.host} did not let ${user} in`,
    detail: lines.join('\n'),
    hint: needsStock
      ? 'Hardware keys and certificates need the stock client: ansible_connection=openssh.'
      : `Check that the key is in ~${user}/.ssh/authorized_keys there, or name another with --private-key.`,
  };
}
