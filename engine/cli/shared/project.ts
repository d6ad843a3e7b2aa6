// What the commands that read a project share: settings, identities, runbooks, the inventory.
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FilesRead } from '../../base/files-read.ts';
import { withCustomModules } from '../../custom-modules/load.ts';
import { loadInventory } from '../../inventory/load.ts';
import type { Inventory } from '../../inventory/model/inventory.ts';
import type { ScriptRunner } from '../../inventory/sources/run-script.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { fromDisk } from '../../language/read/files.ts';
import { readRunbook } from '../../language/read/runbook.ts';
import type { Runbook } from '../../language/runbook/runbook.ts';
import type { Secret } from '../../language/value/secret.ts';
import { type AgeIdentity, readAgeIdentity, type SecretOpener, secretOpener } from '../../language/yaml/age.ts';
import type { Registry } from '../../module/registry.ts';
import { type Config, readConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { openToOthers } from './private-files.ts';
import { reportProblems } from './problems.ts';
import { shipped } from './shipped.ts';

export interface Project {
  readonly config: Config;
  readonly registry: Registry;
  /** What was read so far of what decides a run. */
  readonly read: FilesRead;
  readonly identities: readonly AgeIdentity[];
  /** Opens secrets, and keeps those that it has opened in `known`. */
  readonly secrets: SecretOpener;
  readonly known: readonly Secret[];
  /** The same by the text that each is sealed as. */
  readonly unsealed: ReadonlyMap<string, Secret>;
  /** Where absolute names begin: the root of this machine's files is the empty text. */
  readonly base: string;
  /** Who calls dynamic inventories, where it isn't this process. */
  readonly runScript?: ScriptRunner;
}

/** The project around the working directory. @throws ProblemError for a bad vrun.yml or identity file */
export async function openProject(environment: Environment): Promise<Project> {
  const read = new FilesRead(environment.cwd);
  const config = await readConfig(environment.cwd, environment.home, read);
  const identities = await identitiesOf(config, environment);
  const known: Secret[] = [];
  const unsealed = new Map<string, Secret>();
  const secrets = secretOpener(identities, (secret, sealed) => {
    known.push(secret);
    unsealed.set(sealed, secret);
  });
  return { config, registry: shipped, read, identities, secrets, known, unsealed, base: '' };
}

/** `registry` with the modules of the project's own. @throws ProblemError with all that is wrong in their files */
export function modulesOf(
  { config, registry, read }: Pick<Project, 'config' | 'registry' | 'read'>,
  { cwd }: Pick<Environment, 'cwd'>,
): Promise<Registry> {
  const { modules: directory, overrideModules: overrides } = config;
  if (directory === undefined) return Promise.resolve(registry);
  return withCustomModules(registry, { directory, overrides, cwd, read });
}

/** All modules around the working directory, for commands that tell of them. */
export async function modulesAround(environment: Environment): Promise<Registry> {
  const read = new FilesRead(environment.cwd);
  return modulesOf(
    { config: await readConfig(environment.cwd, environment.home), registry: shipped, read },
    environment,
  );
}

/** Where the age identity lies: what `VRUN_IDENTITY` or the setting `identity` names, else `.vrun/identity`. */
export function identityFile(config: Config, { variables, cwd }: Environment): { file: string; named: boolean } {
  const named = variables.VRUN_IDENTITY;
  if (named !== undefined && named !== '') return { file: resolve(cwd, named), named: true };
  if (config.identity !== undefined) return { file: config.identity, named: true };
  return { file: join(config.record, 'identity'), named: false };
}

/** None is no problem until there is a secret, unless one is named. */
async function identitiesOf(config: Config, environment: Environment): Promise<readonly AgeIdentity[]> {
  const { file, named } = identityFile(config, environment);
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (!named && !there) return [];
  reportProblems(await openToOthers(file, 'whoever reads it can decrypt the secrets'), environment);
  return readAgeIdentity(file);
}

/** Reads runbooks; what is wrong is added to `problems`. */
export async function readRunbooks(
  files: readonly string[],
  context: {
    readonly registry: Registry;
    readonly secrets: SecretOpener;
    readonly problems: Problem[];
    readonly read?: FilesRead;
    /** Where a name that stands in a runbook, or on the command line, is on disk. */
    readonly locate?: (name: string) => string;
  },
): Promise<readonly Runbook[]> {
  const { registry, secrets, problems, read, locate = (name) => name } = context;
  const readFile = async (name: string) => {
    const path = locate(name);
    const bytes = await fromDisk(path);
    read?.file(path, bytes);
    return bytes;
  };
  const runbooks: Runbook[] = [];
  for (const file of files) {
    const { runbook, problems: found } = await readRunbook(file, { catalog: registry, secrets, readFile });
    problems.push(...found);
    if (runbook) runbooks.push(runbook);
  }
  return runbooks;
}

/** Reads the inventory that `-i` or vrun.yml names; what is wrong is added to `problems`. */
export async function readInventory(
  sources: readonly string[],
  context: {
    readonly project: Project;
    readonly environment: Environment;
    /** What it is for: `none` where somebody asks for the inventory itself. */
    readonly runbooks: readonly Runbook[] | 'none';
    readonly secrets: SecretOpener;
    readonly problems: Problem[];
    readonly signal: AbortSignal;
  },
): Promise<Inventory> {
  const { project, environment, runbooks, secrets, problems, signal } = context;
  const chosen = sources.length > 0 ? sources : project.config.inventory;
  if (chosen.length === 0 && (runbooks === 'none' || runbooks.some(needsInventory))) {
    const { root, modules } = project.config;
    const settings = modules === undefined ? `a vrun.yml in ${root} or above it` : join(root, 'vrun.yml');
    throw new ProblemError([
      {
        code: 'usage',
        summary: 'no inventory',
        detail: `Neither -i nor ${settings} says which hosts there are.`,
        hint: 'Name a file, a directory, an executable or hosts with commas:\n  -i inventory/prod',
      },
    ]);
  }
  return loadInventory(chosen, {
    cwd: environment.cwd,
    problems,
    signal,
    secrets,
    read: project.read,
    runbookDirectories: [...new Set(directoriesOf(runbooks, environment))],
    environment: environment.variables,
    runScript: project.runScript,
  });
}

function directoriesOf(runbooks: readonly Runbook[] | 'none', { cwd }: Environment): readonly string[] {
  return runbooks === 'none' ? [] : runbooks.map(({ file }) => dirname(resolve(cwd, file)));
}

function needsInventory(runbook: Runbook): boolean {
  return runbook.plays.some(({ hosts }) => hosts.kind !== 'literal' || hosts.value !== 'localhost');
}
