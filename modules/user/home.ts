// Homes that are made, moved and taken away: what has to be so that nothing is left half-way, and the commands.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Step } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { noDirectory } from '../../engine/resources/file/managed.ts';
import { isShut } from '../../engine/resources/file/refusal.ts';
import { type HomePlace, isBelow, type LoginAccount } from './account.ts';
import type { UserState, UserWant } from './want.ts';

/** Why the home can't go elsewhere as a whole; undefined where it can, or where there is none. */
export function moveRefusal(account: LoginAccount, home: string, have: UserState): Failure | undefined {
  const { home: from, homeExists, homeBlocked } = account;
  if (homeBlocked) return refusal(`${from} is not a directory`, 'It would stay, and be nobody’s home.', PLACE);
  if (!homeExists) return undefined;
  const { bonds, place } = have;
  if (isBelow(home, from) || isBelow(place?.real ?? home, bonds?.real ?? from)) {
    return refusal(`${home} lies in ${from}`, 'A directory can’t go into itself.', PLACE);
  }
  if (place?.taken) {
    return refusal(`${home} is there already`, `Nothing of ${from} would be moved, and both would stay.`, PLACE);
  }
  return linkRefusal(from, have) ?? bondRefusal(from, have);
}

const PLACE = 'Name another place, or leave `move_home` out: then what is in the old home stays there.';

/** Why the home can't be removed with its account: userdel would remove the one and leave the other. */
export function removalRefusal(account: LoginAccount, want: UserWant, have: UserState): Failure | undefined {
  if (have.busy !== undefined && !want.force)
    return isBusy(want.name, have.busy, 'With `force: true` the account goes all the same.');
  if (!want.remove || !(account.homeExists || account.homeBlocked)) return undefined;
  const { home, uid } = account;
  const bond = linkRefusal(home, have) ?? bondRefusal(home, have);
  if (bond) return bond;
  const owner = have.bonds?.owner;
  if (owner !== undefined && owner !== uid && !want.force) {
    return refusal(
      `${home} doesn't belong to ${want.name}`,
      `It belongs to the user with number ${owner}: the account would go, and the directory stay.`,
      'Leave `remove` out, or set `force: true`, which takes the directory away too.',
    );
  }
  return undefined;
}

/** Of a link nobody knows which is meant: it, or what it leads to. */
function linkRefusal(home: string, { bonds }: UserState): Failure | undefined {
  if (!bonds?.link) return undefined;
  return refusal(
    `${home} is a link`,
    'It alone would go, and what it leads to would stay.',
    'Give the account the home that is meant in an earlier task, without `move_home`.',
  );
}

function bondRefusal(home: string, { bonds, others = [] }: UserState): Failure | undefined {
  const [other] = others;
  if (other) {
    return refusal(
      `the home of ${other.name} is ${other.home === home ? home : `${other.home}, in ${home}`}`,
      'It would go along with this one.',
      'Give that account another home first.',
    );
  }
  if (bonds?.shut !== undefined) return isShut(bonds.shut, home);
  if (!bonds?.mounted) return undefined;
  return refusal(`something is mounted at ${home} or in it`, 'It can’t be moved or removed.', 'Unmount it first.');
}

/** For an account with processes: usermod and userdel refuse it. */
export function isBusy(name: string, process: string, hint = ''): Failure {
  return refusal(
    `${name} is in use`,
    `Process ${process} runs as this user, and neither number nor home of an account changes meanwhile, nor does it go.`,
    `End what runs as ${name} in an earlier task: \`loginctl terminate-user ${name}\`, or stop the service.${hint === '' ? '' : ` ${hint}`}`,
  );
}

function refusal(summary: string, detail: string, hint: string): Failure {
  return { summary, detail, hint };
}

/**
 * Moves the directory before the account says so, and back when that fails: usermod does it the other way round. On another
 * file system it is copied, put in its place whole, and the old one removed once the account is changed.
 */
export function moveSteps(from: string, to: string, change: Step): readonly Step[] {
  const beside = `${to}.vrun-move`;
  return [
    {
      run: sh`if [ -e ${to} ] || [ -h ${to} ]; then echo ${`${to} is there already`} >&2; exit 1; fi
mkdir -p -- ${parentOf(to)} || exit
if [ "$(stat -c %d -- ${from})" = "$(stat -c %d -- ${parentOf(to)})" ]; then mv -T -- ${from} ${to}
else rm -rf -- ${beside}; cp -a -- ${from} ${beside} && mv -T -- ${beside} ${to} || { rm -rf -- ${beside}; exit 1; }; fi`,
      revert: sh`if [ -d ${from} ]; then rm -rf -- ${to}; else mv -T -- ${to} ${from}; fi`,
    },
    change,
    // Whatever of the old one can't be removed stays: the new one is whole by now.
    { run: sh`[ ! -d ${from} ] || rm -rf -- ${from} || :` },
  ];
}

/**
 * The home goes before the account: what can't be removed whole leaves an account that still says whose it is, and the next
 * run tries again. userdel does it the other way round, and looks after the mail.
 */
export function removalSteps(name: string, options: readonly string[], home: string | undefined): readonly Step[] {
  const run = sh`userdel ${[...options, '--', name]}`;
  return [...(home === undefined ? [] : [{ run: sh`rm -rf --one-file-system -- ${home}` }]), { run }];
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** As useradd makes it where there is none: a copy of the skeleton, with the mode that login.defs(5) gives homes. */
export function homeScript(home: string, name: string, { skeleton = '/etc/skel', umask }: UserWant): Script {
  return lines(
    sh`if [ -d ${home} ]; then exit 0; fi
of() { sed -n "s/^$1[[:space:]]*//p" /etc/login.defs; }`,
    umask === undefined ? sh`mode=$(of HOME_MODE) umask=$(of UMASK)` : sh`mode= umask=${umask}`,
    sh`[ -n "$mode" ] || mode=$(printf %o "$((0777 & ~0\${umask:-22}))")
mkdir -p -- ${home} && cp -R ${skeleton}/. ${home} && chown -R -- ${name}:"$(id -g ${name})" ${home} && chmod "$mode" ${home}`,
  );
}

/** Debian's word for having none. */
const NO_HOME = '/nonexistent';

/** Whether there is to be a home directory: /nonexistent is never made. */
export function makesHome({ createHome }: UserWant, home: string): boolean {
  return createHome && home !== NO_HOME;
}

/** Why none can be made there. */
export function noHome(home: string, place: HomePlace | undefined): Failure | undefined {
  if (place?.blocker !== undefined) return noDirectory(place.blocker, home);
  return place?.shut === undefined ? undefined : isShut(place.shut, home);
}
