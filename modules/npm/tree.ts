// Whether node_modules is what a lock file says: read by Node itself, which is what the packages are for.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import type { Foreseen } from '../../engine/module/define.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { asUser, cannotBecome, checkUser } from '../../engine/resources/command/as-user.ts';
import { isTouched, untold } from '../../engine/resources/file/pending.ts';
import { checkNpm, NO_NPM, type NpmCall } from './call.ts';
import COMPARE from './compare.cjs';
import SCRIPTS from './scripts.cjs';

export interface NpmWant extends NpmCall {
  readonly path: string;
  readonly command: 'ci' | 'install' | { readonly run: string };
  readonly production: boolean;
}

export interface NpmTree {
  readonly lock: 'none' | 'old' | 'there';
  /** Whether package.json asks for what the lock file was made for. */
  readonly agree: boolean;
  /** Whether there is a node_modules that npm made, or no need of one. */
  readonly installed: boolean;
  /** How many packages it holds. */
  readonly packages: number;
  /** How many are missing, too many or of another version, and the first of them. */
  readonly differing: number;
  readonly examples: readonly string[];
  /** Whether the user may not write in the directory. */
  readonly shut?: boolean;
}

export type NpmState = NpmTree | NpmScripts;

/** The names of scripts that package.json has. */
export interface NpmScripts {
  readonly scripts: readonly string[];
}

/** Read-only. */
export function probeNpm(want: NpmWant): Script {
  const { path, production, user, command, npm } = want;
  return lines(
    sh`[ -d ${path} ] || { echo @directory; exit 0; }`,
    checkUser(user),
    checkNpm(want),
    sh`cd -- ${path} && [ -f package.json ] || { echo @package; exit 0; }`,
    typeof command === 'object'
      ? sh`echo @scripts; exec node -e ${SCRIPTS}`
      : sh`${asUser(user)}
as test -w . || echo @shut
echo @tree; exec node -e ${COMPARE} ${production} "$(command -v ${npm})"`,
  );
}

/** The state of a tree, or for a script the scripts that there are. @throws Error for what isn't understood */
export function parseNpm(out: Output, want: NpmWant): NpmState | Missing<NpmState> {
  const { path, user } = want;
  if (out.status !== 0) {
    const why = /^\w*Error: .*$/m.exec(out.stderr)?.[0] ?? out.stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(`package.json, package-lock.json or npm's record in node_modules cannot be read: ${why}`);
  }
  const sections = readSections(out.stdout);
  const lacks = (need: Resource, failure?: ReturnType<typeof cannotBecome>) =>
    new Missing<NpmState>({ needs: [need], failure });
  if (sections.has('directory')) return lacks(`path:${path}`);
  if (sections.has('user')) return lacks(`user:${user}`);
  if (sections.has('denied')) return lacks(`user:${user}`, cannotBecome(user));
  if (sections.has('npm')) return lacks('command:npm', NO_NPM);
  if (sections.has('package')) return lacks(`path:${path}/package.json`);
  const scripts = sections.get('scripts');
  if (scripts !== undefined) return scriptsOf(JSON.parse(scripts.join('\n')));
  return {
    ...treeOf(JSON.parse(sections.get('tree')?.join('\n') ?? '')),
    ...(sections.has('shut') ? { shut: true } : {}),
  };
}

/** Nobody can tell beforehand what packages another task's files will ask for. */
export function pendingNpm(
  have: NpmState,
  { path, command }: NpmWant,
  foreseen: Foreseen,
): NpmState | Missing<NpmState> {
  const touched = (...names: readonly string[]) =>
    isTouched(
      names.map((name) => `${path}/${name}`),
      foreseen,
    );
  if (typeof command === 'object') return touched('package.json') ? { scripts: [command.run] } : have;
  return touched('package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc', 'node_modules')
    ? untold(path)
    : have;
}

function scriptsOf(value: unknown): NpmScripts {
  const { scripts }: { readonly scripts?: unknown } = Object(value);
  if (!Array.isArray(scripts)) throw new Error('node did not say which scripts package.json has');
  return { scripts: scripts.map(String) };
}

function treeOf(value: unknown): NpmTree {
  const fields: Readonly<Record<string, unknown>> = Object(value);
  const { lock, agree, installed, packages, differing, examples } = fields;
  if (
    (lock === 'none' || lock === 'old' || lock === 'there') &&
    typeof agree === 'boolean' &&
    typeof installed === 'boolean' &&
    typeof packages === 'number' &&
    typeof differing === 'number' &&
    Array.isArray(examples)
  ) {
    return { lock, agree, installed, packages, differing, examples: examples.map(String) };
  }
  throw new Error('the comparison of the packages printed what it should not');
}
