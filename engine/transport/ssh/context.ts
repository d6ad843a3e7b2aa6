// What connecting needs from its surroundings, and what it remembers between hosts of one run.

import { join } from 'node:path';
import { hasCode } from '../../base/file-error.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { Login } from '../channel/channel.ts';
import { JumpHosts } from '../channel/jump-hosts.ts';
import { Startups } from '../channel/startups.ts';
import { Tempo } from '../channel/tempo.ts';
import { type KnownHostsFile, parseKnownHosts } from '../known-hosts/known-hosts.ts';
import type { LoginKey } from './identity.ts';
import type { SshLogin } from './login.ts';
import type { SshLines, SshOptions } from './options.ts';

/** Asks the person at the terminal for a secret; `undefined` when there is none, or no answer. */
export type Ask = (prompt: string) => Promise<Secret | undefined>;

export interface ConnectContext {
  /** The home directory whose `.ssh` is used. */
  readonly home: string;
  /** The name to log in with when neither the target nor ssh_config has one. */
  readonly localUser: string;
  /** The socket of ssh-agent (`SSH_AUTH_SOCK`). */
  readonly agent: string | undefined;
  readonly ask: Ask | undefined;
  /** The environment that ssh's configuration may speak of, and its programs get. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** ssh's own configuration files; by default `~/.ssh/config` and `/etc/ssh/ssh_config`. */
  readonly sshConfig?: { readonly user: string; readonly system: string };
  /** In the place of ssh's own known_hosts files, where its configuration names none. */
  readonly sshKnownHosts?: readonly string[];
  readonly cache: ConnectCache;
}

/** Files read, keys decrypted and configurations resolved once for all hosts. */
export interface ConnectCache {
  readonly knownHosts: Map<string, Promise<KnownHostsFile>>;
  readonly keys: Map<string, Promise<LoginKey>>;
  readonly sshConfig: Map<string, Promise<SshOptions>>;
  sshDefaults: Promise<SshLines> | undefined;
  readonly jumps: { readonly ssh: JumpHosts<SshLogin>; readonly openssh: JumpHosts<StockLogin> };
  readonly startups: Startups;
  readonly tempo: Tempo;
}

/** A login of the stock client. */
export interface StockLogin extends Login {
  /** The ProxyCommand (ssh_config(5)) that reaches a host through this connection. */
  readonly proxyCommand: string;
  /** Why it opened no connection, in OpenSSH's words, oldest first: for which of the hosts isn't told. */
  refusals(): readonly string[];
}

export function newConnectCache(): ConnectCache {
  return {
    knownHosts: new Map(),
    keys: new Map(),
    sshConfig: new Map(),
    sshDefaults: undefined,
    jumps: { ssh: new JumpHosts(), openssh: new JumpHosts() },
    startups: new Startups(),
    tempo: new Tempo(),
  };
}

/** Hangs up the jump hosts: the hosts behind them are done with. */
export async function closeJumpHosts({ jumps }: ConnectCache): Promise<void> {
  await Promise.all([jumps.ssh.close(), jumps.openssh.close()]);
}

/** ssh's own known_hosts files (ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile), which count together. */
export function sshKnownHosts(context: ConnectContext, options: SshOptions): readonly string[] {
  const own = join(context.home, '.ssh');
  const { userKnownHosts: user, globalKnownHosts: global } = options;
  if (context.sshKnownHosts !== undefined && user === undefined && global === undefined) return context.sshKnownHosts;
  return [
    ...(user ?? [join(own, 'known_hosts'), join(own, 'known_hosts2')]),
    ...(global ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
  ];
}

/** What ssh runs with: what the user's would, but says what is wrong in the words that are looked for. */
export function sshEnvironment(context: ConnectContext): Record<string, string | undefined> {
  const agent = context.agent === undefined ? {} : { SSH_AUTH_SOCK: context.agent };
  const path = context.variables?.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  return { ...context.variables, PATH: path, HOME: context.home, LC_ALL: 'C.UTF-8', ...agent };
}

/** Reads known_hosts files, each once; a file that doesn't exist is empty. */
export function readKnownHosts(context: ConnectContext, files: readonly string[]): Promise<KnownHostsFile[]> {
  return Promise.all(
    [...new Set(files)].map((file) => {
      const known = context.cache.knownHosts.get(file);
      if (known !== undefined) return known;
      // what people write for "no file", ssh_config(5)
      const text = file === '/dev/null' ? Promise.resolve('') : readPlainText(file);
      const reading = text.then(
        (text) => parseKnownHosts(text, file),
        (error: NodeJS.ErrnoException) => {
          if (hasCode(error, 'ENOENT')) return { file, entries: [], bad: [] };
          return fail({
            code: 'file-unreadable',
            summary: `The known_hosts file ${file} cannot be read`,
            detail: error.message,
          });
        },
      );
      context.cache.knownHosts.set(file, reading);
      return reading;
    }),
  );
}
