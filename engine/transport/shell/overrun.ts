// Ending a frame that took too long: a script for a second channel that kills what runs under the shell.
import { lines, type Script, sh } from '../../base/script.ts';
import OVERRUN from './overrun.sh';

/**
 * Kills frame `index`, which has been running under shell `pid` for at least half of `timeout` seconds, as overrun.sh tells; with
 * `rest` the frames after it are skipped.
 */
export function overrunScript({ pid, index, timeout, rest }: Overrun): Script {
  const given = sh`shell=${pid} frame=${index} timeout=${Math.floor(timeout)} signal=${rest ? 'USR2' : 'USR1'}`;
  return lines(given, OVERRUN);
}

/** A frame that is to end. */
export interface Overrun {
  readonly pid: number;
  readonly index: number;
  /** In seconds. */
  readonly timeout: number;
  readonly rest: boolean;
}
