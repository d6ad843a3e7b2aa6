// What the module user will find at a home once the pending changes of a dry run are made.
import type { Foreseen } from '../../engine/module/define.ts';
import { type Missing, stateIfThere, withState } from '../../engine/module/resource.ts';
import { ancestors } from '../../engine/resources/file/path.ts';
import { isTouched, pendingBlocker, untold } from '../../engine/resources/file/pending.ts';
import type { HomePlace, LoginAccount } from './account.ts';
import type { UserState, UserWant } from './want.ts';

/** The state as it will be; Missing where it can't be told what is at a home, or what of it would move. */
export function pendingUser(
  have: UserState | Missing<UserState>,
  want: UserWant,
  foreseen: Foreseen,
): UserState | Missing<UserState> {
  const known = stateIfThere(have);
  if (!known || want.state === 'absent') return have;
  const { account, place } = known;
  const hidden = [account?.home, place?.path].find(
    (home) => home !== undefined && isUntold(foreseen.at(home)?.kind ?? 'same', want),
  );
  if (hidden !== undefined) return untold(hidden);
  return withState(have, {
    ...known,
    account: account && { ...account, ...homeThen(account, foreseen) },
    place: place && placeThen(place, foreseen),
  });
}

function isUntold(kind: string, { move_home: moves }: UserWant): boolean {
  return kind !== 'same' && (moves || kind === 'anything' || kind === 'link');
}

function homeThen({ home }: LoginAccount, foreseen: Foreseen): Partial<LoginAccount> {
  const kind = foreseen.at(home)?.kind ?? 'same';
  return kind === 'same' ? {} : { homeExists: kind === 'directory', homeBlocked: kind === 'file' };
}

function placeThen(place: HomePlace, foreseen: Foreseen): HomePlace {
  const { path } = place;
  const kind = foreseen.at(path)?.kind ?? 'same';
  const way = [path, ...ancestors(path)];
  const file = way.find((one) => foreseen.at(one)?.kind === 'file');
  return {
    ...place,
    blocker: file ?? pendingBlocker(place.blocker, foreseen),
    shut: isTouched(way, foreseen) ? undefined : place.shut,
    taken: kind === 'same' ? place.taken : kind !== 'nothing',
  };
}
