// What would have to change for an account to be as wanted: the decisions of the module user.
import type { Change, Plan, Step } from '../change.ts';
import type { Left, Settled } from '../left.ts';
import { type Script, sh } from '../script.ts';
import type { Account } from './account-state.ts';
import { type KeysState, planKeys } from './authorized-keys.ts';
import { isShut } from './file-refusal.ts';
import { noDirectory } from './managed-file.ts';
import { editsOf } from './user-edits.ts';
import { homeless, isTaken, nothingToUnlock, READ_ONLY, removesRoot, unreadableShadow } from './user-failures.ts';
import { expiryWord, keysOf, type UserState, type UserWant } from './user-want.ts';

/** Debian's word for having none. */
const NO_HOME = '/nonexistent';

/** Plan of the module user. */
export function planUser(have: UserState, want: UserWant): Plan {
  const plan = planAccount(have, want);
  const isAccount = plan.changes.some(({ what }) => /^(password of )?user /.test(what));
  return isAccount && !plan.failure && !have.writable ? { changes: [], failure: READ_ONLY } : plan;
}

function planAccount(have: UserState, want: UserWant): Plan {
  const { account, taken } = have;
  if (want.state === 'absent') {
    if (account?.uid === 0) return { changes: [], failure: removesRoot(want.name) };
    return account ? removal(account, want) : { changes: [] };
  }
  if (want.uid !== undefined && taken !== undefined && account?.uid !== want.uid) {
    return { changes: [], failure: isTaken(want.uid, taken) };
  }
  const plan = account ? planExisting(account, have.keys, want) : planNew(have, want);
  return {
    ...plan,
    result: {
      name: want.name,
      uid: account?.uid ?? want.uid ?? null,
      group: account?.gid ?? null,
      home: want.home ?? account?.home ?? null,
      shell: want.shell ?? account?.shell ?? null,
    },
  };
}

function removal(account: Account, want: UserWant): Plan {
  const run = want.remove ? sh`userdel --remove ${want.name}` : sh`userdel ${want.name}`;
  const from = want.remove ? `uid ${account.uid}, with ${account.home}` : `uid ${account.uid}`;
  const leaves: readonly Left[] = want.remove ? [{ path: account.home, kind: 'nothing' }] : [];
  const settles = settled(want.name, 'gone');
  return { changes: [{ op: '-', what: `user ${want.name}`, from, steps: [{ run }], leaves, settles }] };
}

/** What becomes of the account. Its own group comes and goes with it, perhaps. */
function settled(name: string, account: 'there' | 'gone'): readonly Settled[] {
  return [
    { resource: `user:${name}`, as: { account } },
    { resource: `group:${name}`, as: { account: 'changes' } },
  ];
}

function planNew(have: UserState, want: UserWant): Plan {
  const { name, group, groups = [], home, system, createHome, uid, shell, comment, expires, keys } = want;
  // The keys need a home whose place is known; useradd's own default is /home as well, unless the host says otherwise.
  const place = home ?? (keys.length > 0 ? `/home/${name}` : undefined);
  const options = [
    ...(system ? ['--system'] : []),
    createHome ? '--create-home' : '--no-create-home',
    ...(uid === undefined ? [] : ['--uid', `${uid}`]),
    // useradd refuses to make a group of the user's name that is there already.
    ...(group !== undefined || have.ownGroup ? ['--gid', group ?? name] : ['--user-group']),
    ...(groups.length > 0 ? ['--groups', groups.join(',')] : []),
    ...(place === undefined ? [] : ['--home-dir', place]),
    ...(shell === undefined ? [] : ['--shell', shell]),
    ...(comment === undefined ? [] : ['--comment', comment]),
    ...(expires === undefined ? [] : ['--expiredate', expiryWord(expires)]),
  ];
  const steps: Step[] = [{ run: sh`useradd ${options} -- ${name}`, revert: sh`userdel -- ${name}` }];
  if (want.password) steps.push({ run: sh`chpasswd -e`, stdin: want.password.entry });
  // Without a password an account is locked as it is.
  if (want.password_lock === true && want.password) steps.push({ run: sh`usermod --lock -- ${name}` });
  const made: Change = {
    op: '+',
    what: `user ${name}`,
    to: described(want),
    steps,
    settles: settled(name, 'there'),
    provides: [
      `user:${name}`,
      ...(group === undefined ? [`group:${name}` as const] : []),
      ...(createHome ? [`path:${place ?? `/home/${name}`}` as const] : []),
    ],
  };
  if (want.password_lock === false && !want.password) return { changes: [], failure: nothingToUnlock(name) };
  const failure = createHome && home !== undefined ? noHome(home, have) : undefined;
  if (failure) return { changes: [], failure };
  if (keys.length === 0) return { changes: [made] };
  if (!createHome) return { changes: [], failure: homeless(name) };
  return { changes: [made, ...keysOfNew(have.keys, want)] };
}

