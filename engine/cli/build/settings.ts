// What `vrun build` is told of an application: build.yml, and the options in its place.

import { lstat } from 'node:fs/promises';
import { relative } from 'node:path';
import { systemReason } from '../../base/file-error.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { SourceText } from '../../language/problem/position.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { readYaml, type YamlEntry, type YamlNode } from '../../language/yaml/yaml.ts';

/** A gate's name, as the build's proof has it, and the npm script that it is. */
export interface BuildGate {
  readonly name: string;
  readonly script: string;
}

export interface BuildSettings {
  /** Run in this order, before the build. */
  readonly gates: readonly BuildGate[];
  /** The npm script that builds; without one it is `build`, where there is such a script. */
  readonly build: string | undefined;
  /** The command that starts a release, in its directory. */
  readonly start: string | undefined;
  /** What else goes into the release of a standalone build; of any other, what alone does. Paths in the application. */
  readonly include: readonly string[];
  /** Packages that a host needs besides what the service itself loads; each comes with what it depends on. */
  readonly packages: readonly string[];
  /** Variables for the gates and the build. */
  readonly environment: Readonly<Record<string, string>>;
}

const KEYS = ['gates', 'build', 'start', 'include', 'packages', 'environment'];

/** What holds where nothing else is said: the gates of `npm run lint` and `npm test`, and Prisma for its migrations. */
const USUAL: BuildSettings = {
  gates: ['lint', 'test'].map((name) => ({ name, script: name })),
  build: undefined,
  start: undefined,
  include: [],
  packages: ['prisma'],
  environment: {},
};

/** The settings in a file. Undefined where it isn't there. @throws ProblemError with everything that is wrong in it */
export async function readBuildSettings(file: string, cwd: string): Promise<BuildSettings | undefined> {
  if ((await lstat(file).catch(() => undefined)) === undefined) return undefined;
  const shown = relative(cwd, file);
  const text = await readPlainText(file).catch((error: unknown) => {
    const detail = systemReason(error) ?? (error instanceof Error ? error.message : String(error));
    return fail({ code: 'file-unreadable', summary: `‹${shown}› can't be read`, detail });
  });
  const problems: Problem[] = [];
  const node = readYaml(new SourceText(shown, text), { version: '1.2', problems });
  const entries = node === undefined || isNothing(node) ? [] : entriesOf(node, shown, problems);
  const known = new Map<string, YamlNode>();
  for (const { key, keyAt, value } of entries) {
    if (KEYS.includes(key)) known.set(key, value);
    else {
      const hint = didYouMean(key, KEYS) ?? `There are ${KEYS.join(', ')}.`;
      problems.push({ code: 'config', summary: `‹${key}› is no setting of a build`, hint, at: keyAt });
    }
  }
  const texts = (key: string) => listOf(known.get(key), problems);
  const text1 = (key: string) => {
    const value = known.get(key);
    return value === undefined ? undefined : textOf(value, problems);
  };
  const map = (key: string) => {
    const value = known.get(key);
    return value === undefined
      ? []
      : entriesOf(value, key, problems).map((entry) => [entry.key, textOf(entry.value, problems)] as const);
  };
  const settings: BuildSettings = {
    gates: known.has('gates') ? map('gates').map(([name, script]) => ({ name, script })) : USUAL.gates,
    build: text1('build'),
    start: text1('start'),
    include: texts('include').map((path) => insidePath(path, known.get('include'), problems)),
    packages: known.has('packages') ? texts('packages') : USUAL.packages,
    environment: Object.fromEntries(map('environment')),
  };
  if (problems.length > 0) throw new ProblemError(problems);
  return settings;
}

export interface GivenSettings {
  readonly gate: readonly BuildGate[];
  readonly start?: string;
}

/** What was read, with the command line's words in its place. */
export function withGiven(read: BuildSettings | undefined, { gate, start }: GivenSettings): BuildSettings {
  const settings = read ?? USUAL;
  return { ...settings, gates: gate.length > 0 ? gate : settings.gates, start: start ?? settings.start };
}

function isNothing(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function entriesOf(node: YamlNode, what: string, problems: Problem[]): readonly YamlEntry[] {
  if (node.kind === 'map') return node.entries;
  problems.push({
    code: 'config',
    summary: `‹${what}› is a map`,
    hint: 'Write NAME: VALUE, a line each.',
    at: node.at,
  });
  return [];
}

function listOf(node: YamlNode | undefined, problems: Problem[]): readonly string[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items.map((item) => textOf(item, problems)) : [textOf(node, problems)];
}

/** A number or a boolean is the text that was written: an environment has nothing else. */
function textOf(node: YamlNode, problems: Problem[]): string {
  if (node.kind === 'scalar' && node.tag === undefined && node.raw !== '') return node.raw;
  problems.push({ code: 'config', summary: 'a text is wanted here', at: node.at });
  return '';
}

function insidePath(path: string, node: YamlNode | undefined, problems: Problem[]): string {
  const plain = path.replace(/^\.\//, '').replace(/\/$/, '');
  if (plain === '' || plain.startsWith('/') || plain.split('/').some((part) => part === '' || part === '..')) {
    problems.push({
      code: 'config',
      summary: `‹${path}› is no path in the application`,
      hint: 'Write it from there: scripts, not /scripts.',
      ...(node ? { at: node.at } : {}),
    });
  }
  return plain;
}
