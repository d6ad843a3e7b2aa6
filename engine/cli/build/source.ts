// What an application is built from: its commit, in a clean copy, so that what is built is what is committed.
import { appendFile, cp, lstat, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fail } from '../../language/problem/problem.ts';
import { listed } from './package.ts';
import { type BuildProgram, runProgramOf } from './steps.ts';

export interface BuildSource {
  /** The root of the work tree, without links. */
  readonly top: string;
  /** The application in it: `.` or a path below. */
  readonly below: string;
  /** 40 hex digits (64 in a repository of SHA-256). */
  readonly commit: string;
  /** What isn't committed, as git status shows it. */
  readonly changes: readonly string[];
}

/** How many changes are named. */
const NAMED = 10;

/**
 * Looks at the work tree that the application is in; what lies in `out` isn't looked at. Nothing is changed.
 * @throws ProblemError where it is in none, nothing is committed, or something isn't and `allowDirty` is off
 */
export async function lookAtSource(
  directory: string,
  context: { readonly out: string; readonly allowDirty: boolean; readonly program: Omit<BuildProgram, 'cwd'> },
): Promise<BuildSource> {
  const { out, allowDirty, program } = context;
  const real = await realpath(directory);
  const git = async (...args: string[]) => runProgramOf('git', args, { ...withoutGit(program), cwd: real });
  const found = await git('rev-parse', '--show-toplevel');
  if (!found.ok) {
    fail({
      code: 'proof',
      summary: `${directory} is in no git work tree`,
      detail: found.said || found.how,
      hint: 'A release says from which commit it was built: build from a clone of the repository.',
    });
  }
  const top = await realpath(found.stdout.replace(/\n$/, ''));
  const head = await git('rev-parse', '--verify', 'HEAD');
  if (!head.ok) {
    fail({ code: 'proof', summary: `nothing is committed in ${top}`, hint: 'Commit first, then build.' });
  }
  const below = relative(top, real) || '.';
  const own = relative(top, await realpath(out).catch(() => out));
  const except = own !== '' && !own.startsWith('..') ? [`:(top,exclude,literal)${own}`] : [];
  const status = ['--no-optional-locks', 'status', '--porcelain', '--untracked-files=normal', '--', '.', ...except];
  const { stdout, ok, said } = await git(...status);
  if (!ok) fail({ code: 'proof', summary: `git can't say what is changed in ${directory}`, detail: said });
  const changes = stdout.split('\n').filter((line) => line !== '');
  if (changes.length > 0 && !allowDirty) {
    fail({
      code: 'proof',
      summary: `${directory} has changes that aren't committed`,
      detail: listed(changes, NAMED),
      hint: 'Commit it, or let .gitignore name it. With --allow-dirty it is built as it is, and its commit says -dirty.',
    });
  }
  return { top, below, commit: head.stdout.trim(), changes };
}

/**
 * A clean copy of the source, with a repository of its own at the same commit; a dirty one has changes that aren't committed, too.
 * `done` removes it.
 */
export async function copySource(
  { top, below, commit, changes }: BuildSource,
  program: Omit<BuildProgram, 'cwd'>,
): Promise<{ readonly directory: string; done(): Promise<void> }> {
  const stage = await realpath(await mkdtemp(join(tmpdir(), 'vrun-build-')));
  const done = () => rm(stage, { recursive: true, force: true });
  const copy = join(stage, 'app');
  const run = async (cwd: string, ...args: string[]): Promise<string> => {
    const plain = ['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false', ...args];
    const ended = await runProgramOf('git', plain, { ...withoutGit(program), cwd });
    if (!ended.ok) {
      fail({ code: 'proof', summary: `${top} can't be copied`, detail: ended.said || `git: ${ended.how}` });
    }
    return ended.stdout;
  };
  try {
    // Nothing of the repository is copied: the clone borrows its objects.
    await run(stage, 'clone', '--quiet', '--shared', '--no-checkout', '--', top, copy);
    await run(copy, 'checkout', '--quiet', '--detach', commit);
    // What is installed is no change of the source, though the application may not say so.
    await appendFile(join(copy, '.git/info/exclude'), 'node_modules\n');
    if (changes.length > 0) {
      const listed = await run(top, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', below);
      await asInWorkTree(top, copy, below, [...new Set(listed.split('\0').filter((path) => path !== ''))]);
    }
    return { directory: join(copy, below), done };
  } catch (error) {
    await done();
    throw error;
  }
}

async function asInWorkTree(top: string, copy: string, below: string, paths: readonly string[]): Promise<void> {
  const root = join(copy, below);
  for (const name of await readdir(root)) {
    if (name !== '.git') await rm(join(root, name), { recursive: true, force: true });
  }
  for (const path of paths) {
    const from = join(top, path);
    const found = await lstat(from).catch(() => undefined); // removed, and not yet committed
    if (found === undefined || found.isDirectory()) continue;
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await cp(from, join(copy, path), { verbatimSymlinks: true });
  }
}

/** git as it is in that directory, whatever repository a hook or a script before us was in. */
export function withoutGit(program: Omit<BuildProgram, 'cwd'>): Omit<BuildProgram, 'cwd'> {
  const own = Object.entries(program.environment).filter(
    ([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name),
  );
  return { ...program, environment: { ...Object.fromEntries(own), LC_ALL: 'C.UTF-8', GIT_TERMINAL_PROMPT: '0' } };
}

/** Whether a path is in a directory, or the directory itself. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}${sep}`);
}
