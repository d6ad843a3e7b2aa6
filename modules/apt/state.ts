// Reads what probeApt printed. Strict: a line that isn't ours is an error.

import { lastLines } from '../../engine/base/last-lines.ts';
import type { Output } from '../../engine/module/change.ts';
import { Missing } from '../../engine/module/resource.ts';
import { SOURCES } from '../../engine/resources/apt/sources.ts';
import type { AptWant, PackageSpec } from './want.ts';

export interface AptState {
  /** Whether dpkg's database may be written. */
  readonly root: boolean;
  /** dpkg's records of the wanted names, in every architecture. */
  readonly packages: readonly PackageRecord[];
  /** Names that some installed package provides. */
  readonly provided: readonly string[];
  /** Seconds since apt's lists were fetched; undefined without lists. */
  readonly age: number | undefined;
  /** Whether apt's sources were changed since then. */
  readonly outdated: boolean;
  /** What apt would do; undefined where nothing needs doing. */
  readonly simulation: Simulation | undefined;
  /** How many fetched package files there are, and how many of them can't be fetched any more. */
  readonly files: number;
  readonly outdatedFiles: number;
  readonly deb: { readonly name: string; readonly version: string; readonly installed: boolean } | undefined;
}

export interface PackageRecord {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  /** dpkg's own word: installed, config-files, half-configured …; `foreign`: installed for another architecture than the host's. */
  readonly status: string;
  readonly held: boolean;
}

export interface Simulation {
  readonly installs: readonly { readonly name: string; readonly from: string | undefined; readonly to: string }[];
  readonly removes: readonly string[];
}

/** One state for each want. @throws Error when the output can't be understood */
export function parseApt(out: Output, wants: readonly AptWant[]): readonly (AptState | Missing<AptState>)[] {
  const rows = out.stdout.split('\n').filter((row) => row !== '');
  if (rows[0] === 'none')
    return wants.map(() => new Missing<AptState>({ needs: ['command:dpkg-query', 'command:apt-get'] }));
  if (rows.at(-1) !== 'end') throw new Error('the probe of packages stopped before its end');
  const packages: PackageRecord[] = [];
  const provided: string[] = [];
  const debs = new Map<number, AptState['deb']>();
  const answers = new Map<number, { status: number; said: string[] }>();
  let age: number | undefined;
  let outdated = false;
  let files = 0;
  let outdatedFiles = 0;
  let current: string[] = [];
  for (const row of rows.slice(0, -1)) {
    const [word, ...rest] = row.split(' ');
    if (row.startsWith('| ')) current.push(row.slice(2));
    else if (word === 'package') packages.push(record(rest));
    else if (word === 'provided') provided.push(rest[0] ?? '');
    else if (word === 'lists') age = rest[0] === 'none' ? undefined : Number(rest[0]);
    else if (row === 'outdated') outdated = true;
    else if (word === 'files') files = Number(rest[0]);
    else if (word === 'outdated-files') outdatedFiles = Number(rest[0]);
    else if (word === 'deb')
      debs.set(Number(rest[0]), { name: rest[1] ?? '', version: rest[2] ?? '', installed: rest[3] === 'yes' });
    else if (word === 'sim') {
      current = [];
      answers.set(Number(rest[0]), { status: Number(rest[1]), said: current });
    } else if (row !== 'root') throw new Error(`the probe of packages printed a line that is none of its own: ${row}`);
  }
  const shared = { root: rows.includes('root'), provided, age, outdated, files, outdatedFiles };
  return wants.map((want, index) => {
    const answer = answers.get(index);
    const deb = debs.get(index);
    if (want.deb !== undefined && deb?.name === 'missing') return new Missing({ needs: [`path:${want.deb}`] });
    if (want.deb !== undefined && deb?.name === '?') return unreadableFile(want.deb);
    // Lists that are about to be fetched may know what these don't.
    const excused = isDue(want, shared);
    if (answer && answer.status !== 0 && !excused) return refused(want, answer.said);
    // The task's own packages only: what it registers must not depend on which tasks were probed with it.
    const own = packages.filter(({ name }) => want.packages.some((spec) => spec.name === name));
    const planned = answer?.status === 0 ? simulation(answer.said) : undefined;
    return { ...shared, packages: own, deb, simulation: planned };
  });
}

