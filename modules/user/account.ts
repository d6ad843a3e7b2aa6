// Login accounts as getent(1) tells of them: passwd(5), group(5) and, for root only, shadow(5).
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { readSections } from '../../engine/module/sections.ts';
import { LOOPS } from '../../engine/resources/path/link-sources.ts';

export interface LoginAccount {
  readonly uid: number;
  readonly gid: number;
  /** Name of the primary group; undefined where the number has none. */
  readonly group: string | undefined;
  /** Names of the other groups, sorted. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  readonly homeExists: boolean;
  /** Something that is no directory is where the home should be. */
  readonly homeBlocked?: boolean;
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
  /** Days that a password stays at least, is good at most, and before its end the user is warned. */
  readonly age: Readonly<Record<'min' | 'max' | 'warn', number | undefined>>;
}

/** What is at the place of a home, wanted or had. */
export interface HomePlace {
  readonly path: string;
  /** The nearest thing on the way to it that is no directory. */
  readonly blocker?: string | undefined;
  /** The directory in which it would be made, and nothing can be. */
  readonly shut?: string | undefined;
  /** Something is there already. */
  readonly taken?: boolean | undefined;
  /** Its path without links, as far as it is there: where another home is to move to it. */
  readonly real?: string | undefined;
}

/** What stands against taking a home away, or elsewhere. */
export interface HomeBonds {
  /** Number of its owner; undefined where there is none. */
  readonly owner: number | undefined;
  /** A file system is mounted at it, or in it. */
  readonly mounted: boolean;
  readonly link?: boolean;
  /** The directory, it or the one in which it is, in which nothing can be renamed or removed. */
  readonly shut?: string | undefined;
  /** Its path without links. */
  readonly real?: string | undefined;
}

/** Who has to be looked at more closely. */
export interface AccountsWanted {
  /** By name or number. */
  readonly names: readonly string[];
  /** Whose password, its age or expiry matters. */
  readonly secretly: readonly string[];
  /** Homes that may have to be made or moved to, by the user's name; without a place useradd's own. */
  readonly homes: readonly { readonly name: string; readonly home: string | undefined; readonly move_home: boolean }[];
  /** Directories that a new home is a copy of. */
  readonly skeletons: readonly string[];
  /** Whose processes stand in the way, unless number and home are these; without them in any case. */
  readonly idle: readonly {
    readonly name: string;
    readonly uid?: number | undefined;
    readonly home?: string | undefined;
  }[];
  /** Whose home goes, or goes elsewhere. */
  readonly leaving: readonly string[];
}

/** What the host knows: the accounts asked for, and every group's name. */
export interface Accounts {
  /** Whether the database of accounts may be written. */
  readonly writable: boolean;
  readonly byName: ReadonlyMap<string, LoginAccount>;
  /** Numbers of groups by name, and names by number. */
  readonly groups: ReadonlyMap<string, number>;
  readonly groupNames: ReadonlyMap<number, string>;
  /** By home as it was asked for; of an account that isn't there, where it was not, by name. */
  readonly places: ReadonlyMap<string, HomePlace>;
  /** Of the skeletons asked for, those that aren't there. */
  readonly lacking: ReadonlySet<string>;
  /** A process of each account that has one, where that matters. */
  readonly busy: ReadonlyMap<string, string>;
  readonly bonds: ReadonlyMap<string, HomeBonds>;
  /** Homes of all accounts by name, where some home goes. */
  readonly homes: ReadonlyMap<string, string>;
}

