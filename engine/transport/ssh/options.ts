// What `ssh -G` prints, as values: only what differs from ssh's own defaults, so that a default is never taken for a wish.
import { homedir } from 'node:os';

/** ssh's configuration for a host (ssh_config(5)); what isn't configured is undefined. Paths as they are opened. */
export interface SshOptions {
  readonly hostname?: string;
  readonly port?: number;
  readonly user?: string;
  /** As written: `~`, tokens and variables are still to be put in. */
  readonly identityFiles?: readonly string[];
  /** What this ssh tries where none is configured. */
  readonly usualIdentityFiles?: readonly string[];
  readonly certificateFiles?: readonly string[];
  readonly identitiesOnly?: boolean;
  /** A socket, `none`, `SSH_AUTH_SOCK` or `$NAME` of a variable. */
  readonly identityAgent?: string;
  readonly pkcs11Provider?: string;
  /** Undefined unless no public key may be tried: the option that says so. */
  readonly withoutKeys?: string;
  readonly pubkeyAlgorithms?: readonly string[];
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  readonly addressFamily?: 4 | 6;
  readonly bindAddress?: string;
  readonly bindInterface?: string;
  readonly hostKeyAlias?: string;
  readonly userKnownHosts?: readonly string[];
  readonly globalKnownHosts?: readonly string[];
  readonly knownHostsCommand?: string;
  readonly revokedHostKeys?: readonly string[];
  readonly checkHostIp?: boolean;
  readonly requiredRsaSize?: number;
  readonly hostKeyAlgorithms?: readonly string[];
  readonly kexAlgorithms?: readonly string[];
  readonly ciphers?: readonly string[];
  readonly macs?: readonly string[];
  /** Options that would take a command its streams, set back, as `-o` has them. */
  readonly setBack?: readonly string[];
  /** Options by which ssh would believe a key that isn't pinned, as `Name value`. */
  readonly lenient?: readonly string[];
}

/** The lines of `ssh -G`: a keyword in small letters, a space, its value. A keyword may stand on several lines. */
export type SshLines = ReadonlyMap<string, readonly string[]>;

export function readLines(text: string): SshLines {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space).toLowerCase();
    values.set(key, [...(values.get(key) ?? []), line.slice(space + 1)]);
  }
  return values;
}

/** The options in `lines` that aren't as in `defaults`, the lines of an ssh without configuration. */
export function optionsOf(lines: SshLines, defaults: SshLines, home: string): SshOptions {
  const all = (key: string): readonly string[] | undefined => {
    const found = lines.get(key);
    return found === undefined || found.join('\n') === defaults.get(key)?.join('\n') ? undefined : found;
  };
  const one = (key: string): string | undefined => all(key)?.[0]?.trim();
  const set = (key: string): string | undefined => (one(key) === 'none' ? undefined : one(key));
  const number = (key: string): number | undefined => {
    const value = Number(one(key));
    return Number.isInteger(value) ? value : undefined;
  };
  const names = (key: string): readonly string[] | undefined => one(key)?.split(',');
  const paths = (key: string): readonly string[] | undefined =>
    one(key) === undefined ? undefined : splitPaths(one(key) ?? '').map((path) => inHome(path, home));
  const family = { inet: 4, inet6: 6 } as const;
  const familyName = one('addressfamily');
  const withoutKeys = ['no', 'false'].includes(one('pubkeyauthentication') ?? '')
    ? 'PubkeyAuthentication no'
    : names('preferredauthentications')?.includes('publickey') === false
      ? `PreferredAuthentications ${one('preferredauthentications')}`
      : undefined;
  const options: { [K in keyof SshOptions]: SshOptions[K] | undefined } = {
    hostname: lines.get('hostname')?.[0]?.trim(),
    port: number('port'),
    user: one('user'),
    identityFiles: all('identityfile'),
    usualIdentityFiles: defaults.get('identityfile')?.map((path) => inHome(path, home)),
    certificateFiles: all('certificatefile'),
    identitiesOnly: one('identitiesonly') === 'yes' ? true : undefined,
    identityAgent: one('identityagent'),
    pkcs11Provider: set('pkcs11provider'),
    withoutKeys,
    pubkeyAlgorithms: names('pubkeyacceptedalgorithms') ?? names('pubkeyacceptedkeytypes'),
    proxyJump: set('proxyjump'),
    proxyCommand: set('proxycommand'),
    addressFamily: familyName === 'inet' || familyName === 'inet6' ? family[familyName] : undefined,
    bindAddress: set('bindaddress'),
    bindInterface: set('bindinterface'),
    hostKeyAlias: one('hostkeyalias'),
    userKnownHosts: paths('userknownhostsfile'),
    globalKnownHosts: paths('globalknownhostsfile'),
    knownHostsCommand: set('knownhostscommand'),
    revokedHostKeys: set('revokedhostkeys') === undefined ? undefined : splitPaths(set('revokedhostkeys') ?? ''),
    checkHostIp: one('checkhostip') === 'yes' ? true : undefined,
    requiredRsaSize: number('requiredrsasize'),
    hostKeyAlgorithms: names('hostkeyalgorithms'),
    kexAlgorithms: names('kexalgorithms'),
    ciphers: names('ciphers'),
    macs: names('macs'),
    setBack: setBackOptions(one),
    lenient: lenientOptions(one),
  };
  return definedOnly(options);
}

/** Only where they are configured: ssh before 8.7 doesn't know them. */
function setBackOptions(one: (key: string) => string | undefined): readonly string[] | undefined {
  const usual = { sessiontype: 'default', stdinnull: 'no', forkafterauthentication: 'no' };
  const found = Object.entries(usual).filter(([key, value]) => (one(key) ?? value) !== value);
  return found.length === 0 ? undefined : found.map(([key, value]) => `${key}=${value}`);
}

/** What vrun doesn't go by, since a key that isn't pinned would be believed. */
function lenientOptions(one: (key: string) => string | undefined): readonly string[] | undefined {
  const strict = one('stricthostkeychecking');
  const found = [
    ...(strict === undefined || ['yes', 'true', 'ask'].includes(strict) ? [] : [`StrictHostKeyChecking ${strict}`]),
    ...(one('verifyhostkeydns') === undefined ? [] : [`VerifyHostKeyDNS ${one('verifyhostkeydns')}`]),
    ...(one('nohostauthenticationforlocalhost') === 'yes' ? ['NoHostAuthenticationForLocalhost yes'] : []),
  ];
  return found.length === 0 ? undefined : found;
}

/** Paths as `ssh -G` prints them, with a blank between: one that doesn't begin a path belongs to the path before it. */
function splitPaths(text: string): string[] {
  if (text === 'none') return [];
  return text.split(/ (?=[/~])/);
}

/** `~/x` in the given home; `~` is the home of whoever runs this. */
export function inHome(path: string, home: string): string {
  if (path === '~') return homedir();
  return path.startsWith('~/') ? `${home}/${path.slice(2)}` : path;
}

function definedOnly(options: { [K in keyof SshOptions]: SshOptions[K] | undefined }): SshOptions {
  // Undefined fields are left out, which is what the optional ones of SshOptions mean.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as SshOptions;
}
