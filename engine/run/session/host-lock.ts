// The lock of a host: one run at a time. Root's stands where root alone can make it, a login user's in that user's own
// directory, so nobody else can forge or block either. Each looks at the other's, which makes them one lock.
import { lines, type Script, sh } from '../../module/index.ts';
import HOST_LOCK from './host-lock.sh';
import LOCK_PLACE from './lock-place.sh';
import { STATE } from './notes.ts';

/** Who asks for the lock: written into it, and shown to whoever finds it. */
export interface LockHolder {
  readonly run: string;
  readonly operator: string;
  readonly controller: string;
  /** The names of the same run when earlier processes had it, which are gone: what they had sent last may still run. */
  readonly earlier?: readonly string[];
}

/** True when `detail`, as host-lock.sh tells it, says that one of these runs holds the lock. */
export function isHeldBy(runs: readonly string[], detail: string): boolean {
  const [, run = ''] = /, run (\S+)(?: \(.*)?$/.exec(detail) ?? [];
  return runs.includes(run);
}

/** Takes the lock or says who holds it, as host-lock.sh tells. Expects what `STATE` sets. `login` is who logged in. */
export function lockScript({ run, operator, controller }: LockHolder, login = ''): Script {
  return lines(
    sh`(own_run=${run} own_who=${operator} own_controller=${controller} login=${login}`,
    LOCK_PLACE,
    HOST_LOCK,
    sh`)`,
  );
}

/** Releases the lock if this shell took it. */
export const UNLOCK: Script = lines(
  STATE,
  LOCK_PLACE,
  sh`{ read -r pid <"$lock/holder"; } 2>/dev/null; [ "$pid" = $$ ] && rm -rf "$lock"`,
);
