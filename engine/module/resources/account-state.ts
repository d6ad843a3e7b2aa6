// Login accounts as getent(1) tells of them: passwd(5), group(5) and, for root only, shadow(5).
import type { Output } from '../change.ts';
import { lines, type Script, sh } from '../script.ts';
import { readSections } from './sections.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Name of the primary group; undefined where the number has none. */
  readonly group: string | undefined;
  /** Names of the other groups, sorted. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  readonly homeExists: boolean;
  readonly shell: string;
  /** Undefined when it wasn't asked for, or may not be read. */
  readonly password: Password | undefined;
}

export interface Password {
  readonly locked: boolean;
  /** False for an account that nobody has given a password yet. */
  readonly set: boolean;
  /** Sha256 of the hash without the mark that locks it: the hash itself never leaves the host. */
  readonly digest: string;
  /** Days since 1970 on which the account expires; undefined for never. */
  readonly expires: number | undefined;
}

/** What the host knows: the accounts asked for, and every group's name. */
export interface Accounts {
  /** Whether the database of accounts may be written. */
  readonly writable: boolean;
  readonly byName: ReadonlyMap<string, Account>;
  readonly groups: ReadonlySet<string>;
  /** Group names by number. */
  readonly groupNames: ReadonlyMap<number, string>;
  /** For each home asked for: the nearest thing on the way to it that is no directory, or in which nothing can be made. */
  readonly places: ReadonlyMap<string, { readonly blocker: string | undefined; readonly shut: string | undefined }>;
}

/**
 * A read-only fragment for a probe: accounts by name or number. `secretly`: those whose password or expiry matters.
 * `homes`: directories that may have to be made.
 */
export function probeAccounts(names: readonly string[], secretly: readonly string[], homes: readonly string[]): Script {
  return lines(
    sh`if [ -w /etc/passwd ]; then printf '@writable\n'; fi`,
    sh`printf '@passwd\n'; passwd=$(getent passwd ${names}); printf '%s\n@homes\n' "$passwd"`,
    sh`printf '%s\n' "$passwd" | while IFS=: read -r name x uid gid comment home shell; do`,
    sh`  if [ -d "$home" ]; then echo 1; else echo 0; fi; done`,
    homes.length === 0
      ? undefined
      : sh`printf '@places\n'; for p in ${homes}; do printf '%s\n' "$p"; while [ ! -e "$p" ] && [ ! -h "$p" ]; do p=\${p%/*}; p=\${p:-/}; done
if [ ! -d "$p" ]; then echo "f$p"; elif [ -w "$p" ]; then echo d; else echo "r$p"; fi; done`,
    sh`printf '@group\n'; getent group`,
    sh`printf '@shadow\n'`,
    secretly.length === 0 ? undefined : readShadow(secretly),
    sh`printf '@accountsend\n'`,
  );
}

/** `name:locked:set:expires:digest`, two processes for each account. */
function readShadow(names: readonly string[]): Script {
  return lines(
    sh`getent shadow ${names} | while IFS=: read -r name hash last min max warn inactive expires rest; do`,
    sh`  case $hash in '!'*) locked=1;; *) locked=0;; esac`,
    sh`  while :; do case $hash in '!'*) hash=\${hash#?};; *) break;; esac; done`,
    sh`  case $hash in ''|'*') set=0;; *) set=1;; esac`,
    sh`  sum=$(printf %s "$hash" | sha256sum); printf '%s:%s:%s:%s:%s\n' "$name" "$locked" "$set" "$expires" "\${sum%% *}"`,
    sh`done`,
  );
}

/**
 * Reads what probeAccounts printed.
 * @throws Error for lines that passwd(5), group(5) or the fragment don't have
 */
export function parseAccounts(out: Output): Accounts {
  const sections = readSections(out.stdout);
  const section = (name: string) => (sections.get(name) ?? []).filter((row) => row !== '');
  if (!sections.has('accountsend')) throw new Error('the probe of accounts stopped before its end');
  const groups = section('group').map((row) => {
    const [name = '', , gid = '', members = ''] = fields(row, 4);
    return { name, gid: Number(gid), members: members.split(',') };
  });
  if (groups.length === 0) throw new Error('getent does not work on this host');
  const passwords = new Map(section('shadow').map(parseShadow));
  const homes = section('homes');
  const groupNames = new Map(groups.map(({ gid, name }) => [gid, name]));
  const byName = new Map(
    section('passwd').map((row, index) => {
      const [name = '', , uid, gid, comment = '', home = '', shell = ''] = fields(row, 7);
      const account: Account = {
        uid: Number(uid),
        gid: Number(gid),
        group: groupNames.get(Number(gid)),
        groups: groups
          .filter(({ members }) => members.includes(name))
          .map((group) => group.name)
          .sort(),
        comment,
        home,
        homeExists: homes[index] === '1',
        shell,
        password: passwords.get(name),
      };
      return [name, account] as const;
    }),
  );
  const writable = sections.has('writable');
  const rows = section('places');
  const places = new Map(
    rows.flatMap((home, index) => {
      const said = index % 2 === 0 ? (rows[index + 1] ?? '') : '';
      const of = (letter: string) => (said.startsWith(letter) ? said.slice(1) : undefined);
      return said === '' ? [] : [[home, { blocker: of('f'), shut: of('r') }] as const];
    }),
  );
  return { writable, byName, groups: new Set(groups.map(({ name }) => name)), groupNames, places };
}

function parseShadow(row: string): readonly [string, Password] {
  const [name = '', locked, set, expires = '', digest = ''] = fields(row, 5);
  return [
    name,
    { locked: locked === '1', set: set === '1', digest, expires: /^\d+$/.test(expires) ? Number(expires) : undefined },
  ];
}

function fields(row: string, count: number): readonly string[] {
  const parts = row.split(':');
  if (parts.length < count) throw new Error(`getent printed a line that is none of its own: ${row}`);
  return parts;
}
