// The user's ssh_config, as the stock client resolves it (`ssh -G`), and only where there is one worth asking.

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPlainText } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import { type ConnectContext, sshEnvironment } from './context.ts';
import { inHome, optionsOf, readLines, type SshLines, type SshOptions } from './options.ts';

/** Debian's and Ubuntu's own /etc/ssh/ssh_config, without comments: nothing in it matters here. */
const plainLines = new Set([
  'include /etc/ssh/ssh_config.d/*.conf',
  'host *',
  'sendenv lang lc_*',
  'sendenv lang lc_* colorterm no_color',
  'hashknownhosts yes',
  'gssapiauthentication yes',
]);

/** What is given besides ssh's configuration, and goes before it. */
export interface ConfigQuestion {
  readonly user: string | undefined;
  readonly port: number | undefined;
}

/**
 * The options for `host` from ssh's own configuration. Empty without starting a process (4 ms each) when there is no
 * user configuration and the system's is Debian's default.
 * @throws ProblemError `config` when ssh refuses its configuration, or isn't there to read it
 */
export function sshOptions(context: ConnectContext, host: string, given: ConfigQuestion): Promise<SshOptions> {
  const key = JSON.stringify([host, given.user, given.port]);
  const { sshConfig } = context.cache;
  const known = sshConfig.get(key);
  if (known !== undefined) return known;
  const asking = resolveOptions(context, host, given);
  sshConfig.set(key, asking);
  return asking;
}

async function resolveOptions(context: ConnectContext, host: string, given: ConfigQuestion): Promise<SshOptions> {
  const files = configFiles(context);
  if (!(await isConfigured(files.user)) && !(await isConfigured(files.system))) return {};
  const args = context.sshConfig === undefined ? [] : ['-F', files.user];
  if (given.user !== undefined) args.push('-l', given.user);
  if (given.port !== undefined) args.push('-p', String(given.port));
  const [lines, defaults] = await Promise.all([ask(context, args, host), sshDefaults(context)]);
  const options = optionsOf(lines, defaults, context.home);
  const expanded = (paths: readonly string[] | undefined) =>
    paths && Promise.all(paths.map((path) => expand(path, context, args, host)));
  const [identityFiles, certificateFiles] = await Promise.all([
    expanded(options.identityFiles?.filter((file) => file.toLowerCase() !== 'none')),
    expanded(options.certificateFiles),
  ]);
  return { ...options, ...(identityFiles && { identityFiles }), ...(certificateFiles && { certificateFiles }) };
}

/** What this ssh does without any configuration: its list of identities and algorithms is its version's. */
function sshDefaults(context: ConnectContext): Promise<SshLines> {
  context.cache.sshDefaults ??= ask(context, ['-F', 'none'], 'localhost');
  return context.cache.sshDefaults;
}

/**
 * `~`, tokens and variables of a path put in, by ssh itself: which there are, and what `%C` is made of, is its version's. What
 * `ssh -G` prints of an IdentityFile is as written; a ControlPath has the same tokens, and is printed as it will be opened.
 */
async function expand(path: string, context: ConnectContext, args: readonly string[], host: string): Promise<string> {
  if (!/%|\$\{|^~[^/]/.test(path)) return inHome(path, context.home);
  const quoted = inHome(path, context.home).replace(/["\\]/g, '\\$&');
  const lines = await ask(context, [...args, '-o', `ControlPath="${quoted}"`], host);
  return lines.get('controlpath')?.[0] ?? path;
}

async function ask(context: ConnectContext, args: readonly string[], host: string): Promise<SshLines> {
  const text = await new Promise<string>((resolve, reject) => {
    const options = { encoding: 'utf8', timeout: 10_000, env: sshEnvironment(context) } as const;
    execFile('ssh', ['-G', ...args, '--', host], options, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr.trim() || error.message)),
    );
  }).catch((error: Error) =>
    fail({
      code: 'config',
      summary: `ssh's configuration for ${host} cannot be used`,
      detail: `ssh -G ${host}: ${error.message}`,
    }),
  );
  return readLines(text);
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
