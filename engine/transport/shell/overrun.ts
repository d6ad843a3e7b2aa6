// Ending a frame that took too long: a script for a second channel that kills what runs under the shell.
import { lines, type Script, sh } from '../../base/script.ts';
import OVERRUN from './overrun.sh';

/**
 * Kills the frame that has been running under shell `pid` for at least half of `timeout` seconds, as overrun.sh tells; with
 * `rest` the frames after it are skipped.
 */
export function overrunScript(pid: number, timeout: number, rest = false): Script {
  return lines(sh`shell=${pid} timeout=${Math.floor(timeout)} signal=${rest ? 'USR2' : 'USR1'}`, OVERRUN);
}