/** Whether the lists are to be fetched before anything is installed. */
export function isDue(want: AptWant, { age, outdated }: Pick<AptState, 'age' | 'outdated'>): boolean {
  return want.refresh && (age === undefined || age >= want.validFor || outdated);
}

/** Whether dpkg has the package as wanted. */
export function isInstalled(have: Pick<AptState, 'packages' | 'provided'>, spec: PackageSpec): boolean {
  const { name, arch, version } = spec;
  if (version === undefined && arch === undefined && have.provided.includes(name)) return true;
  return have.packages.some(
    (found) =>
      found.name === name &&
      (found.status === 'installed' || (arch !== undefined && found.status === 'foreign')) &&
      (arch === undefined || found.arch === arch || found.arch === 'all') &&
      (version === undefined || matches(found.version, version)),
  );
}

/** Whether a version is the wanted one, which may end with `*`. */
export function matches(version: string, wanted: string): boolean {
  return wanted.endsWith('*') ? version.startsWith(wanted.slice(0, -1)) : version === wanted;
}

function record([status = '', named = '', arch = '', want = '']: readonly string[]): PackageRecord {
  const at = named.indexOf('=');
  if (at < 1) throw new Error(`dpkg-query printed a line that is none of its own: ${named}`);
  return { name: named.slice(0, at), version: named.slice(at + 1), arch, status, held: want === 'hold' };
}

/** `Inst NAME [OLD] (NEW SUITE [ARCH])` and `Remv` or `Purg NAME [OLD]`, apt-get(8) --simulate. */
function simulation(said: readonly string[]): Simulation {
  const installs = said.flatMap((row) => {
    const [, name, from, to] = /^Inst (\S+)(?: \[([^\]]*)\])? \((\S+)/.exec(row) ?? [];
    return name === undefined || to === undefined ? [] : [{ name, from, to }];
  });
  const removes = said.flatMap((row) => /^(?:Remv|Purg) (\S+)/.exec(row)?.[1] ?? []);
  return { installs, removes };
}

function unreadableFile(path: string): Missing<AptState> {
  return new Missing<AptState>({
    needs: [`path:${path}`],
    failure: {
      summary: `${path} is no package`,
      detail: 'dpkg-deb can read neither a name nor a version in it.',
      hint: 'Perhaps its download was cut short: fetch it again, and check its digest.',
    },
  });
}

const OLD_LISTS = 'Perhaps its lists are old or empty: set `update_cache: true`.';
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/--allow-downgrades/, 'Set `allow_downgrade: true` if an older version is meant.'],
  [
    /--allow-change-held-packages/,
    'It is held: set `hold` to say how it shall be, or `allow_change_held_packages: true`.',
  ],
  [/remove is disabled/, 'Something would have to go for it, and `fail_on_autoremove: true` forbids that.'],
];

/** What apt can't do now it may be able to do once an earlier task has added a repository or fetched the lists. */
function refused(want: AptWant, said: readonly string[]): Missing<AptState> {
  const text = lastLines(said.filter((row) => !/^(Reading|Building|Solving) /.test(row)).join('\n'));
  const stale = said.some((row) => /Unable to locate|no installation candidate|was not found/.test(row));
  return new Missing<AptState>({
    needs: want.packages.map(({ name }) => `package:${name}` as const),
    failure: {
      summary: 'apt refuses',
      detail: `It says:\n${text}`,
      hint: HINTS.find(([words]) => words.test(text))?.[1] ?? (stale && !want.refresh ? OLD_LISTS : undefined),
    },
    // A source that is only pending may offer what these don't.
    source: stale ? `path:${SOURCES}` : undefined,
  });
}
