// Building what was planned: install, gates, build, tree, signature, archive. Each step is told, and one that fails leaves nothing behind.
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlain } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import type { BuildRecord } from '../../proof/build-record.ts';
import { MANIFEST_FILE } from '../../proof/names.ts';
import { signBuild } from '../../proof/sign-build.ts';
import { LOCK_FILE } from './package.ts';
import type { Planned } from './plan.ts';
import { openDraft, packTree, putDown, type Release } from './release.ts';
import { runProgramOf } from './steps.ts';
import { makeTree } from './tree.ts';

export interface MadeRelease {
  readonly release: Release;
  readonly record: BuildRecord;
  readonly files: number;
  /** Of the archive, in bytes. */
  readonly size: number;
}

/** Told each step when it begins and when it has ended well. */
export interface Steps {
  step<T>(name: string, what: string, work: () => Promise<T>): Promise<T>;
}

/** @param id the release's name; without one the commit's first digits. @throws ProblemError `check-failed` for a step that failed */
export async function makeRelease(
  planned: Planned,
  id: string | undefined,
  builtAt: string,
  steps: Steps,
): Promise<MadeRelease> {
  const { application, settings, out, commit, signer } = planned;
  const npm = async (...args: string[]): Promise<void> => {
    const ended = await runProgramOf('npm', args, {
      ...planned.program,
      cwd: application,
      environment: environmentOf(planned),
    });
    if (ended.ok) return;
    fail({
      code: 'check-failed',
      summary: `npm ${args.join(' ')} failed: ${ended.how}`,
      detail: ended.said,
      hint: 'Nothing was built, and the releases that are there are as they were.',
    });
  };
  const run = ({ name, what, args }: Command) => steps.step(name, what, () => npm(...args));
  const { install, gates: checks, build } = commandsOf(planned);
  await run(install);
  const before = await untracked(planned);
  for (const gate of checks) await run(gate);
  await withoutLitter(planned, before);
  if (build !== undefined) await run(build);
  const draft = await openDraft(out);
  try {
    const tree = join(draft.directory, 'tree');
    const archive = join(draft.directory, 'archive');
    const start = await steps.step('collect', 'what a host needs', () => makeTree(planned, tree));
    const gates = settings.gates.map(({ name }) => ({ name, ran: true, passed: true }));
    const said = { commit, builtAt, gatesConfigured: gates.map(({ name }) => name), gatesRan: gates };
    const manifest = await steps.step('sign', 'every file of it', () =>
      signBuild(tree, { ...said, start, lockfile: join(tree, LOCK_FILE), ignore: [] }, signer),
    );
    const { sha256, size } = await steps.step('pack', 'the archive', () => packTree(tree, archive));
    const name = id ?? (await idOf(commit, tree));
    const release: Release = { id: name, commit, sha256, builtAt: manifest.record.builtAt, start };
    planned.program.signal.throwIfAborted();
    await putDown(out, { tree, archive }, release);
    return { release, record: manifest.record, files: manifest.entries.length, size };
  } finally {
    await draft.done();
  }
}

/** What npm is called for, and how a dry run and a build tell of it. */
export interface Command {
  readonly name: string;
  readonly what: string;
  readonly args: readonly string[];
}

export function commandsOf({ settings, build }: Planned): {
  readonly install: Command;
  readonly gates: readonly Command[];
  readonly build: Command | undefined;
} {
  const script = (name: string, word: string): Command => ({ name, what: `npm run ${word}`, args: ['run', word] });
  return {
    install: { name: 'install', what: 'npm ci', args: ['ci', '--include=dev', '--no-audit', '--no-fund'] },
    gates: settings.gates.map((gate) => script(`gate ${gate.name}`, gate.script)),
    build: build === undefined ? undefined : script('build', build),
  };
}

/** A commit is one release. Of a dirty tree there are as many as there are edits: each is called by what is in it. */
async function idOf(commit: string, tree: string): Promise<string> {
  if (!commit.endsWith('-dirty')) return shortCommit(commit);
  const digest = createHash('sha256')
    .update(await readPlain(join(tree, MANIFEST_FILE)))
    .digest('hex');
  return `${shortCommit(commit)}-dirty-${digest.slice(0, 8)}`;
}

/** The first twelve digits. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}

/** What npm runs in: what the user's would, without what belongs to another repository or leaves packages out. */
function environmentOf({ program, settings, source }: Planned): Record<string, string | undefined> {
  const named = ['GITHUB_SHA', 'VERCEL_GIT_COMMIT_SHA'].filter((name) => program.environment[name] !== undefined);
  return {
    CI: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
    ...program.environment,
    NODE_ENV: undefined,
    ...Object.fromEntries(named.map((name) => [name, source.commit])),
    ...settings.environment,
  };
}

/** What is in the copy and isn't of the commit: directories as a whole. */
async function untracked(planned: Planned): Promise<ReadonlySet<string>> {
  const { stdout } = await runProgramOf('git', ['ls-files', '-z', '--others', '--directory'], {
    ...planned.program,
    cwd: planned.application,
  });
  return new Set(stdout.split('\0').filter((path) => path !== ''));
}

/** Gates leave reports and databases behind, and may mend what they find: what is built is what is committed. */
async function withoutLitter(planned: Planned, before: ReadonlySet<string>): Promise<void> {
  const { application, source, program } = planned;
  for (const path of await untracked(planned)) {
    if (!before.has(path)) await rm(join(application, path), { recursive: true, force: true });
  }
  if (source.changes.length > 0) return;
  await runProgramOf('git', ['-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '--', '.'], {
    ...program,
    cwd: application,
  });
}
