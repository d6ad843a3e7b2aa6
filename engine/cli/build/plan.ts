// What is known of a build before anything is run: the same for a dry run and a build, with everything that is wrong at once.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { SigningKey } from '../../signature/signing-key.ts';
import { isError } from '../shared/problems.ts';
import { type LockedPackages, missingScripts, type PackageJson, readLock, readPackage } from './package.ts';
import type { BuildSettings } from './settings.ts';
import { type BuildSource, copySource, lookAtSource } from './source.ts';
import type { BuildProgram } from './steps.ts';
import { refusePort } from './tree.ts';

export interface BuildRequest {
  /** Absolute: the application in its work tree. */
  readonly directory: string;
  /** Absolute: where releases are put down. */
  readonly out: string;
  readonly allowDirty: boolean;
  readonly settings: BuildSettings;
  readonly key: () => Promise<SigningKey>;
  readonly program: Omit<BuildProgram, 'cwd'>;
}

export interface Planned extends BuildRequest {
  readonly source: BuildSource;
  /** As build.json has it: `-dirty` behind it where something isn't committed. */
  readonly commit: string;
  /** The clean copy that is built in. */
  readonly application: string;
  readonly own: PackageJson;
  readonly packages: LockedPackages;
  /** The npm script that builds; undefined where the application needs no build. */
  readonly build: string | undefined;
  readonly signer: SigningKey;
  done(): Promise<void>;
}

/** Looks, and copies the source to a place of its own, which `done` removes. @throws ProblemError with everything that is wrong */
export async function planBuild(request: BuildRequest): Promise<Planned> {
  const { settings, program } = request;
  const problems: Problem[] = [];
  const held = async <T>(look: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const signer = await held(request.key);
  const source = await held(() => lookAtSource(request.directory, request));
  if (source === undefined) throw new ProblemError(problems);
  const copy = await copySource(source, program);
  try {
    const application = copy.directory;
    await refuseSubmodules(application);
    const own = await held(() => readPackage(application));
    const packages = own && (await held(() => readLock(application, own)));
    if (own) {
      problems.push(...missingScripts(own, settings));
      await held(() => refusePorts(own, settings));
    }
    if (problems.some(isError) || own === undefined || packages === undefined || signer === undefined) {
      throw new ProblemError(problems);
    }
    const build = settings.build ?? (own.scripts?.build === undefined ? undefined : 'build');
    const commit = source.changes.length > 0 ? `${source.commit}-dirty` : source.commit;
    return { ...request, source, commit, application, own, packages, build, signer, done: copy.done };
  } catch (error) {
    await copy.done();
    throw error;
  }
}

/** The start command as far as it is known: a build that turns out to be standalone has one of its own. */
function refusePorts({ scripts = {}, dependencies = {} }: PackageJson, { start }: BuildSettings): void {
  const command = start ?? (dependencies.next === undefined && scripts.start !== undefined ? 'npm start' : undefined);
  if (command === undefined) return;
  refusePort(command, command);
  const [, named] = /^npm (?:run )?(\S+)$/.exec(command) ?? [];
  const script = named === undefined ? undefined : scripts[named];
  if (script !== undefined) refusePort(script, command);
}

async function refuseSubmodules(application: string): Promise<void> {
  if ((await lstat(join(application, '.gitmodules')).catch(() => undefined)) === undefined) return;
  fail({
    code: 'proof',
    summary: 'the application has submodules of git',
    detail: "A build is made from a copy of the commit, which doesn't hold the files of its submodules.",
    hint: 'Install what they bring as packages.',
  });
}
