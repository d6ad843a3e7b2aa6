// The options of the stock client: ssh's own configuration holds, and can't weaken what is set here. Host keys are strict,
// nobody is asked, and nothing is forwarded.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { singleQuoted } from '../../base/shell-quote.ts';
import type { Target } from '../channel/connection.ts';
import { entriesFor } from '../known-hosts/known-hosts.ts';
import type { ConnectContext } from '../ssh/context.ts';
import { type HostCheck, knownHostsGroups } from '../ssh/host-check.ts';
import { defaultIdentityFiles } from '../ssh/identities.ts';
import type { SshOptions } from '../ssh/options.ts';
import { hostCheckFor, jumpOf, lastHop, optionsFor } from '../ssh/route.ts';

const always = {
  BatchMode: 'yes',
  StrictHostKeyChecking: 'yes',
  VerifyHostKeyDNS: 'no',
  NoHostAuthenticationForLocalhost: 'no',
  UpdateHostKeys: 'no',
  FingerprintHash: 'sha256',
  LogLevel: 'INFO',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  ClearAllForwardings: 'yes',
  Tunnel: 'no',
  Compression: 'no',
  RequestTTY: 'no',
  RemoteCommand: 'none',
  ServerAliveInterval: '15',
  ServerAliveCountMax: '4',
} as const;

/**
 * Options for `target`. `directory` is private to this login, for files that ssh reads; `proxyCommand` goes through the jump
 * host before it.
 * @throws ProblemError `config` when ssh refuses its configuration
 */
export async function opensshOptions(
  target: Target,
  context: ConnectContext,
  { directory, proxyCommand }: { readonly directory: string; readonly proxyCommand: string | undefined },
): Promise<string[]> {
  const configured = await optionsFor(target, context);
  return [
    ...Object.entries(always).flatMap(([name, value]) => set(name, value)),
    ...(configured.setBack ?? []).flatMap((option) => ['-o', option]),
    ...set('ConnectTimeout', String(Math.max(1, Math.round(target.connectTimeout)))),
    ...(await knownHostsOptions(hostCheckFor(target, configured, context), configured, context, directory)),
    ...(context.sshConfig === undefined
      ? []
      : ['-F', existsSync(context.sshConfig.user) ? context.sshConfig.user : 'none']),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...identitiesOf(target, configured, context).flatMap((file) => ['-i', literal(file)]),
    ...(target.jump === 'none' ? set('ProxyJump', 'none') : []),
    ...(proxyCommand === undefined ? [] : set('ProxyCommand', proxyCommand)),
  ];
}

function set(name: string, value: string): string[] {
  return ['-o', `${name}=${value}`];
}

/** A path in which nothing is to be put in. */
function literal(path: string): string {
  return path.replaceAll('%', '%%');
}

/**
 * Where ssh looks for host keys. The project's files go before its own, as everywhere: where they know the host, of ssh's
 * own only what is revoked counts. Without any, ssh's configuration is left as it is.
 */
async function knownHostsOptions(
  check: HostCheck,
  configured: SshOptions,
  context: ConnectContext,
  directory: string,
): Promise<string[]> {
  if (check.pins.length === 0 && context.sshKnownHosts === undefined) return [];
  const [pins = [], own = []] = await knownHostsGroups(check, context);
  const decides = check.names.some((name) => {
    const { keys, foreign, authority } = entriesFor([pins], name);
    return keys.length > 0 || foreign.length > 0 || authority !== undefined;
  });
  // The first file is where ssh would write to.
  const files = ['/dev/null', ...check.pins];
  if (!decides) files.push(...check.own);
  const revoked = own.flatMap(({ entries }) => entries).filter(({ marker }) => decides && marker === '@revoked');
  if (revoked.length > 0) {
    const file = join(directory, 'revoked');
    const lines = revoked.map(({ hosts, type, key }) => `@revoked ${hosts} ${type} ${key.toString('base64')}\n`);
    await writeFile(file, lines.join(''));
    files.push(file);
  }
  return [
    ...set('UserKnownHostsFile', files.map((file) => `"${literal(file)}"`).join(' ')),
    ...set('GlobalKnownHostsFile', '/dev/null'),
    ...(decides && configured.knownHostsCommand !== undefined ? set('KnownHostsCommand', 'none') : []),
  ];
}

/** Identities on the command line. One there takes the place of ssh's defaults; a spare one only follows them. */
function identitiesOf(target: Target, configured: SshOptions, context: ConnectContext): readonly string[] {
  const { identityFile, spareIdentityFile } = target;
  if (identityFile !== undefined) return [identityFile];
  if (spareIdentityFile === undefined) return [];
  const usual = configured.usualIdentityFiles ?? defaultIdentityFiles(context.home);
  return [...(configured.identityFiles ?? usual.filter(existsSync)), spareIdentityFile];
}

/**
 * Options for a client that shares nothing: the jump hosts before the target are its own.
 * @throws ProblemError `config` when ssh refuses its configuration, or jump hosts go in a circle
 */
export async function unsharedOptions(target: Target, context: ConnectContext, directory: string): Promise<string[]> {
  const jump = jumpOf(target, await optionsFor(target, context));
  if (jump === undefined) return opensshOptions(target, context, { directory, proxyCommand: undefined });
  const via = lastHop(jump, target);
  const options = await unsharedOptions(via, context, directory);
  // ssh's own -J hands no options on to the jump host's ssh; so this spells it out.
  const alone = [...set('ControlMaster', 'no'), ...set('ControlPath', 'none')];
  return opensshOptions(target, context, { directory, proxyCommand: forwarding([...alone, ...options], via.address) });
}

/**
 * The ProxyCommand (ssh_config(5)) that has the client behind a control socket open a connection (ssh(1), -W): a channel of
 * its connection, and no session that sshd would count among its MaxSessions.
 */
export function proxyCommandBy(socket: string): string {
  return forwarding(['-F', 'none', ...ONLY_BY_SOCKET, '-o', `ControlPath=${socket}`], 'jump-host');
}

/** The command by which a jump host opens a connection to the host and the port that ssh puts in. */
function forwarding(options: readonly string[], address: string): string {
  const words = [...options, '--', address].map((word) => singleQuoted(word.replaceAll('%', '%%')));
  return `ssh -W '[%h]:%p' ${words.join(' ')}`;
}

/** A client whose control socket is gone would log in by itself: it is given no way to. */
export const ONLY_BY_SOCKET = ['-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'] as const;