function noHome(home: string, { place }: UserState): Plan['failure'] {
  if (place?.blocker !== undefined) return noDirectory(place.blocker, home);
  return place?.shut === undefined ? undefined : isShut(place.shut, home);
}

/** Of a new account neither numbers nor files are known before it is there: by name, and with the directory made. */
function keysOfNew(fresh: KeysState, want: UserWant): readonly Change[] {
  return planKeys(fresh, keysOf(want)).changes;
}

function planExisting(account: Account, keys: KeysState, want: UserWant): Plan {
  const { name } = want;
  const shadow = account.password;
  const needsShadow = want.password_lock !== undefined || want.expires !== undefined;
  if (!shadow && (needsShadow || (want.password && want.update_password === 'always'))) {
    return { changes: [], failure: unreadableShadow(name) };
  }
  const changes: Change[] = [];
  const edits = editsOf(account, want);
  const home = want.home ?? account.home;
  const moves = home !== account.home;
  if (edits.length > 0) {
    changes.push({
      op: '~',
      what: `user ${name}`,
      from: edits.map((edit) => `${edit.field} ${edit.from || 'none'}`).join(', '),
      to: edits.map((edit) => `${edit.field} ${edit.to || 'none'}`).join(', '),
      steps: [
        { run: sh`usermod ${edits.flatMap((edit) => edit.options)} -- ${name}` },
        ...(moves && want.createHome ? [{ run: homeScript(home, name) }] : []),
      ],
    });
  }
  if (want.createHome && !account.homeExists && !moves && home !== NO_HOME) {
    changes.push({
      op: '+',
      what: `directory ${home}`,
      to: `home of ${name}`,
      steps: [{ run: homeScript(home, name) }],
      provides: [`path:${home}`],
    });
  }
  const renewed =
    want.password !== undefined && want.update_password === 'always' && shadow?.digest !== want.password.digest;
  if (want.password && renewed) {
    const steps: Step[] = [{ run: sh`chpasswd -e`, stdin: want.password.entry }];
    // A hash takes the mark away that locks the account.
    if (want.password_lock ?? (shadow?.locked && shadow.set)) steps.push({ run: sh`usermod --lock -- ${name}` });
    changes.push({ op: '~', what: `password of user ${name}`, to: 'another hash (secret)', steps });
  }
  if (shadow && want.password_lock !== undefined && shadow.locked !== want.password_lock) {
    const locking = want.password_lock;
    if (!locking && !shadow.set && !renewed) return { changes: [], failure: nothingToUnlock(name) };
    const words = locking ? { from: 'unlocked', to: 'locked' } : { from: 'locked', to: 'unlocked' };
    const run = locking ? sh`usermod --lock -- ${name}` : sh`usermod --unlock -- ${name}`;
    // A new hash has already come without the mark, or with it.
    if (!renewed) changes.push({ op: '~', what: `password of user ${name}`, ...words, steps: [{ run }] });
  }
  if (want.keys.length === 0) return { changes };
  if (!want.createHome && !account.homeExists && !moves) return { changes: [], failure: homeless(name) };
  // What is in the old home comes along.
  const state = moves && want.move_home ? { ...keys, path: `${home}/.ssh/authorized_keys` } : keys;
  const plan = planKeys(state, keysOf(want));
  return { changes: [...changes, ...plan.changes], failure: plan.failure };
}

/** As useradd makes it where there is none: a copy of /etc/skel, with the mode that login.defs(5) gives homes. */
function homeScript(home: string, name: string): Script {
  return sh`if [ -d ${home} ]; then exit 0; fi
mkdir -p -- ${home} && cp -R /etc/skel/. ${home} && chown -R -- ${`${name}:`} ${home} &&
mode=$(sed -n 's/^HOME_MODE[[:space:]]*//p' /etc/login.defs) && chmod "\${mode:-0755}" ${home}`;
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
