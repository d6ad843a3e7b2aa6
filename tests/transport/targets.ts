// Targets and contexts for the transport's tests: nothing of this machine's own ssh set-up is used.
import { join } from 'node:path';
import type { Answer, Connection, Target } from '../../engine/transport/channel/connection.ts';
import { type ConnectContext, newConnectCache } from '../../engine/transport/ssh/context.ts';
import { scratch } from './scratch.ts';

export function target(given: Partial<Target>): Target {
  return {
    name: 'web1',
    transport: 'ssh',
    address: '127.0.0.1',
    port: undefined,
    user: undefined,
    identityFile: undefined,
    jump: undefined,
    knownHosts: [],
    become: { password: undefined },
    connectTimeout: 10,
    ...given,
  };
}

const home = scratch();

export function context(given: Partial<ConnectContext> = {}): ConnectContext {
  return {
    home,
    localUser: 'nobody',
    agent: undefined,
    ask: undefined,
    sshConfig: { user: join(home, 'config'), system: join(home, 'system') },
    sshKnownHosts: [],
    cache: newConnectCache(),
    ...given,
  };
}

/** Opens the login user's shell, sends one message of one script, and gives what it printed. */
export async function say(connection: Connection, script: string, root = false): Promise<string> {
  const signal = new AbortController().signal;
  const { shell } = await connection.openShell({ root, hello: ':', signal });
  const answers: Answer[] = [];
  for await (const answer of shell.send([{ script, timeout: 20 }], signal)) answers.push(answer);
  return answers.map(({ stdout }) => Buffer.from(stdout).toString()).join('');
}
