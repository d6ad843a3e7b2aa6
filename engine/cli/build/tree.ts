// The tree of a release, put together of an application that has been built: what a host needs, and nothing else.
import { cp, lstat, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fail } from '../../language/problem/problem.ts';
import {
  LOCK_FILE,
  type LockedPackages,
  ownPort,
  type PackageJson,
  productionPackages,
  withDependencies,
} from './package.ts';
import type { BuildSettings } from './settings.ts';
import { isWithin } from './source.ts';

/** Where Next.js puts a server with all that it loads, and nothing that it serves as a file (`output: standalone`). */
const STANDALONE = '.next/standalone';
/** What of an application never goes to a host: its history, what is installed again, and what only the next build reads. */
const LEFT = ['.git', '.gitignore', '.gitattributes', '.github', 'node_modules', '.next/cache', '.next/standalone'];
/** Of a standalone build, what stands beside it: for migrations, and for the build's proof. */
const BESIDE = ['prisma', 'prisma.config.ts', 'prisma.config.js', 'prisma.config.mjs', 'package.json', LOCK_FILE];

export interface Built {
  /** Where it was built. */
  readonly application: string;
  readonly own: PackageJson;
  readonly packages: LockedPackages;
  readonly settings: BuildSettings;
}

/** Fills `tree`, and gives the command that starts the release. @throws ProblemError where it can't be told how it starts */
export async function makeTree(built: Built, tree: string): Promise<string> {
  const { application, settings } = built;
  for (const path of settings.include) await mustBe(application, path);
  const standalone = await exists(join(application, STANDALONE));
  await mkdir(tree, { recursive: true });
  if (standalone) await copyStandalone(built, tree);
  else await copyAll(built, tree);
  await copyPackages(built, tree, standalone);
  return settings.start ?? (await startOf(built, tree, standalone));
}

async function copyStandalone({ application, settings }: Built, tree: string): Promise<void> {
  await copy(join(application, STANDALONE), tree);
  // Whatever Next.js found beside the server is not what a host is to have: its own settings are.
  for (const name of await readdir(tree)) if (name.startsWith('.env')) await rm(join(tree, name));
  await copy(join(application, '.next/static'), join(tree, '.next/static'));
  for (const path of ['public', ...BESIDE, ...settings.include]) {
    if (await exists(join(application, path))) await copy(join(application, path), join(tree, path));
  }
}

async function copyAll({ application, settings }: Built, tree: string): Promise<void> {
  const left = new Set(LEFT.map((path) => join(application, path)));
  const paths = settings.include.length > 0 ? [...settings.include, ...BESIDE, 'public'] : await readdir(application);
  for (const path of paths) {
    const from = join(application, path);
    if (!left.has(from) && (await exists(from))) await copy(from, join(tree, path), (one) => !left.has(one));
  }
}

/** Packages as they were installed and built on, without what development alone needs. */
async function copyPackages(
  { application, packages, settings }: Built,
  tree: string,
  standalone: boolean,
): Promise<void> {
  const wanted = new Set([
    ...(standalone ? [] : productionPackages(packages)),
    ...withDependencies(settings.packages, packages),
  ]);
  const isOther = (path: string) => /\/node_modules$/.test(path);
  for (const path of [...wanted].sort()) {
    const from = join(application, path);
    // A package for another system isn't installed here.
    if (await exists(from)) await copy(from, join(tree, path), (one) => !isOther(one));
  }
  // What packages generate beside themselves: Prisma's client.
  const modules = join(application, 'node_modules');
  const generated = (await exists(modules))
    ? (await readdir(modules)).filter((name) => /^\.(?!bin$|package-lock)/.test(name))
    : [];
  for (const name of standalone ? [] : generated)
    await copy(
      join(modules, name),
      join(tree, 'node_modules', name),
      (one) => !isOther(one) && !one.endsWith('/.cache'),
    );
  await linkCommands(modules, join(tree, 'node_modules'), wanted);
}

/** `node_modules/.bin`: the commands of the packages that are there. */
async function linkCommands(from: string, to: string, wanted: ReadonlySet<string>): Promise<void> {
  const names = await readdir(join(from, '.bin')).catch(() => []);
  for (const name of names) {
    const end = await realpath(join(from, '.bin', name)).catch(() => undefined);
    if (end === undefined) continue;
    const path = relative(dirname(await realpath(from)), end);
    if ([...wanted].some((one) => isWithin(path, one))) await copy(join(from, '.bin', name), join(to, '.bin', name));
  }
}

async function startOf({ own }: Built, tree: string, standalone: boolean): Promise<string> {
  if (standalone) {
    if (await exists(join(tree, 'server.js'))) return 'node server.js';
    return fail({
      code: 'proof',
      summary: `${STANDALONE} has no server.js`,
      detail: 'Next.js took a directory above the application for its root, and put the server further down.',
      hint: 'Set outputFileTracingRoot to the application in next.config, or say how a release starts: --start.',
    });
  }
  const script = own.scripts?.start;
  if (script === undefined) {
    if (own.main !== undefined && (await exists(join(tree, own.main)))) return `node ${own.main}`;
    return fail({
      code: 'proof',
      summary: 'nothing says how a release is started',
      detail: 'package.json has no script start, and no main that is there.',
      hint: 'Say it in build.yml (start: node server.js), or with --start.',
    });
  }
  refusePort(script, 'npm start');
  return 'npm start';
}

/** @throws ProblemError for a command that would listen to one port whichever the unit gives it */
export function refusePort(script: string, command: string): void {
  const port = ownPort(script);
  if (port === undefined) return;
  fail({
    code: 'proof',
    summary: `${command} names the port ${port}`,
    detail: `It is ‹${script}›. Two versions run beside each other during a deployment, each at the port that its unit gives it in PORT: the second one would fail at ${port}.`,
    hint: 'Say another command in build.yml or with --start, such as node server.js; with output: standalone in next.config it is that by itself.',
  });
}

async function mustBe(application: string, path: string): Promise<void> {
  if (await exists(join(application, path))) return;
  fail({
    code: 'proof',
    summary: `the release is to hold ${path}, and the build didn't make it`,
    hint: 'Look at include in build.yml.',
  });
}

async function copy(from: string, to: string, takes: (path: string) => boolean = () => true): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    force: true,
    filter: (path) => path === from || takes(path),
  });
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
