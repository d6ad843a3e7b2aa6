// The user's ssh_config, as the stock client resolves it (`ssh -G`), and only where there is one worth asking.

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPlainText } from '../language/plain-file.ts';
import { fail } from '../language/problem.ts';
import type { ConnectContext } from './context.ts';

/** What `ssh -G` says about a host; empty when nothing is configured. Paths are absolute. */
export interface SshOptions {
  readonly hostname?: string;
  readonly port?: number;
  readonly user?: string;
  readonly identityFiles?: readonly string[];
  readonly identitiesOnly?: boolean;
  /** A socket, or `none`. */
  readonly identityAgent?: string;
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  readonly hostKeyAlias?: string;
  readonly userKnownHosts?: readonly string[];
  readonly globalKnownHosts?: readonly string[];
}

/** Debian's and Ubuntu's own /etc/ssh/ssh_config, without comments: nothing in it matters here. */
const plainLines = new Set([
  'include /etc/ssh/ssh_config.d/*.conf',
  'host *',
  'sendenv lang lc_*',
  'sendenv lang lc_* colorterm no_color',
  'hashknownhosts yes',
  'gssapiauthentication yes',
]);

/**
 * The options for `host` from ssh's own configuration. Empty without starting a process (8 ms each) when there is no
 * user configuration and the system's is Debian's default.
 * @throws ProblemError `config` when ssh refuses its configuration, or isn't there to read it
 */
export async function sshOptions(
  context: ConnectContext,
  host: string,
  given: { readonly user: string | undefined; readonly port: number | undefined },
): Promise<SshOptions> {
  const remembered = <T>(key: string, make: () => Promise<T>, map: Map<string, Promise<T>>): Promise<T> => {
    const known = map.get(key);
    if (known !== undefined) return known;
    const made = make();
    map.set(key, made);
    return made;
  };
  const key = JSON.stringify([host, given.user, given.port]);
  return remembered(key, () => resolveOptions(context, host, given), context.cache.sshConfig);
}

async function resolveOptions(
  context: ConnectContext,
  host: string,
  given: { readonly user: string | undefined; readonly port: number | undefined },
): Promise<SshOptions> {
  const files = configFiles(context);
  if (!(await isConfigured(files.user)) && !(await isConfigured(files.system))) return {};
  const args = ['-G'];
  if (context.sshConfig !== undefined) args.push('-F', files.user);
  if (given.user !== undefined) args.push('-l', given.user);
  if (given.port !== undefined) args.push('-p', String(given.port));
  const text = await new Promise<string>((resolve, reject) => {
    execFile('ssh', [...args, '--', host], { encoding: 'utf8', timeout: 10_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr.trim() || error.message)),
    );
  }).catch((error: Error) =>
    fail({
      code: 'config',
      summary: `ssh's configuration for ${host} cannot be used`,
      detail: `ssh -G ${host}: ${error.message}`,
    }),
  );
  return parseSshOptions(text, context.home);
}

function configFiles(context: ConnectContext): { readonly user: string; readonly system: string } {
  return context.sshConfig ?? { user: join(context.home, '.ssh', 'config'), system: '/etc/ssh/ssh_config' };
}

/** True when a configuration says anything but Debian's default, in its own directory of includes too. */
async function isConfigured(file: string): Promise<boolean> {
  const text = await readPlainText(file).catch(() => '');
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' ').toLowerCase())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.some((line) => !plainLines.has(line))) return true;
  if (!lines.some((line) => line.startsWith('include'))) return false;
  const names = await readdir(join(dirname(file), 'ssh_config.d')).catch(() => []);
  return names.some((name) => name.endsWith('.conf'));
}

/** The lines of `ssh -G`: a keyword in small letters, a space, its value. */
export function parseSshOptions(text: string, home: string): SshOptions {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space);
    values.set(key, [...(values.get(key) ?? []), line.slice(space + 1).trim()]);
  }
  const one = (key: string): string | undefined => values.get(key)?.[0];
  const set = (key: string): string | undefined => (one(key) === 'none' ? undefined : one(key));
  const inHome = (path: string): string => (path.startsWith('~/') ? join(home, path.slice(2)) : path);
  const paths = (key: string): readonly string[] | undefined => set(key)?.split(' ').map(inHome);
  const port = Number(one('port'));
  const agent = one('identityagent');
  return {
    ...defined('hostname', one('hostname')),
    ...defined('port', Number.isInteger(port) ? port : undefined),
    ...defined('user', one('user')),
    ...defined('identityFiles', values.get('identityfile')?.map(inHome)),
    ...defined('identitiesOnly', one('identitiesonly') === 'yes' ? true : undefined),
    ...defined('identityAgent', agent === 'SSH_AUTH_SOCK' || agent === undefined ? undefined : inHome(agent)),
    ...defined('proxyJump', set('proxyjump')),
    ...defined('proxyCommand', set('proxycommand')),
    ...defined('hostKeyAlias', one('hostkeyalias')),
    ...defined('userKnownHosts', paths('userknownhostsfile')),
    ...defined('globalKnownHosts', paths('globalknownhostsfile')),
  };
}

function defined<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T }); // a computed key widens to string
}
