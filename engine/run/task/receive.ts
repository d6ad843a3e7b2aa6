// Files that come from a host: the steps of a change that bring them, once its message is through.
import { fail } from '../../language/problem/problem.ts';
import { type Change, sh } from '../../module/index.ts';
import { writeTarget } from '../controller/local-target.ts';
import type { Sources } from '../controller/sources.ts';
import type { HostSession, ShellUse } from '../session/session.ts';
import type { Transfer } from './transfer.ts';

export interface Receipt {
  readonly session: HostSession;
  /** Whose shell reads there. */
  readonly route: ShellUse;
  /** The task's host. */
  readonly host: string;
  readonly sources: Sources;
  readonly transfer: Transfer;
}

/**
 * Brings them one after the other.
 * @throws ProblemError when one can't be read, was changed meanwhile, or would take the place of another host's
 */
export async function receiveFiles(
  changes: readonly Change[],
  { session, route, host, sources, transfer }: Receipt,
): Promise<void> {
  for (const step of changes.flatMap(({ steps }) => steps)) {
    if (!('receive' in step)) continue;
    const { from, to, size, sha256 } = step.receive;
    if (!sources.claim(to, host)) {
      fail({
        code: 'check-failed',
        summary: `the file of another host is to be written to ${to} too`,
        detail: 'What two hosts have for it differs, and the last one would win.',
        hint: 'End `dest` with a slash for a directory of each host, or put {{ inventory_hostname }} into it.',
      });
    }
    const bytes = session.download(route, sh`head -c ${size} <${from}`.text);
    await writeTarget(to, transfer.counted(bytes, size), sha256);
  }
}