/** A read-only fragment for a probe. */
export function probeAccounts({ names, secretly, homes, skeletons, idle, leaving }: AccountsWanted): Script {
  const given = (moves: boolean) => homes.flatMap(({ home, move_home }) => (home && move_home === moves ? [home] : []));
  const [made, moved] = [given(false), given(true)];
  const others = homes.flatMap(({ name, home }) => (home === undefined ? [name] : []));
  return lines(
    sh`if [ -w /etc/passwd ] && [ -w /etc ]; then printf '@writable\n'; fi`,
    sh`printf '@passwd\n'; passwd=$(getent passwd ${names}); printf '%s\n@homes\n' "$passwd"`,
    sh`printf '%s\n' "$passwd" | while IFS=: read -r name x uid gid comment home shell; do`,
    sh`  if [ -d "$home" ]; then echo 1; elif [ -e "$home" ] || [ -h "$home" ]; then echo 2; else echo 0; fi; done`,
    homes.length === 0 ? undefined : lines(LOOPS, PLACE),
    made.length === 0 ? undefined : sh`for h in ${made}; do place "$h" "$h"; done`,
    moved.length === 0 ? undefined : sh`for h in ${moved}; do place "$h" "$h" really; done`,
    others.length === 0 ? undefined : newHomes(others),
    skeletons.length === 0
      ? undefined
      : sh`printf '@lacking\n'; for p in ${skeletons}; do [ -d "$p" ] || printf '%s\n' "$p"; done`,
    idle.length === 0
      ? undefined
      : lines(BUSY, ...idle.map(({ name, uid, home }) => sh`busy ${name} ${uid ?? ''} ${home ?? ''}`)),
    leaving.length === 0 ? undefined : lines(LOOPS, BONDS, ...leaving.map((name) => sh`bonds ${name}`), EVERY),
    sh`printf '@group\n'; getent group`,
    sh`printf '@shadow\n'`,
    secretly.length === 0 ? undefined : readShadow(secretly),
    sh`printf '@accountsend\n'`,
  );
}

/** The nearest thing on the way to a home: `f` is no directory, `d` one, `r` one in which nothing can be written. With a third word also where that really is. */
const PLACE = sh`printf '@places\n'
place() { printf '%s:%s\n' "$1" "$2"; p=$2; while [ ! -e "$p" ] && [ ! -h "$p" ]; do p=\${p%/*}; p=\${p:-/}; done
  if [ ! -d "$p" ]; then echo "f$p"; elif [ -w "$p" ]; then echo "d$p"; else echo "r$p"; fi
  q=; [ -z "$3" ] || loops "$p" || q=$(readlink -f -- "$p" | head -n 1); printf '=%s\n' "$q"; }`;

/** Where useradd(8) makes the homes of those who aren't there. */
function newHomes(names: readonly string[]): Script {
  return sh`base=/home; if [ -r /etc/default/useradd ]; then while IFS='=' read -r k v; do [ "$k" != HOME ] || base=$v; done </etc/default/useradd; fi
for u in ${names}; do case "
$passwd" in *"
$u:"*) ;; *) place "$u" "$base/$u";; esac; done`;
}

/**
 * As usermod(8) and userdel(8) look for processes: by each of their three numbers, and not in other user namespaces.
 * With number and home given only an account that differs is looked at.
 */
const BUSY = sh`printf '@busy\n'
busy() { printf '%s\n' "$passwd" | while IFS=: read -r name x uid gid comment home shell; do
  [ "$name" = "$1" ] || continue
  if [ -n "$2$3" ]; then case $2 in '' | "$uid") case $3 in '' | "$home") continue;; esac;; esac; fi
  for p in $(grep -lsE "^Uid:([[:space:]]+[0-9]+){0,2}[[:space:]]+$uid([[:space:]]|$)" /proc/[0-9]*/status); do
    p=\${p%/status}
    [ "$(readlink "$p/ns/user")" = "$(readlink /proc/self/ns/user)" ] || continue
    printf '%s:%s\n' "$name" "\${p#/proc/}"; break
  done
done; }`;

const BONDS = sh`printf '@bonds\n'
bonds() { printf '%s\n' "$passwd" | while IFS=: read -r name x uid gid comment home shell; do
  [ "$name" = "$1" ] || continue
  m=$(cut -d ' ' -f 2 /proc/self/mounts | while IFS= read -r at; do case $at in "$home" | "$home"/*) echo 1; break;; esac; done)
  u=\${home%/*} s=; for d in "$home" "\${u:-/}"; do if [ -d "$d" ] && [ ! -w "$d" ]; then s=$d; fi; done
  l=; if [ -h "$home" ]; then l=1; fi
  printf '%s:%s:%s:%s\n=%s\n=%s\n' "$name" "$m" "$(stat -c %u -- "$home" 2>/dev/null)" "$l" "$s" "$(loops "$home" || readlink -f -- "$home" | head -n 1)"
done; }`;

const EVERY = sh`printf '@every\n'; getent passwd | cut -d : -f 1,6`;

