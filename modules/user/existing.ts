// What would have to change for an account that is there, part by part; a part that can't be done fails all of it.
import { sh } from '../../engine/base/script.ts';
import type { Change, Plan, Step } from '../../engine/module/change.ts';
import type { Effect } from '../../engine/module/effect.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { noDirectory } from '../../engine/resources/file/managed.ts';
import { planKeys } from '../../engine/resources/ssh-keys/authorized-keys.ts';
import type { LoginAccount } from './account.ts';
import { ageChanges, isAged } from './age.ts';
import { editsOf } from './edits.ts';
import { homeless, nothingToUnlock, unreadableShadow } from './failures.ts';
import { homeScript, isBusy, makesHome, moveRefusal, moveSteps, noHome } from './home.ts';
import { keyChange, pathOfKey } from './ssh-key.ts';
import { keysOf, type UserState, type UserWant } from './want.ts';

/** The account, what was read besides, what is wanted, and where its home will be. */
interface Work {
  readonly account: LoginAccount;
  readonly have: UserState;
  readonly want: UserWant;
  readonly home: string;
  /** The home is to be elsewhere than it is; `movesAll`: with all that is in it. */
  readonly moves: boolean;
  readonly movesAll: boolean;
}

type Part = readonly Change[] | { readonly failure: Failure };

export function planExisting(account: LoginAccount, have: UserState, want: UserWant): Plan {
  const home = want.home ?? account.home;
  const moves = home !== account.home;
  const movesAll = moves && want.move_home && (account.homeExists || account.homeBlocked === true);
  const work: Work = { account, have, want, home, moves, movesAll };
  const changes: Change[] = [];
  for (const partOf of [shadowRead, accountEdits, missingHome, newPassword, passwordLock, ageChanges, ownKey]) {
    const part = partOf(work);
    if ('failure' in part) return { changes: [], failure: part.failure };
    changes.push(...part);
  }
  if (want.keys.length === 0) return { changes };
  // What is in the old home comes along.
  const keys = moves && want.move_home ? { ...have.keys, path: `${home}/.ssh/authorized_keys` } : have.keys;
  const plan = planKeys(keys, keysOf(want));
  return { changes: [...changes, ...plan.changes], failure: plan.failure };
}

function shadowRead({ account, want }: Work): Part {
  const needed = want.password_lock !== undefined || want.expires !== undefined || isAged(want);
  const isUnread = !account.password && (needed || (want.password && want.update_password === 'always'));
  return isUnread ? { failure: unreadableShadow(want.name) } : [];
}

function accountEdits(work: Work): Part {
  const { account, have, want, home, moves, movesAll } = work;
  const { name } = want;
  const edits = editsOf(account, have, want);
  if (edits.length === 0) return [];
  const failure =
    (movesAll ? moveRefusal(account, home, have) : undefined) ??
    (moves ? noHome(home, have.place) : undefined) ??
    (have.busy !== undefined && edits.some(({ field }) => field === 'uid' || field === 'home')
      ? isBusy(name, have.busy)
      : undefined);
  if (failure) return { failure };
  const edit = { run: sh`usermod ${edits.flatMap((one) => one.options)} -- ${name}` };
  const makes = moves && makesHome(want, home) && !movesAll;
  return [
    {
      op: '~',
      what: `user ${name}`,
      from: edits.map((one) => `${one.field} ${one.from || 'none'}`).join(', '),
      to: edits.map((one) => `${one.field} ${one.to || 'none'}`).join(', '),
      steps: [
        ...(movesAll ? moveSteps(account.home, home, edit) : [edit]),
        ...(makes ? [{ run: homeScript(home, name, want) }] : []),
      ],
      effects: movesAll ? movedHome(account.home, home) : makes ? [{ makes: `path:${home}` }] : [],
    },
  ];
}

function movedHome(from: string, to: string): readonly Effect[] {
  return [
    { path: from, kind: 'nothing' },
    { path: to, kind: 'anything' },
  ];
}

function missingHome({ account, want, home, moves }: Work): Part {
  if (!makesHome(want, home) || account.homeExists || moves) return [];
  if (account.homeBlocked) return { failure: noDirectory(home, home) };
  return [
    {
      op: '+',
      what: `directory ${home}`,
      to: `home of ${want.name}`,
      steps: [{ run: homeScript(home, want.name, want) }],
      effects: [{ makes: `path:${home}` }],
    },
  ];
}

function isRenewed({ account, want }: Work): boolean {
  const { password, update_password: update } = want;
  return password !== undefined && update === 'always' && account.password?.digest !== password.digest;
}

function newPassword(work: Work): Part {
  const { account, want } = work;
  if (!want.password || !isRenewed(work)) return [];
  const { password: shadow } = account;
  const steps: Step[] = [{ run: sh`chpasswd -e`, stdin: want.password.entry }];
  // A hash takes the mark away that locks the account.
  if (want.password_lock ?? (shadow?.locked && shadow.set)) steps.push({ run: sh`usermod --lock -- ${want.name}` });
  return [{ op: '~', what: `password of user ${want.name}`, to: 'another hash (secret)', steps }];
}

function passwordLock(work: Work): Part {
  const { name, password_lock: locking } = work.want;
  const { password: shadow } = work.account;
  if (!shadow || locking === undefined || shadow.locked === locking) return [];
  // A new hash comes without the mark, or with it.
  if (isRenewed(work)) return [];
  if (!locking && !shadow.set) return { failure: nothingToUnlock(name) };
  const words = locking ? { from: 'unlocked', to: 'locked' } : { from: 'locked', to: 'unlocked' };
  const run = locking ? sh`usermod --lock -- ${name}` : sh`usermod --unlock -- ${name}`;
  return [{ op: '~', what: `password of user ${name}`, ...words, steps: [{ run }] }];
}

/** Its own SSH key; and a home is there for that, and for the keys that may log in. */
function ownKey({ account, have, want, home, moves }: Work): Part {
  const own = want.sshKey && !have.sshKey?.there ? want.sshKey : undefined;
  if (want.keys.length === 0 && !own) return [];
  if (!want.createHome && !account.homeExists && !moves) return { failure: homeless(want.name) };
  if (!own) return [];
  return [keyChange(want.name, own, moves ? pathOfKey(own, home) : (have.sshKey?.path ?? pathOfKey(own, home)))];
}
