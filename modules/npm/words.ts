// What the parameters of the module npm may hold together, and what they mean.
import { validRange } from 'semver';
import type { ParameterProblem } from '../../engine/language/runbook/catalog.ts';
import type { WantedVersion } from './global.ts';

/** As npm's registry has names; npm takes addresses, paths and `name@version` in their place, too. */
const PACKAGE = /^(@[A-Za-z0-9][A-Za-z0-9._~-]*\/)?[A-Za-z0-9][A-Za-z0-9._~-]*$/;
const TAG = /^[A-Za-z][A-Za-z0-9._-]*$/;

/** What `version` and `state` ask for. */
export function wantedVersion(version: string | undefined, state: 'present' | 'absent' | 'latest'): WantedVersion {
  if (state === 'absent') return { kind: 'none' };
  if (state === 'latest') return { kind: 'tag', tag: version ?? 'latest' };
  if (version === undefined) return { kind: 'any' };
  return isRange(version) ? { kind: 'range', range: version } : { kind: 'tag', tag: version };
}

/** The problems of an application's parameters beside those of a global package. */
export function checkPackage(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  const { name, version, state, path, command, global } = params;
  const inDirectory = global === undefined || global === false;
  const problems: (ParameterProblem | false)[] = [
    inDirectory &&
      !('name' in params) &&
      !('path' in params) && {
        parameter: undefined,
        summary: 'npm needs a path, or a name with global: true',
        hint: 'Say in which directory package.json is; or which package is meant for all of the host.',
      },
    inDirectory && 'name' in params && { parameter: 'name', ...ONE_BY_ONE },
    inDirectory &&
      !('name' in params) &&
      version !== undefined && { parameter: 'version', ...notInDirectory('version') },
    inDirectory &&
      !('name' in params) &&
      typeof state === 'string' &&
      state !== 'present' && { parameter: 'state', ...notInDirectory(`state: ${state}`) },
    global === true && !('name' in params) && { parameter: 'global', ...NAMELESS },
    global === true && path !== undefined && { parameter: 'path', ...notGlobal('path') },
    global === true &&
      typeof command === 'string' &&
      command !== 'ci' && { parameter: 'command', ...notGlobal('command') },
    typeof name === 'string' && !PACKAGE.test(name) && { parameter: 'name', ...nameProblem(name) },
    typeof version === 'string' &&
      !isRange(version) &&
      !TAG.test(version) && {
        parameter: 'version',
        summary: `‹${version}› is no version of a package`,
        hint: 'Write a version (5.3.0), a range (^5.3) or a tag (next); from addresses and files nothing is installed by name.',
      },
    typeof version === 'string' &&
      isRange(version) &&
      state === 'latest' && {
        parameter: 'version',
        summary: `version ${version} cannot be the latest one`,
        hint: 'Leave `version` out; or leave `state` out: then any version that fits will do.',
      },
  ];
  return problems.filter((problem) => problem !== false);
}

function isRange(version: string): boolean {
  return validRange(version, { loose: true }) !== null;
}

function nameProblem(name: string): { readonly summary: string; readonly hint: string } {
  const [, bare, version] = /^(.[^@]*)@(.+)$/.exec(name) ?? [];
  return {
    summary: `‹${name}› is not the name of a package`,
    hint:
      bare !== undefined && PACKAGE.test(bare)
        ? `Write the version beside it: name: ${bare}, version: ${JSON.stringify(version)}`
        : 'Write it as the registry has it: pm2 or @scope/name. From addresses and files nothing is installed by name.',
  };
}

const ONE_BY_ONE = {
  summary: 'A package by its name is for all of the host: global: true',
  hint: 'In a directory package.json and its lock file say what is installed: add the package there, or set `global: true`.',
};

const NAMELESS = {
  summary: 'global needs the name of a package',
  hint: 'Write `name`. An application is not installed globally: release it, and let a unit run it.',
};

function notInDirectory(word: string) {
  return {
    summary: `${word} is for a package with global: true`,
    hint: 'In a directory package.json and its lock file say which versions there are.',
  };
}

function notGlobal(word: string) {
  return { summary: `${word} is for a directory, not for a global package`, hint: 'Leave it out.' };
}