/** `name:locked:set:expires:digest:min:max:warn`, two processes for each account. */
function readShadow(names: readonly string[]): Script {
  return lines(
    sh`getent shadow ${names} | while IFS=: read -r name hash last min max warn inactive expires rest; do`,
    sh`  case $hash in '!'*) locked=1;; *) locked=0;; esac`,
    sh`  while :; do case $hash in '!'*) hash=\${hash#?};; *) break;; esac; done`,
    sh`  case $hash in ''|'*') set=0;; *) set=1;; esac`,
    sh`  sum=$(printf %s "$hash" | sha256sum); printf '%s:%s:%s:%s:%s:%s:%s:%s\n' "$name" "$locked" "$set" "$expires" "\${sum%% *}" "$min" "$max" "$warn"`,
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
      const account: LoginAccount = {
        uid: Number(uid),
        gid: Number(gid),
        group: groupNames.get(Number(gid)),
        groups: groups
          .filter(({ members }) => members.includes(name))
          .map((group) => group.name)
          .sort(),
        comment,
        // One that is written with a slash at its end is the same place.
        home: home.replace(/(?<=.)\/+$/, ''),
        homeExists: homes[index] === '1',
        homeBlocked: homes[index] === '2',
        shell,
        password: passwords.get(name),
      };
      return [name, account] as const;
    }),
  );
  const pairs = (name: string) => section(name).map((row) => row.split(':'));
  return {
    writable: sections.has('writable'),
    byName,
    groups: new Map(groups.map(({ name, gid }) => [name, gid])),
    groupNames,
    places: placesOf(sections.get('places') ?? []),
    lacking: new Set(section('lacking')),
    busy: new Map(pairs('busy').map(([name = '', process = '']) => [name, process])),
    bonds: bondsOf(sections.get('bonds') ?? []),
    homes: new Map(pairs('every').map(([name = '', home = '']) => [name, home])),
  };
}

/** `KEY:HOME`, what is at the end of the way to it, and where that really is if it was asked for: three rows each. */
function placesOf(rows: readonly string[]): ReadonlyMap<string, HomePlace> {
  return new Map(
    inRowsOf(3, rows).map(([first = '', said = '', real]) => {
      const [key = '', home = ''] = first.split(':');
      const nearest = said.slice(1);
      const of = (letter: string) => (said.startsWith(letter) ? nearest : undefined);
      const end = word(real);
      const whole = end === undefined || nearest === '/' ? end && home : `${end}${home.slice(nearest.length)}`;
      return [key, { path: home, blocker: of('f'), shut: of('r'), taken: nearest === home, real: whole }];
    }),
  );
}

/** `name:mounted:owner:link`, the directory that is shut, where it really is: three rows each. */
function bondsOf(rows: readonly string[]): ReadonlyMap<string, HomeBonds> {
  return new Map(
    inRowsOf(3, rows).map(([first = '', shut, real]) => {
      const [name = '', mounted, owner = '', link] = first.split(':');
      const number = owner === '' ? undefined : Number(owner);
      return [
        name,
        { owner: number, mounted: mounted === '1', link: link === '1', shut: word(shut), real: word(real) },
      ];
    }),
  );
}

/** What stands behind the `=` of a row. */
function word(row: string | undefined): string | undefined {
  return row === undefined || row.length < 2 ? undefined : row.slice(1);
}

function inRowsOf(count: number, rows: readonly string[]): readonly (readonly string[])[] {
  return rows.flatMap((_, index) => (index % count === 0 ? [rows.slice(index, index + count)] : []));
}

function parseShadow(row: string): readonly [string, Password] {
  const [name = '', locked, set, expires = '', digest = '', min = '', max = '', warn = ''] = fields(row, 8);
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined);
  const age = { min: number(min), max: number(max), warn: number(warn) };
  return [name, { locked: locked === '1', set: set === '1', digest, expires: number(expires), age }];
}

function fields(row: string, count: number): readonly string[] {
  const parts = row.split(':');
  if (parts.length < count) throw new Error(`getent printed a line that is none of its own: ${row}`);
  return parts;
}

/** Those with the same home, or one inside it. */
export function homesWithin(
  home: string,
  homes: ReadonlyMap<string, string>,
  except: string,
): readonly { readonly name: string; readonly home: string }[] {
  return [...homes].flatMap(([name, other]) =>
    name !== except && (other === home || isBelow(other, home)) ? [{ name, home: other }] : [],
  );
}

/** True for a path below the directory. */
export function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}
