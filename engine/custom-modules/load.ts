// Modules of a project's own: `modules/NAME.js` or `modules/NAME.ts` beside its vrun.yml, one file each, imported and held
// against the contract. Without such a directory that costs one look for it.
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sha256 } from '../base/digest.ts';
import { hasCode, systemReason } from '../base/file-error.ts';
import type { FilesRead } from '../base/files-read.ts';
import { readPlain, textOf } from '../base/plain-file.ts';
import { didYouMean } from '../language/problem/did-you-mean.ts';
import type { Position } from '../language/problem/position.ts';
import { type Problem, ProblemError } from '../language/problem/problem.ts';
import type { Module } from '../module/define.ts';
import { type Registry, registryOf } from '../module/registry.ts';
import { checkedModule } from './definition.ts';
import { guarded } from './guarded.ts';
import { importProblem } from './import-problem.ts';
import { nameFault } from './names.ts';
import type { ModuleFile } from './source.ts';

/** Where a project's modules are, and which of vrun's own they may stand in for. */
export interface CustomModules {
  /** `modules/` beside vrun.yml. */
  readonly directory: string;
  /** The setting `override_modules`, each with its place in vrun.yml. */
  readonly overrides: readonly { readonly name: string; readonly at: Position }[];
  /** What paths are shown relative to. */
  readonly cwd: string;
  /** Takes the digest of each file. */
  readonly read: FilesRead;
}

/**
 * `registry` with the project's own modules.
 * @throws ProblemError with all that is wrong in any of the files: no task could be told from a mistyped one without them
 */
export async function withCustomModules(registry: Registry, custom: CustomModules): Promise<Registry> {
  const problems: Problem[] = [];
  const entries = await entriesOf(custom.directory);
  const files = await Promise.all(entries.map((entry) => readModule(entry, custom, problems)));
  const modules = await modulesOf(
    files.filter((file) => file !== undefined),
    problems,
  );
  problems.push(...misnamed(entries, registry, custom));
  if (problems.length > 0) throw new ProblemError(problems);
  if (modules.length === 0) return registry;
  const shipped = registry.names().map((name) => [name, () => registry.module(name)] as const);
  return registryOf(new Map([...shipped, ...modules.map((module) => [module.name, () => module] as const)]));
}

interface Entry {
  readonly name: string;
  readonly file: string;
}

/** Names with another dot are none of a module's: `hello.test.js`. */
async function entriesOf(directory: string): Promise<readonly Entry[]> {
  try {
    const files = (await readdir(directory)).sort();
    return files.flatMap((file) => {
      const [, name] = /^([^.]+)\.[jt]s$/.exec(file) ?? [];
      return name === undefined ? [] : [{ name, file }];
    });
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    const detail = systemReason(error) ?? String(error);
    throw new ProblemError([{ code: 'file-unreadable', summary: "the project's modules can't be read", detail }]);
  }
}

/** Undefined for a file that can't be read, or that this Node can't. */
async function readModule(
  { name, file }: Entry,
  { directory, cwd, read }: CustomModules,
  problems: Problem[],
): Promise<(ModuleFile & { readonly bytes: Uint8Array }) | undefined> {
  const path = join(directory, file);
  const shown = relative(cwd, path);
  if (file.endsWith('.ts') && !stripsTypes()) {
    problems.push({
      code: 'module-definition',
      summary: `The module ‹${name}› is TypeScript, which this Node can't read`,
      detail: `${shown} needs Node 22.18, or 24 and newer; this is ${process.versions.node}.`,
      hint: 'Write it in JavaScript, or run vrun with a newer Node.',
      at: { file: shown, line: 1, column: 1, length: 1, text: '' },
    });
    return undefined;
  }
  try {
    const bytes = await readPlain(path);
    const text = textOf(bytes);
    read.file(path, bytes);
    const format = file.endsWith('.ts') ? 'module-typescript' : 'module';
    return { name, shown, text, bytes, format, url: `${pathToFileURL(path).href}?${sha256(bytes)}` };
  } catch (error) {
    const detail = systemReason(error) ?? (error instanceof Error ? error.message : String(error));
    problems.push({ code: 'file-unreadable', summary: `the module ‹${shown}› can't be read`, detail });
    return undefined;
  }
}

/** Whether this Node leaves out the types of TypeScript: from 22.18 on. */
function stripsTypes(): boolean {
  return 'typescript' in process.features && process.features.typescript === 'strip';
}

async function modulesOf(
  files: readonly (ModuleFile & { readonly bytes: Uint8Array })[],
  problems: Problem[],
): Promise<readonly Module[]> {
  if (files.length === 0) return [];
  const { importModules } = await import('vrun:import-module');
  const { compileAtRunTime } = await import('../language/parameters/compile.ts');
  compileAtRunTime();
  const imported = await importModules(files);
  const modules: Module[] = [];
  for (const [index, file] of files.entries()) {
    const outcome = imported[index];
    if (outcome?.status === 'fulfilled') {
      const module = checkedModule(file, outcome.value.default, problems);
      if (module) modules.push(guarded(module, file));
    } else problems.push(await importProblem(file, outcome?.reason));
  }
  return modules;
}

/** Names that no task could use, that are taken, or that stand for nothing. */
function misnamed(
  entries: readonly Entry[],
  registry: Registry,
  { directory, cwd, overrides }: CustomModules,
): readonly Problem[] {
  const overridden = new Set(overrides.map(({ name }) => name));
  const names = entries.map(({ name }) => name);
  const files = entries.flatMap(({ name, file }, index): readonly Problem[] => {
    const at = { file: relative(cwd, join(directory, file)), line: 1, column: 1, length: 1, text: '' };
    const fault = nameFault(name, registry, overridden);
    if (fault) return [{ code: 'module-definition', ...fault, at }];
    if (names.indexOf(name) !== index) {
      const detail = `${entries[names.indexOf(name)]?.file} and ${file} are both there.`;
      const summary = `There are two modules ‹${name}›`;
      return [{ code: 'module-definition', summary, detail, hint: 'Remove one of them.', at }];
    }
    return [];
  });
  const idle = overrides
    .filter(({ name }) => !names.includes(name) || registry.get(name) === undefined)
    .map(({ name, at }): Problem => {
      const hint = didYouMean(name, names);
      const there = names.includes(name);
      return {
        code: 'config',
        summary: there ? `vrun has no module ‹${name}› to override` : `the project has no module ‹${name}›`,
        ...(hint === undefined || there ? {} : { hint }),
        at,
      };
    });
  return [...files, ...idle];
}
