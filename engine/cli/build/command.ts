// `vrun build DIR`: what runbooks/deploy.yml needs, made of an application's commit in one go: installed from the lock file, its
// gates passed, built, signed and packed.
import { join, relative, resolve } from 'node:path';
import { fingerprint } from '../../base/digest.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import { count, duration } from '../../view/text/phrases.ts';
import { requireDirectory } from '../proof/options.ts';
import { keyOf, now, warnings } from '../proof/sign.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { reportProblems } from '../shared/problems.ts';
import { commandsOf, type MadeRelease, makeRelease, type Steps, shortCommit } from './build.ts';
import { type Planned, planBuild } from './plan.ts';
import { releaseIn, writeRecord } from './release.ts';
import { type BuildGate, readBuildSettings, withGiven } from './settings.ts';

export interface BuildOptions {
  readonly check: boolean;
  readonly out?: string;
  readonly settings?: string;
  readonly gate: readonly BuildGate[];
  readonly start?: string;
  readonly id?: string;
  readonly key?: string;
  readonly allowDirty: boolean;
  readonly verbose: boolean;
}

export async function build(environment: Environment, name: string, options: BuildOptions): Promise<number> {
  const { cwd, stderr } = environment;
  const directory = resolve(cwd, name);
  await requireDirectory(directory, 'Name the directory that has the package.json of the application.');
  const config = await readConfig(cwd, environment.home);
  const file = options.settings === undefined ? join(config.root, 'build.yml') : resolve(cwd, options.settings);
  const read = await readBuildSettings(file, cwd);
  if (read === undefined && options.settings !== undefined) {
    fail({ code: 'file-missing', summary: `there is no ‹${options.settings}›`, hint: 'Name a file that is there.' });
  }
  const stop = new AbortController();
  const listening = environment.onInterrupt(() => stop.abort());
  try {
    const heard = options.verbose ? { heard: (text: string) => stderr.write(text) } : {};
    const planned = await planBuild({
      directory,
      out: options.out === undefined ? join(config.root, 'builds') : resolve(cwd, options.out),
      allowDirty: options.allowDirty,
      settings: withGiven(read, options),
      key: () => keyOf(environment, options.key, directory),
      program: { environment: environment.variables, signal: stop.signal, ...heard },
    });
    try {
      return await perform(planned, options, environment);
    } finally {
      await planned.done();
    }
  } catch (error) {
    if (stop.signal.aborted) {
      stderr.write('\nInterrupted: nothing was put down.\n');
      return EXIT.interrupted;
    }
    if (!(error instanceof ProblemError) || !error.problems.every(({ code }) => code === 'check-failed')) throw error;
    reportProblems(error.problems, environment);
    return EXIT.failed;
  } finally {
    listening();
  }
}

async function perform(planned: Planned, options: BuildOptions, environment: Environment): Promise<number> {
  const { stdout, cwd } = environment;
  const { source, commit, out } = planned;
  const dirty = source.changes.length > 0;
  const id = options.id ?? (dirty ? undefined : shortCommit(commit));
  const near = (path: string) => relative(cwd, path) || '.';
  say(environment, 'commit', `${commit}, ${dirty ? count(source.changes.length, 'change') : 'nothing'} uncommitted`);
  const before = id === undefined ? undefined : await releaseIn(out, id);
  if (id !== undefined && before !== undefined) return alreadyThere(id, before, planned, options, environment);
  const packages = Object.keys(planned.packages).length - 1;
  say(environment, 'lock file', `fits package.json; ${count(packages, 'package')}, each with its digest`);
  if (options.check) {
    const { install, gates, build } = commandsOf(planned);
    for (const one of [install, ...gates, ...(build ? [build] : [])])
      say(environment, one.name, `would run ${one.what}`);
    const place = near(join(out, id ?? `${shortCommit(commit)}-dirty-…`));
    say(environment, 'sign', `would sign with ${fingerprint(planned.signer.publicKey.blob)}`);
    say(environment, 'release', `would put down ${place}, its archive and release.json; nothing was built`);
    return EXIT.ok;
  }
  const made = await makeRelease(planned, id, now(environment), stepsFor(environment));
  reportProblems(warnings(made.record), environment);
  stdout.write(summary(made, near(out)));
  return EXIT.ok;
}

/** One commit is one release: a host that has it takes no other archive under its name. */
async function alreadyThere(
  id: string,
  record: string,
  { commit, out }: Planned,
  { check }: BuildOptions,
  environment: Environment,
): Promise<number> {
  if (!record.includes(`"${commit}"`)) {
    fail({
      code: 'proof',
      summary: `there is a release ${id} of another commit`,
      detail: `${join(out, `${id}.json`)} says so.`,
      hint: 'Give another --id, or keep the releases of each application in a directory of its own (--out).',
    });
  }
  if (!check) await writeRecord(out, id, record);
  const now = check ? 'would be' : 'is';
  say(
    environment,
    'release',
    `${id} is built already, and ${now} what release.json names; with --id it is built again`,
  );
  return EXIT.ok;
}

function stepsFor(environment: Environment): Steps {
  return {
    async step(name, what, work) {
      const began = Date.now();
      const made = await work();
      say(environment, name, `${what}: done in ${duration(Date.now() - began)}`);
      return made;
    },
  };
}

function say({ stdout }: Environment, name: string, what: string): void {
  stdout.write(visible(`${name.padEnd(WIDTH)}  ${what}\n`));
}

const WIDTH = 10;

function summary({ release, files, size }: MadeRelease, out: string): string {
  const megabytes = `${(size / 1e6).toFixed(1)} MB`;
  return visible(
    [
      `Release ${release.id}: ${count(files, 'file')}, ${megabytes} packed, started by ‹${release.start}›.`,
      ...[`${release.id}/`, `${release.id}.tar.gz`, 'release.json'].map((name) => `  ${join(out, name)}`),
      '',
    ].join('\n'),
  );
}
