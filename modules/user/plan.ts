// What would have to change for an account to be as wanted: the decisions of the module user.
import { sh } from '../../engine/base/script.ts';
import { Unknown } from '../../engine/language/value/value.ts';
import type { Change, Plan, Step } from '../../engine/module/change.ts';
import type { Effect } from '../../engine/module/effect.ts';
import { type KeysState, planKeys } from '../../engine/resources/ssh-keys/authorized-keys.ts';
import type { LoginAccount } from './account.ts';
import { ageOptions } from './age.ts';
import { groupList } from './edits.ts';
import { planExisting } from './existing.ts';
import { homeless, isTaken, nothingToUnlock, READ_ONLY, removesRoot } from './failures.ts';
import { makesHome, noHome, removalRefusal, removalSteps } from './home.ts';
import { keyChange, pathOfKey, sshKeyResult } from './ssh-key.ts';
import { expiryWord, keysOf, type UserState, type UserWant } from './want.ts';

/** Plan of the module user. */
export function planUser(have: UserState, want: UserWant): Plan {
  const plan = planAccount(have, want);
  const isAccount = plan.changes.some(({ what }) => /^(password of |days of the password of )?user /.test(what));
  return isAccount && !plan.failure && !have.writable ? { changes: [], failure: READ_ONLY } : plan;
}

function planAccount(have: UserState, want: UserWant): Plan {
  const { account, taken } = have;
  if (want.state === 'absent') {
    if (account?.uid === 0) return { changes: [], failure: removesRoot(want.name) };
    return account ? removal(account, have, want) : { changes: [] };
  }
  if (want.uid !== undefined && taken !== undefined && account?.uid !== want.uid && !want.non_unique) {
    return { changes: [], failure: isTaken(want.uid, taken) };
  }
  const plan = account ? planExisting(account, have, want) : planNew(have, want);
  const later = new Unknown('apply', `the account ${want.name}, which is only made then`);
  return {
    ...plan,
    result: {
      name: want.name,
      uid: want.uid ?? account?.uid ?? later,
      group: account?.gid ?? later,
      home: want.home ?? account?.home ?? have.place?.path ?? later,
      shell: want.shell ?? account?.shell ?? later,
      ...sshKeyResult(want.sshKey, have.sshKey),
    },
  };
}

function removal(account: LoginAccount, have: UserState, want: UserWant): Plan {
  const failure = removalRefusal(account, want, have);
  if (failure) return { changes: [], failure };
  const options = [...(want.force ? ['--force'] : []), ...(want.remove ? ['--remove'] : [])];
  const home = want.remove && (account.homeExists || account.homeBlocked) ? account.home : undefined;
  const from = want.remove ? `uid ${account.uid}, with ${account.home}` : `uid ${account.uid}`;
  const steps = removalSteps(want.name, options, home);
  const effects: readonly Effect[] = [
    ...(want.remove ? [{ path: account.home, kind: 'nothing' } as const] : []),
    ...settled(want.name, 'gone'),
  ];
  return { changes: [{ op: '-', what: `user ${want.name}`, from, steps, effects }] };
}

/** What becomes of the account. Its own group comes and goes with it, perhaps. */
function settled(name: string, account: 'there' | 'gone'): readonly Effect[] {
  return [
    { settles: `user:${name}`, as: { account } },
    { settles: `group:${name}`, as: { account: 'changes' } },
  ];
}

function planNew(have: UserState, want: UserWant): Plan {
  const { name, group, home, system, uid, shell, comment, expires, keys, sshKey } = want;
  const groups = have.groups ?? want.groups ?? [];
  const place = home ?? have.place?.path ?? `/home/${name}`;
  const createHome = makesHome(want, place);
  const lasting = expires === undefined ? [] : ['--expiredate', expiryWord(expires)];
  const options = [
    ...(system ? ['--system'] : []),
    createHome ? '--create-home' : '--no-create-home',
    ...(createHome && want.skeleton !== undefined ? ['--skel', want.skeleton] : []),
    ...(createHome && want.umask !== undefined
      ? ['-K', `UMASK=${want.umask}`, '-K', `HOME_MODE=${homeMode(want.umask)}`]
      : []),
    ...(uid === undefined ? [] : ['--uid', `${uid}`, ...(want.non_unique ? ['--non-unique'] : [])]),
    // useradd refuses to make a group of the user's name that is there already.
    ...(group !== undefined || have.ownGroup ? ['--gid', group ?? name] : ['--user-group']),
    ...(groups.length > 0 ? ['--groups', groupList(groups, have)] : []),
    ...(home === undefined ? [] : ['--home-dir', home]),
    ...(shell === undefined ? [] : ['--shell', shell]),
    ...(comment === undefined ? [] : ['--comment', comment]),
    ...(system ? [] : lasting),
  ];
  const steps: Step[] = [{ run: sh`useradd ${options} -- ${name}`, revert: sh`userdel -- ${name}` }];
  // useradd(8) makes system accounts without any aging, whatever it is told.
  if (lasting.length > 0 && system) steps.push({ run: sh`usermod ${lasting} -- ${name}` });
  if (want.password) steps.push({ run: sh`chpasswd -e`, stdin: want.password.entry });
  // Without a password an account is locked as it is.
  if (want.password_lock === true && want.password) steps.push({ run: sh`usermod --lock -- ${name}` });
  const age = ageOptions(want, undefined);
  if (age.length > 0) steps.push({ run: sh`chage ${age} -- ${name}` });
  const made: Change = {
    op: '+',
    what: `user ${name}`,
    to: described(want),
    steps,
    effects: [
      { makes: `user:${name}` },
      ...(group === undefined ? [{ makes: `group:${name}` } as const] : []),
      ...(createHome ? [{ makes: `path:${place}` } as const] : []),
      ...settled(name, 'there'),
    ],
  };
  if (want.password_lock === false && !want.password) return { changes: [], failure: nothingToUnlock(name) };
  const failure = createHome ? noHome(place, have.place) : undefined;
  if (failure) return { changes: [], failure };
  if (keys.length === 0 && !sshKey) return { changes: [made] };
  if (!createHome) return { changes: [], failure: homeless(name) };
  const own = sshKey && keyChange(name, sshKey, pathOfKey(sshKey, place));
  return { changes: [made, ...(own ? [own] : []), ...(keys.length > 0 ? keysOfNew(have.keys, want) : [])] };
}

function homeMode(umask: string): string {
  return (0o777 & ~Number.parseInt(umask, 8)).toString(8).padStart(4, '0');
}

/** Of a new account neither numbers nor files are known before it is there: by name, and with the directory made. */
function keysOfNew(fresh: KeysState, want: UserWant): readonly Change[] {
  return planKeys(fresh, keysOf(want)).changes;
}

function described(want: UserWant): string | undefined {
  const { uid, group, groups = [], home, shell, system, password } = want;
  const words = [
    ...(system ? ['system account'] : []),
    ...(uid === undefined ? [] : [`uid ${uid}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
    ...(groups.length > 0 ? [`groups ${groups.join(',')}`] : []),
    ...(home === undefined ? [] : [`home ${home}`]),
    ...(shell === undefined ? [] : [`shell ${shell}`]),
    ...(password ? ['password (secret)'] : []),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}
