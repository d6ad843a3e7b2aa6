// What a failed login by ssh2 means to a person.
import type { Problem } from '../../language/problem/problem.ts';
import { brokenOff, unreachable } from './dial.ts';
import type { Tried } from './identities.ts';
import type { Route } from './route.ts';

/** A failed handshake or login as a Problem: `auth-failed` or `unreachable`. `ended`: the host closed the connection. */
export function loginProblem(error: unknown, route: Route, tried: Tried, ended: boolean): Problem {
  const where = `${route.address}:${route.port}`;
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  if (level === 'client-authentication') return authProblem(route, tried);
  if (error instanceof Error && /too many authentication failures/i.test(error.message)) {
    return {
      ...authProblem(route, tried),
      hint: 'The host closes the connection after some wrong keys, before the right one came: name it with IdentityFile (or identity_file), and say IdentitiesOnly yes in ~/.ssh/config.',
    };
  }
  return ended ? brokenOff(error, route.host, where) : unreachable(error, route.host, where);
}

function authProblem(route: Route, { keys, notes, accepts }: Tried): Problem {
  const { user } = route.identities;
  const lines = [
    keys.length === 0 ? 'There was no key to try.' : `Refused: ${keys.join(', ')}.`,
    ...notes.map((note) => `Not usable: ${note}.`),
    ...(accepts.length === 0 ? [] : [`The host accepts: ${accepts.join(', ')}.`]),
    ...(accepts.some((way) => /^(gssapi|hostbased)/.test(way))
      ? ['Of these only the stock client (ansible_connection=openssh) has GSSAPI and host-based logins.']
      : []),
  ];
  return {
    code: 'auth-failed',
    summary: `${route.host} did not let ${user} in`,
    detail: lines.join('\n'),
    hint: notes.some((note) => note.includes('ansible_connection=openssh'))
      ? 'Hardware keys, certificates and newer kinds of keys need the stock client: ansible_connection=openssh.'
      : `Check that the key is in ~${user}/.ssh/authorized_keys there, or name another with --private-key.`,
  };
}
