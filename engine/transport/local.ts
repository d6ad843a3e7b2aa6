// The `local` transport: this machine, no login.
import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { withResolvers } from '../base/with-resolvers.ts';
import { childChannel, type Login } from './channel/channel.ts';
import { path } from './channel/launch.ts';
import type { ConnectContext } from './ssh/context.ts';

/** A login on this machine as the user who runs vrun. Commands run by `/bin/sh -c`. */
export function loginLocally(context: Pick<ConnectContext, 'localUser' | 'home'>): Login {
  const { username, uid, homedir, shell } = userOf(context);
  const env = { HOME: homedir, USER: username, LOGNAME: username, SHELL: shell ?? '/bin/sh', PATH: path };
  const children = new Set<() => void>();
  const { promise: closed, resolve } = withResolvers<Error | undefined>();
  return {
    user: username,
    root: uid === 0,
    hostKey: undefined,
    closed,
    async open(command, signal) {
      signal.throwIfAborted();
      // A group of its own: Ctrl-C at the terminal is for vrun, which lets what runs finish.
      const child = spawn('/bin/sh', ['-c', command], { cwd: '/', env, detached: true, stdio: 'pipe' });
      const channel = childChannel(child);
      children.add(channel.destroy);
      void channel.ended.then(() => children.delete(channel.destroy));
      return channel;
    },
    silence: () => 0,
    hurry: () => undefined,
    async close() {
      for (const destroy of children) destroy();
      resolve(undefined);
    },
  };
}

/** A user id may be in no user database, as in a container. */
function userOf({ localUser, home }: Pick<ConnectContext, 'localUser' | 'home'>) {
  try {
    return userInfo();
  } catch {
    return { username: localUser, uid: Number(localUser), homedir: home, shell: null };
  }
}
