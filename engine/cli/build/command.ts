// `vrun build DIR`: what runbooks/deploy.yml needs, made of an application's commit in one go: installed from the lock file, its
// gates passed, built, signed and packed.
import { join, relative, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fingerprint } from '../../base/digest.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import { count, duration } from '../../view/text/phrases.ts';
import { proofKeyFile } from '../proof/init.ts';
import { requireDirectory } from '../proof/options.ts';
import { keyOf, now, warnings } from '../proof/sign.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT, reportProblems } from '../shared/problems.ts';
import { commandsOf, type MadeRelease, makeRelease, type Steps, shortCommit } from './build.ts';
import { type Planned, planBuild } from './plan.ts';
import { releaseIn, writeRecord } from './release.ts';
import { type BuildGate, readBuildSettings, withGiven } from './settings.ts';

interface Options {
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

export function buildCommand({ environment, ended }: CommandContext): Command {
  const key = proofKeyFile(environment).replace(`${environment.home}/`, '~/');
  return new Command('build')
    .description('make a signed release of an application: install, gates, build, signature, archive')
    .argument('<directory>', 'the application, in a git work tree')
    .option('--check', 'look at everything, say what would be done, and build nothing', false)
    .option('--out <directory>', 'where releases are put down; default: builds in the project')
    .option('--settings <file>', 'what is to be known of the application; default: build.yml in the project')
    .option('--gate <name=script>', 'a gate and the npm script that it is; may be repeated', gate, [])
    .option('--start <command>', 'what starts the release, in its directory')
    .addOption(new Option('--id <name>', "the release's name; default: the commit's first twelve digits").argParser(id))
    .option('--key <file>', `the key that signs builds (default ${key})`)
    .option('--allow-dirty', "build what isn't committed, too; the commit then says -dirty", false)
    .option('-v, --verbose', 'show what npm says', false)
    .action(async (directory: string, options: Options) => {
      ended(await build(environment, directory, options));
    });
}

async function build(environment: Environment, name: string, options: Options): Promise<number> {
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

async function perform(planned: Planned, options: Options, environment: Environment): Promise<number> {
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
  { check }: Options,
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

function gate(text: string, before: readonly BuildGate[]): readonly BuildGate[] {
  const [, name, script = name] = /^([^=]+)(?:=(.+))?$/.exec(text) ?? [];
  if (name === undefined || script === undefined) throw new InvalidArgumentError('A gate is NAME=SCRIPT.');
  if (before.some((one) => one.name === name)) throw new InvalidArgumentError(`‹${name}› is given twice.`);
  return [...before, { name, script }];
}

function id(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._+-]{0,126}$/.test(text) && text !== 'release') return text;
  throw new InvalidArgumentError('It begins with a letter or digit, and has these, dots, underlines, + and - in it.');
}
