// From which commit a build was made, as git knows it.
import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { promisify } from 'node:util';

const git = promisify(execFile);
/** Milliseconds. */
const TIMEOUT = 30_000;

/**
 * The commit of the repository that one of `places` is in, the first that is in any: 40 hex digits, with `-dirty` when
 * something isn't committed, files that git doesn't know included. What lies in `build` itself doesn't count.
 * `unknown` without git, a repository or a commit.
 */
export async function commitOfBuild(build: string, places: readonly string[]): Promise<string> {
  for (const cwd of places) {
    const commit = await commitAt(build, cwd);
    if (commit !== undefined) return commit;
  }
  return 'unknown';
}

async function commitAt(build: string, cwd: string): Promise<string | undefined> {
  const ask = async (...args: string[]) =>
    (await git('git', args, { cwd, timeout: TIMEOUT, maxBuffer: 64 << 20 })).stdout;
  try {
    const commit = (await ask('rev-parse', '--verify', 'HEAD')).trim();
    const top = (await ask('rev-parse', '--show-toplevel')).replace(/\n$/, '');
    const own = relative(top, build);
    const inside = own !== '' && !own.startsWith('..');
    const except = inside ? ['--', ':/', `:(top,exclude,literal)${own}`] : [];
    // Without --no-optional-locks it would take the lock of somebody's index only to write down what it has found.
    const changes = await ask('--no-optional-locks', 'status', '--porcelain', '--untracked-files=normal', ...except);
    return changes === '' ? commit : `${commit}-dirty`;
  } catch {
    return undefined;
  }
}
