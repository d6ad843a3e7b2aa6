// The lock of a host: one run at a time. Root's stands where root alone can make it, a login user's in that user's own
// directory, so nobody else can forge or block either. Each looks at the other's, which makes them one lock.
// Where workers come to a host one after the other, an epoch says which of them it is that has the lock.
import { lines, type Script, sh } from '../../module/index.ts';
import HOST_LOCK from './host-lock.sh';
import LOCK_EPOCH from './lock-epoch.sh';
import LOCK_FOUND from './lock-found.sh';
import LOCK_GUARD from './lock-guard.sh';
import LOCK_LEAVE from './lock-leave.sh';
import LOCK_OTHER from './lock-other.sh';
import LOCK_PLACE from './lock-place.sh';
import { STATE } from './notes.ts';
import TAKE_LOCK from './take-lock.sh';

/** Who asks for the lock: written into it, and shown to whoever finds it. */
export interface LockHolder {
  readonly run: string;
  readonly operator: string;
  readonly controller: string;
  /**
   * Which attempt of the run's at the host this is, a whole number: a higher one takes the lock from a lower one. Absent in
   * runs without a dispatcher.
   */
  readonly epoch?: number | undefined;
  /** The names of the same run when earlier processes had it, which are gone: what they had sent last may still run. */
  readonly earlier?: readonly string[];
}

/** True when `detail`, as host-lock.sh tells it, says that one of these runs holds the lock. */
export function isHeldBy(runs: readonly string[], detail: string): boolean {
  const [, run = ''] = /, run (\S+)(?: \(.*)?$/.exec(detail) ?? [];
  return runs.includes(run);
}

/**
 * Takes the lock or says who holds it, as host-lock.sh and, for a holder with an epoch, lock-epoch.sh tell. Expects what
 * `STATE` sets. `login` is who logged in.
 * @throws RangeError for an epoch that is no whole number, or a run whose name with an epoch can't be one of a file
 */
export function lockScript(holder: LockHolder, login = ''): Script {
  const { run, operator, controller } = holder;
  return lines(
    sh`(own_run=${run} own_who=${operator} own_controller=${controller} login=${login}`,
    LOCK_PLACE,
    LOCK_OTHER,
    HOST_LOCK,
    ofEpoch(holder, (epoch) => lines(sh`own_epoch=${epoch}`, LOCK_LEAVE, LOCK_EPOCH)),
    TAKE_LOCK,
    sh`)`,
  );
}

/** Releases the lock if this shell took it; with an epoch, once no other shell works under it. */
export function unlockScript(holder: LockHolder): Script {
  return (
    ofEpoch(holder, () => lines(STATE, LOCK_PLACE, LOCK_LEAVE, sh`leave`)) ??
    lines(STATE, LOCK_PLACE, sh`{ read -r pid <"$lock/holder"; } 2>/dev/null; [ "$pid" = $$ ] && rm -rf "$lock"`)
  );
}

/**
 * For a shell that has the lock: defines `vrun_guard`, which fails once it hasn't any more, as lock-guard.sh tells. Undefined
 * without an epoch.
 */
export function guardScript(holder: LockHolder, login = ''): Script | undefined {
  return ofEpoch(holder, (epoch) =>
    lines(
      sh`vrun_he=${epoch} vrun_hl=$(run=${holder.run} epoch=${epoch} login=${login}`,
      STATE,
      LOCK_PLACE,
      LOCK_OTHER,
      LOCK_FOUND,
      sh`)`,
      LOCK_GUARD,
    ),
  );
}

function ofEpoch({ run, epoch }: LockHolder, script: (epoch: number) => Script): Script | undefined {
  if (epoch === undefined) return undefined;
  if (!Number.isSafeInteger(epoch) || epoch < 0) throw new RangeError(`${epoch} is no epoch`);
  if (!/^[\w-]+$/.test(run)) throw new RangeError(`‹${run}› is no run`);
  return script(epoch);
}
