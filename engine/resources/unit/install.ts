// What decides whether a unit starts at boot: the [Install] sections of its files, and the links that systemctl makes of
// them, systemd.unit(5). `is-enabled` says "enabled" for any one link; here each that is asked for is looked for.

/** A file of a unit's: only the lines of its [Install] sections. */
export interface Fragment {
  readonly path: string;
  readonly install: readonly string[];
}

export interface InstallUnit {
  /** All names that its manager knows it by, its own first. */
  readonly names: readonly string[];
  /** Its file, then its drop-ins in the order in which they are read. */
  readonly fragments: readonly Fragment[];
}

/** A unit with those that it names with Also=, and the links to them, relative to where systemctl makes them. */
export interface InstallState {
  readonly units: readonly InstallUnit[];
  /** Those that stay … */
  readonly config: readonly string[];
  /** … those until the next boot, and those that an administrator made for all users. */
  readonly runtime: readonly string[];
  readonly global: readonly string[];
  /** Names by which others are there. */
  readonly taken: readonly string[];
}

/** That of a unit whose files nobody has read. */
export const NO_INSTALL: InstallState = { units: [], config: [], runtime: [], global: [], taken: [] };

export interface Boot {
  /** Whether [Install] says anything, or leads to something that does. */
  readonly provided: boolean;
  /** Links that are asked for and there, asked for and not there, there and not asked for. */
  readonly there: readonly string[];
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  readonly runtime: readonly string[];
  readonly global: readonly string[];
  /** Those of the missing that others have. */
  readonly taken: readonly string[];
}

interface Install {
  readonly links: readonly string[];
  readonly aliases: readonly string[];
  readonly also: readonly string[];
}

const KINDS: Readonly<Record<string, string>> = { WantedBy: 'wants', RequiredBy: 'requires', UpheldBy: 'upholds' };

/** The lines of the [Install] sections of a unit file's text. */
export function installLines(text: string): readonly string[] {
  let inside = false;
  return text.split('\n').filter((line) => {
    const section = /^\s*\[(.*)\]/.exec(line)?.[1];
    if (section === undefined) return inside;
    inside = section === 'Install';
    return false;
  });
}

/** The units that some lines of [Install] sections name with Also=. */
export function alsoOf(unit: string, install: readonly string[]): readonly string[] {
  return readInstall(unit, install).also;
}

/** How a unit is enabled. One that has nothing of its own to be enabled by is as those are that it names with Also=. */
export function bootOf({ units, config, runtime, global, taken }: InstallState, unit: string): Boot {
  const seen = new Set<string>();
  const boots = (name: string): readonly Boot[] => {
    const found = units.find(({ names }) => names.includes(name));
    const own = found?.names[0] ?? name;
    if (seen.has(own)) return [];
    seen.add(own);
    const lines = (found?.fragments ?? []).flatMap(({ install }) => install);
    const { links, aliases, also } = readInstall(own, lines);
    // systemctl makes these of an instance when it enables it, and leaves them when it disables it: they are a sign of neither.
    const left = aliases.map((alias) => instanceOf(alias, own));
    const isIts = (link: string) =>
      link.includes('/')
        ? link.endsWith(`/${own}`)
        : link !== own && !left.includes(link) && (found?.names.includes(link) ?? false);
    const wanted = [...links, ...aliases.filter((alias) => alias !== own && instanceOf(alias, own) === undefined)];
    const there = config.filter(isIts);
    const boot: Boot = {
      provided: wanted.length > 0,
      there: wanted.filter((link) => there.includes(link)),
      missing: wanted.filter((link) => !there.includes(link)),
      stale: there.filter((link) => !wanted.includes(link)),
      runtime: runtime.filter(isIts),
      global: global.filter(isIts),
      taken: wanted.filter((link) => taken.includes(link)),
    };
    return wanted.length > 0 ? [boot] : [boot, ...also.flatMap(boots)];
  };
  const all = boots(unit);
  return {
    provided: all.some(({ provided }) => provided),
    there: all.flatMap(({ there }) => there),
    missing: all.flatMap(({ missing }) => missing),
    stale: all.flatMap(({ stale }) => stale),
    runtime: all.flatMap((boot) => boot.runtime),
    global: all.flatMap((boot) => boot.global),
    taken: all.flatMap((boot) => boot.taken),
  };
}

/** An empty value takes back what stood before it. What holds a specifier that only the host can resolve is left out. */
function readInstall(unit: string, rows: readonly string[]): Install {
  const values = new Map<string, string[]>();
  const text = rows
    .filter((row) => !/^\s*[#;]/.test(row))
    .join('\n')
    .replaceAll('\\\n', ' ');
  for (const row of text.split('\n')) {
    const [, key = '', value = ''] = /^\s*([A-Za-z]+)\s*=(.*)$/.exec(row) ?? [];
    const words = value.split(/\s+/).filter((word) => word !== '');
    values.set(key, words.length === 0 ? [] : [...(values.get(key) ?? []), ...words]);
  }
  const named = (key: string) => (values.get(key) ?? []).flatMap((word) => expanded(word, unit) ?? []);
  return {
    links: Object.entries(KINDS).flatMap(([key, kind]) => named(key).map((target) => `${target}.${kind}/${unit}`)),
    aliases: named('Alias'),
    also: named('Also'),
  };
}

/** What systemctl makes of an alias that is a template's name (`autovt@.service`) when it enables an instance; undefined for any other. */
function instanceOf(alias: string, unit: string): string | undefined {
  const [, instance] = /@(.+)\.[a-z]+$/.exec(unit) ?? [];
  const [, prefix, kind] = /^(.*@)(\.[a-z]+)$/.exec(alias) ?? [];
  return instance === undefined || prefix === undefined ? undefined : `${prefix}${instance}${kind}`;
}

/** systemd.unit(5), "Specifiers": those that hang on the unit's name alone. */
function expanded(word: string, unit: string): string | undefined {
  const bare = unit.slice(0, unit.lastIndexOf('.'));
  const [prefix = '', instance = ''] = bare.split(/@(.*)/s);
  const known: Readonly<Record<string, string>> = {
    '%': '%',
    n: unit,
    N: bare,
    p: prefix,
    i: instance,
    j: prefix.slice(prefix.lastIndexOf('-') + 1),
  };
  let told = true;
  const text = word.replaceAll(/%(.)/gs, (_, letter: string) => {
    told &&= letter in known;
    return known[letter] ?? '';
  });
  return told ? text : undefined;
}
