// An application's package.json and lock file: whether they fit each other, and which installed packages a host needs.
import { lstat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import Type, { type Static } from 'typebox';
import { readPlainText } from '../../base/plain-file.ts';
import { hasShape } from '../../base/shape.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { fail, type Problem } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import type { BuildSettings } from './settings.ts';

const Names = Type.Optional(Type.Record(Type.String(), Type.String()));
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
const dependencies = Object.fromEntries(KINDS.map((kind) => [kind, Names])) as Record<
  (typeof KINDS)[number],
  typeof Names
>;
const Package = Type.Object({ ...dependencies, scripts: Names, main: Type.Optional(Type.String()) });
/** https://docs.npmjs.com/cli/configuring-npm/package-lock-json, lockfileVersion 2 and 3. */
const Locked = Type.Object({
  ...dependencies,
  integrity: Type.Optional(Type.String()),
  resolved: Type.Optional(Type.String()),
  link: Type.Optional(Type.Boolean()),
  inBundle: Type.Optional(Type.Boolean()),
  dev: Type.Optional(Type.Boolean()),
  devOptional: Type.Optional(Type.Boolean()),
});
const Lock = Type.Object({ packages: Type.Record(Type.String(), Locked) });

export type PackageJson = Static<typeof Package>;
export type LockedPackages = Readonly<Record<string, Static<typeof Locked>>>;

const isPackage = (value: unknown): value is PackageJson => hasShape(Package, value);
const isLock = (value: unknown): value is Static<typeof Lock> => hasShape(Lock, value);

export const LOCK_FILE = 'package-lock.json';
const NAMED = 8;

/** @throws ProblemError for a package.json that isn't there, or isn't one */
export async function readPackage(directory: string): Promise<PackageJson> {
  return readJson(join(directory, 'package.json'), isPackage, 'That is no application of Node.js.');
}

/**
 * The lock file, once it is sure that `npm ci` installs just what somebody has looked at: it is there, fits package.json, and has a
 * digest for each package. @throws ProblemError
 */
export async function readLock(directory: string, own: PackageJson): Promise<LockedPackages> {
  const hint = 'Run npm install in the application, look at what it changed, and commit package-lock.json.';
  if ((await lstat(join(directory, LOCK_FILE)).catch(() => undefined)) === undefined) {
    const detail = 'Without it nobody knows which packages are installed, and two builds of one commit differ.';
    fail({ code: 'proof', summary: `there is no ${LOCK_FILE} in the commit`, detail, hint });
  }
  const { packages } = await readJson(join(directory, LOCK_FILE), isLock, 'It is of npm before version 7, or broken.');
  const different = KINDS.flatMap((kind) => differences(own[kind] ?? {}, packages['']?.[kind] ?? {}));
  if (different.length > 0) {
    fail({ code: 'proof', summary: `${LOCK_FILE} doesn't fit package.json`, detail: listed(different), hint });
  }
  const unsure = Object.entries(packages).filter(([path, entry]) => isUnsure(path, entry));
  if (unsure.length > 0) {
    fail({
      code: 'proof',
      summary: `${LOCK_FILE} has no digest of some packages`,
      detail: `${listed(unsure.map(([path]) => path))}\nWithout one npm installs whatever the registry sends.`,
      hint,
    });
  }
  return packages;
}

function differences(wanted: Readonly<Record<string, string>>, locked: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(locked)])]
    .filter((name) => wanted[name] !== locked[name])
    .map(
      (name) =>
        `${name}: ${wanted[name] ?? 'not there'} in package.json, ${locked[name] ?? 'not there'} in the lock file`,
    );
}

/** A package of git is named by its commit; one of the application itself is in the commit that is built. */
function isUnsure(path: string, { integrity, link, inBundle, resolved }: Static<typeof Locked>): boolean {
  if (!/(^|\/)node_modules\//.test(path) || link === true || inBundle === true || integrity !== undefined) return false;
  return !/^git(\+\w+)?:.*#[0-9a-f]{40,}$/.test(resolved ?? '');
}

/** What isn't among the scripts of package.json though a build needs it: nothing stands in for it. */
export function missingScripts({ scripts = {} }: PackageJson, { gates, build }: BuildSettings): readonly Problem[] {
  const wanted = [
    ...gates.map(({ name, script }) => ({ what: `the gate ‹${name}›`, script })),
    ...(build === undefined ? [] : [{ what: 'the build', script: build }]),
  ];
  return wanted
    .filter(({ script }) => scripts[script] === undefined)
    .map(({ what, script }) => ({
      code: 'proof',
      summary: `${what} is npm run ${script}, and package.json has no such script`,
      hint: `${didYouMean(script, Object.keys(scripts)) ?? `There are ${Object.keys(scripts).join(', ') || 'none'}.`} Which scripts are gates, build.yml says (gates: { NAME: SCRIPT }), or --gate NAME=SCRIPT.`,
    }));
}

/** `PORT=3005 npx next start`: a port that wins over the one that the unit gives. Undefined where the script names none. */
export function ownPort(script: string): string | undefined {
  return /(?:^|[\s;&])PORT=(\d+)|\s(?:-p|--port)[ =]?(\d+)/
    .exec(script)
    ?.slice(1)
    .find((port) => port !== undefined);
}

/** The paths of installed packages that the service needs when it runs: all but those that only development does. */
export function productionPackages(packages: LockedPackages): ReadonlySet<string> {
  return new Set(
    Object.entries(packages)
      .filter(([path, { dev, devOptional }]) => path.includes('node_modules/') && dev !== true && devOptional !== true)
      .map(([path]) => path),
  );
}

/** The paths of some packages and of all that they depend on, as Node finds them from each other; those that aren't there are left out. */
export function withDependencies(names: readonly string[], packages: LockedPackages): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    const path = resolved(name, from, packages);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = packages[path] ?? {};
    for (const one of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) visit(one, path);
  };
  for (const name of names) visit(name, '');
  return found;
}

/** https://nodejs.org/api/modules.html#loading-from-node_modules-folders */
function resolved(name: string, from: string, packages: LockedPackages): string | undefined {
  for (let at = from; ; at = posix.dirname(at) === '.' ? '' : posix.dirname(at)) {
    const path = posix.join(at, 'node_modules', name);
    if (packages[path] !== undefined && !at.endsWith('node_modules')) return path;
    if (at === '') return undefined;
  }
}

async function readJson<T>(file: string, isOne: (value: unknown) => value is T, hint: string): Promise<T> {
  try {
    const value: unknown = JSON.parse(await readPlainText(file));
    if (isOne(value)) return value;
    throw new Error('It has not the members that it should have.');
  } catch (error) {
    const detail = visible(error instanceof Error ? error.message : String(error));
    return fail({ code: 'proof', summary: `${posix.basename(file)} can't be used`, detail, hint });
  }
}

/** The first of some lines, indented, and how many more there are. */
export function listed(lines: readonly string[], most = NAMED): string {
  const more = lines.length > most ? [`… and ${lines.length - most} more`] : [];
  return [...lines.slice(0, most), ...more].map((line) => `  ${visible(line)}`).join('\n');
}
