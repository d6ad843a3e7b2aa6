// One door to every transport.
import { setMaxListeners } from 'node:events';
import type { Transport } from '../base/transports.ts';
import type { Login } from './channel/channel.ts';
import type { Connection, Target } from './channel/connection.ts';
import type { Deadline } from './channel/deadline.ts';
import { logInByTries } from './channel/tries.ts';
import { HostConnection } from './host-connection.ts';
import { loginLocally } from './local.ts';
import { loginByOpenssh } from './openssh/openssh.ts';
import type { ConnectContext } from './ssh/context.ts';
import { loginBySsh } from './ssh/ssh.ts';

export { isWorthRetrying } from './channel/tries.ts';

/** How each transport logs in. */
const LOGINS: {
  readonly [name in Transport]: (target: Target, context: ConnectContext, deadline: Deadline) => Promise<Login>;
} = {
  ssh: loginBySsh,
  openssh: loginByOpenssh,
  local: async (_, context) => loginLocally(context),
};

/**
 * Connects to a target by its transport and logs in, in as many tries as are worth it.
 * @throws ProblemError `unreachable`, `host-key-*`, `auth-failed`, `config`; the signal's reason when aborted
 */
export async function connect(target: Target, context: ConnectContext, signal: AbortSignal): Promise<Connection> {
  setMaxListeners(0, signal); // one signal ends a whole run: every host listens to it, and warnings help nobody
  if (target.transport === 'local') return new HostConnection(loginLocally(context), target);
  const { tempo } = context.cache;
  const login = await logInByTries(target, { signal, tempo }, (deadline) =>
    LOGINS[target.transport](target, context, deadline),
  );
  return new HostConnection(login, target, tempo);
}
