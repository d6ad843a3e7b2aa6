// What a failed login by ssh2 means to a person.
import type { Problem } from '../language/problem.ts';
import { unusableAgentKeys } from './agent-keys.ts';
import { unreachable } from './dial.ts';
import type { Tried } from './identities.ts';
import type { Route } from './route.ts';

/** A failed handshake or login as a Problem: `auth-failed` or `unreachable`. */
export async function loginProblem(error: unknown, route: Route, tried: Tried): Promise<Problem> {
  const where = `${route.address}:${route.port}`;
  if (error instanceof Error && 'level' in error && error.level === 'client-authentication') {
    return authProblem(route, tried);
  }
  if (error instanceof Error && /no matching/i.test(error.message)) {
    return {
      code: 'unreachable',
      summary: `${route.host} and vrun have no common algorithm`,
      detail: `${where}: ${error.message}`,
      hint: 'An old sshd offers only what is no longer safe. Update it, or use ansible_connection=openssh.',
    };
  }
  return unreachable(error, route.host, where);
}

async function authProblem(route: Route, { keys, notes, accepts }: Tried): Promise<Problem> {
  const { user, agent } = route.identities;
  const dropped = agent === undefined ? [] : await unusableAgentKeys(agent);
  const unusable = [
    ...notes,
    ...dropped.map((type) => `ssh-agent's ${type} key: a hardware (FIDO) key or certificate`),
  ];
  const lines = [
    keys.length === 0 ? 'There was no key to try.' : `Refused: ${keys.join(', ')}.`,
    ...unusable.map((note) => `Not usable: ${note}.`),
    ...(accepts.length === 0 ? [] : [`The host accepts: ${accepts.join(', ')}.`]),
  ];
  return {
    code: 'auth-failed',
    summary: `${route.host} did not let ${user} in`,
    detail: lines.join('\n'),
    hint: unusable.some((note) => /FIDO|certificate/.test(note))
      ? 'Hardware keys and certificates need the stock client: ansible_connection=openssh.'
      : `Check that the key is in ~${user}/.ssh/authorized_keys there, or name another with --private-key.`,
  };
}
