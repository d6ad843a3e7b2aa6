// What the module user is asked for, and the state that its decisions need.
import type { ParameterProblem } from '../../engine/language/runbook/catalog.ts';
import { Secret } from '../../engine/language/value/secret.ts';
import type { Content } from '../../engine/module/content.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import type { KeysState, KeysWant } from '../../engine/resources/ssh-keys/authorized-keys.ts';
import type { WantedKey } from '../../engine/resources/ssh-keys/edit.ts';
import type { Accounts, HomeBonds, HomePlace, LoginAccount } from './account.ts';
import { homesWithin } from './account.ts';
import { pathOfKey, type SshKey, type SshKeyWant } from './ssh-key.ts';

export interface UserWant {
  readonly name: string;
  readonly state: 'present' | 'absent';
  readonly uid?: number;
  readonly non_unique: boolean;
  readonly group: string | undefined;
  readonly groups: readonly string[] | undefined;
  readonly append: boolean;
  readonly shell?: string;
  readonly home: string | undefined;
  readonly createHome: boolean;
  readonly skeleton?: string;
  readonly umask?: string;
  readonly move_home: boolean;
  readonly system: boolean;
  readonly comment?: string;
  /** What chpasswd -e reads, and the sha256 of the hash without the mark that locks it. */
  readonly password: { readonly entry: Content; readonly digest: string } | undefined;
  readonly update_password: 'always' | 'on_create';
  readonly password_lock?: boolean;
  /** Days, by the name that the state has for them. */
  readonly age: Readonly<Record<'min' | 'max' | 'warn', number | undefined>>;
  /** Days since 1970, -1 for never. */
  readonly expires: number | undefined;
  readonly keys: readonly WantedKey[];
  readonly sshKey: SshKeyWant | undefined;
  readonly remove: boolean;
  readonly force: boolean;
}

export interface UserState {
  /** Whether the database of accounts may be written. */
  readonly writable: boolean;
  /** Another account that has the wanted number. */
  readonly taken?: string | undefined;
  readonly account: LoginAccount | undefined;
  /** Whether a group of the user's own name is there before the user is. */
  readonly ownGroup: boolean;
  /** Number of the primary group, wanted or had. */
  readonly primary?: number | undefined;
  /** The wanted other groups by their names, whatever they were called by. */
  readonly groups?: readonly string[] | undefined;
  /** Numbers of those whose names read as numbers, by which alone useradd and usermod find them. */
  readonly numbers?: ReadonlyMap<string, number>;
  readonly keys: KeysState;
  readonly sshKey?: SshKey | undefined;
  /** What is at the wanted home, or where an account that isn't there gets one. */
  readonly place?: HomePlace | undefined;
  /** A process that runs as the user, where that matters. */
  readonly busy?: string | undefined;
  readonly bonds?: HomeBonds | undefined;
  /** Accounts with the same home, or one inside it, where it goes. */
  readonly others?: readonly { readonly name: string; readonly home: string }[];
}

/** The part of it that authorized-key does. */
export function keysOf({ name: user, keys }: UserWant): KeysWant {
  return { user, keys, state: 'present', exclusive: false, path: undefined, manageDir: true, refused: undefined };
}

/** The state of one want; Missing when one of its groups, or what its home is a copy of, isn't there. */
export function userState(
  want: UserWant,
  accounts: Accounts,
  found: { readonly keys: KeysState; readonly sshKey: SshKey | undefined },
): UserState | Missing<UserState> {
  const others = [...accounts.byName].filter(([name]) => name !== want.name);
  const account = accounts.byName.get(want.name);
  const numberOf = (group: string) => groupNumber(group, accounts);
  const nameOf = (group: string) => accounts.groupNames.get(numberOf(group) ?? -1) ?? group;
  const primary = want.group === undefined ? account?.gid : numberOf(want.group);
  const groups = want.groups && [
    ...new Set(want.groups.filter((group) => primary === undefined || numberOf(group) !== primary).map(nameOf)),
  ];
  const place = accounts.places.get(want.home ?? want.name);
  const state: UserState = {
    writable: accounts.writable,
    taken: others.find(([, { uid }]) => uid === want.uid)?.[0],
    account,
    ownGroup: accounts.groups.has(want.name),
    primary,
    groups,
    numbers: new Map([...accounts.groups].filter(([name]) => groups?.includes(name) && /^\d+$/.test(name))),
    keys: found.keys,
    // Of an account that isn't there the host knows no home.
    sshKey:
      account || !want.sshKey || !found.sshKey
        ? found.sshKey
        : { ...found.sshKey, path: pathOfKey(want.sshKey, place?.path ?? `/home/${want.name}`) },
    place,
    busy: accounts.busy.get(want.name),
    bonds: accounts.bonds.get(want.name),
    others: account === undefined ? [] : homesWithin(account.home, accounts.homes, want.name),
  };
  if (want.state === 'absent') return state;
  const needs: readonly Resource[] = [
    ...[...(want.group === undefined ? [] : [want.group]), ...(want.groups ?? [])]
      .filter((group) => numberOf(group) === undefined)
      .map((group): Resource => `group:${group}`),
    ...(want.skeleton !== undefined && want.createHome && accounts.lacking.has(want.skeleton)
      ? [`path:${want.skeleton}` as const]
      : []),
    ...(found.sshKey?.tool === false ? ['package:openssh-client' as const] : []),
  ];
  return needs.length === 0 ? state : new Missing({ needs: [...new Set(needs)], fresh: state });
}

/** A text of digits is a number first, as useradd(8) and usermod(8) take it. */
function groupNumber(group: string, { groups, groupNames }: Accounts): number | undefined {
  return /^\d+$/.test(group) && groupNames.has(Number(group)) ? Number(group) : groups.get(group);
}

const HASH = /^(!*\$(?:1|2[abxy]?|5|6|7|y|gy)\$[./0-9A-Za-z$=,+-]+|!?\*|!+)$/;

/** Plain text in place of a hash is refused before it gets anywhere. */
export function checkHash(value: unknown): readonly ParameterProblem[] {
  // Looked at only for its form; nothing of it gets into the problem.
  const text = value instanceof Secret ? value.reveal() : value;
  if (typeof text !== 'string' || HASH.test(text)) return [];
  return [
    {
      parameter: 'password',
      summary: 'The password must be a hash',
      detail: 'It is written into /etc/shadow as it is, and this is not what crypt(5) writes.',
      hint: 'Make one, and keep it as a !secret:\n\n    mkpasswd --method=yescrypt',
    },
  ];
}

/** The day since 1970 of "2027-01-31" or of seconds since 1970; -1 for never; undefined for what is neither. */
export function expiryDay(value: string | number): number | undefined {
  if (value === 'never') return -1;
  if (typeof value === 'number') return value < 0 ? -1 : Math.floor(value / 86_400);
  if (/^-?\d+(\.\d+)?$/.test(value)) return expiryDay(Number(value));
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const time = Date.parse(`${value}T00:00:00Z`);
  // Date.parse takes 2027-02-31 for a day in March.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value ? undefined : time / 86_400_000;
}

/** As useradd and usermod take it: a date, or an empty word for never. */
export function expiryWord(day: number): string {
  return day < 0 ? '' : new Date(day * 86_400_000).toISOString().slice(0, 10);
}
