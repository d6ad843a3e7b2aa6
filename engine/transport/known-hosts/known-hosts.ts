// OpenSSH's known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): read and asked. Pure; no key is ever guessed to be right.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { globMatcher } from '../../pattern/glob.ts';

export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: '' | '@revoked' | '@cert-authority';
  /** The name field as written: patterns, or one hashed name. */
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
}

/** One file's lines, and the numbers of those that could not be understood (they are skipped, as ssh does). */
export interface KnownHostsFile {
  readonly file: string;
  readonly entries: readonly KnownHost[];
  readonly bad: readonly number[];
}

export type KeyVerdict =
  | { readonly verdict: 'match'; readonly entry: KnownHost }
  | { readonly verdict: 'changed'; readonly pinned: readonly KnownHost[] }
  /** `by` is where it is revoked: a line of known_hosts, or a file of revoked keys. */
  | { readonly verdict: 'revoked'; readonly by: string }
  /** `foreign` are lines that stand for the host, with keys of kinds that can't be compared here. */
  | {
      readonly verdict: 'unknown';
      readonly authority: KnownHost | undefined;
      readonly foreign: readonly KnownHost[];
    };

/** Files that count together, as those of ssh's configuration do; a group that knows a host leaves no say to those after it. */
export type KnownHostsGroups = readonly (readonly KnownHostsFile[])[];

/** The key types that can be asked for and compared here; what else stands in known_hosts is carried as it is. */
export const comparable: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);

export function parseKnownHosts(text: string, file: string): KnownHostsFile {
  const entries: KnownHost[] = [];
  const bad: number[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const words = raw.trim().split(/[ \t]+/);
    if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) continue;
    const marker = words[0].startsWith('@') ? words.shift() : '';
    const [hosts, type, blob] = words;
    const key = Buffer.from(blob ?? '', 'base64');
    const known = marker === '' || marker === '@revoked' || marker === '@cert-authority';
    if (!known || hosts === undefined || type === undefined || keyType(key) !== type) bad.push(index + 1);
    else entries.push({ file, line: index + 1, marker, hosts, type, key });
  }
  return { file, entries, bad };
}

/** The type inside a public key blob (RFC 4253, 6.6), or '' when it is none. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length === 0 || length > 64 || key.length < 4 + length ? '' : key.subarray(4, 4 + length).toString('latin1');
}

/** The name under which a host stands in known_hosts: `[host]:port` unless the port is 22. */
export function knownName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/**
 * The names to look for, the first being the host's own. As ssh does, a host on another port than 22 of which nothing is
 * known is believed to be the one without a port, if it has that one's key; an alias (HostKeyAlias) is the only name.
 */
export function knownNames(host: string, port: number, alias: string | undefined): readonly [string, ...string[]] {
  if (alias !== undefined) return [alias.toLowerCase()];
  return port === 22 ? [knownName(host, port)] : [knownName(host, port), knownName(host, 22)];
}

/** Whether a name field stands for `name`: patterns with `*`, `?` and `!`, or `|1|salt|hash`. */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return hashMatches(hosts, name);
  let found = false;
  for (const pattern of hosts.split(',')) {
    const negated = pattern.startsWith('!');
    if (!globMatcher((negated ? pattern.slice(1) : pattern).toLowerCase(), '*?')(name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

interface Index {
  /** By each name that is written out. */
  readonly named: ReadonlyMap<string, readonly KnownHost[]>;
  /** Patterns, and hashed names: each has to be tried. */
  readonly others: readonly KnownHost[];
}

const indexes = new WeakMap<KnownHostsFile, Index>();

/** The file's entries for `name`, in its order. A file may name thousands of hosts, and is asked for each of them. */
function entriesNaming(file: KnownHostsFile, name: string): readonly KnownHost[] {
  const { named, others } = indexes.get(file) ?? indexOf(file);
  const found = [...(named.get(name) ?? []), ...others.filter(({ hosts }) => namesHost(hosts, name))];
  return found.sort((one, other) => one.line - other.line);
}

function indexOf(file: KnownHostsFile): Index {
  const named = new Map<string, KnownHost[]>();
  const others: KnownHost[] = [];
  for (const entry of file.entries) {
    if (/[*?!|]/.test(entry.hosts)) others.push(entry);
    else {
      for (const name of new Set(entry.hosts.toLowerCase().split(','))) {
        const known = named.get(name);
        if (known) known.push(entry);
        else named.set(name, [entry]);
      }
    }
  }
  const index = { named, others };
  indexes.set(file, index);
  return index;
}

function hashMatches(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, 'base64');
  const made = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === made.length && timingSafeEqual(wanted, made);
}

/** The entries for `name`: the first group that has a key for it decides, revocations count from all of them. */
export function entriesFor(groups: KnownHostsGroups, name: string) {
  const mine = groups.map((files) => files.flatMap((file) => entriesNaming(file, name)));
  const all = mine.flat();
  const plain = mine.map((entries) => entries.filter(({ marker }) => marker === ''));
  const keys = plain.map((entries) => entries.filter(({ type }) => comparable.has(type)));
  return {
    keys: keys.find(({ length }) => length > 0) ?? [],
    foreign: plain.flat().filter(({ type }) => !comparable.has(type)),
    revoked: all.filter(({ marker }) => marker === '@revoked'),
    authority: all.find(({ marker }) => marker === '@cert-authority'),
  };
}

/** What the files say about `key` presented by a host of these names. Only `match` is a yes. */
export function judgeHostKey(groups: KnownHostsGroups, names: readonly string[], key: Buffer): KeyVerdict {
  const [name, ...others] = names;
  if (name === undefined) return { verdict: 'unknown', authority: undefined, foreign: [] };
  const { keys, revoked, authority, foreign } = entriesFor(groups, name);
  const withdrawn = revoked.find((entry) => entry.key.equals(key));
  if (withdrawn !== undefined) return { verdict: 'revoked', by: lineOf(withdrawn) };
  const entry = keys.find((known) => known.key.equals(key));
  if (entry !== undefined) return { verdict: 'match', entry };
  if (keys.length > 0) return { verdict: 'changed', pinned: keys };
  // Another name's key is only ever a yes: of this name nothing is known that could have changed.
  const other = others.length === 0 ? undefined : judgeHostKey(groups, others, key);
  if (other?.verdict === 'match' || other?.verdict === 'revoked') return other;
  return { verdict: 'unknown', authority, foreign };
}

/** Where an entry stands: `file:line`. */
export function lineOf({ file, line }: KnownHost): string {
  return `${file}:${line}`;
}
