// All sources that a host's apt has, in both forms of sources.list(5), and which of them it won't have beside another one.
import { type Script, sh } from '../../base/script.ts';
import type { Failure } from '../../module/failure.ts';
import { baseName } from '../file/path.ts';

/** Where apt looks for sources. */
export const SOURCES = '/etc/apt/sources.list.d';

/** What apt wants to be the same wherever a repository is named: the option's name without dashes, and its value. */
type Options = ReadonlyMap<string, string>;

export interface KnownSource {
  readonly file: string;
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly options: Options;
}

/** The lines of a file of sources, as far as they matter. */
export interface SourceFile {
  readonly path: string;
  readonly lines: readonly string[];
}

/** `PATH:LINE`. Of a key that stands in a file itself only that it does. apt reads no file of another name. */
export const SOURCE_LINES: Script = sh`for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  case \${f##*/} in *[!A-Za-z0-9_.-]*) continue;; esac
  if [ -f "$f" ] && [ -r "$f" ]; then awk '/^[ \t]*#/ { next } /^[^ \t]/ { k = tolower($0) ~ /^signed-by:/; if (k) n = 0 } !k || !/^[ \t]/ || n++ == 0 { print FILENAME ":" $0 }' "$f"; fi
done`;

/** Whether apt takes sources from a file of that name. */
export function isSourceFile(path: string): boolean {
  return (
    path === '/etc/apt/sources.list' || /^\/etc\/apt\/sources\.list\.d\/[A-Za-z0-9_.-]+\.(list|sources)$/.test(path)
  );
}

/** The files of a probe's rows. */
export function sourceFiles(rows: readonly string[]): readonly SourceFile[] {
  const files = new Map<string, string[]>();
  for (const row of rows) {
    const [, path = '', line = ''] = /^(\/[^:]*):(.*)$/s.exec(row) ?? [];
    files.set(path, [...(files.get(path) ?? []), line]);
  }
  return [...files].map(([path, lines]) => ({ path, lines }));
}

/** Every pair of address and suite that a file names and hasn't switched off. */
export function knownSources({ path, lines }: SourceFile): readonly KnownSource[] {
  return path.endsWith('.sources')
    ? lines
        .join('\n')
        .split(/\n[ \t]*\n/)
        .flatMap((text) => stanza(path, text))
    : lines.flatMap((line) => oneLine(path, line));
}

/** `deb [OPTION=VALUE …] URI SUITE COMPONENT …` */
function oneLine(file: string, line: string): readonly KnownSource[] {
  const [, brackets = '', rest = ''] = /^\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(.*)$/.exec(line) ?? [];
  const [uri, suite, ...components] = rest
    .replace(/\s#.*$/, '')
    .trim()
    .split(/\s+/);
  if (!uri || suite === undefined) return [];
  const options = brackets.split(/\s+/).flatMap((option) => {
    const [, name = '', value = ''] = /^([A-Za-z-]+)[-+]?=(.*)$/.exec(option) ?? [];
    return name === '' ? [] : [[name, value] as const];
  });
  return [{ file, uri: withSlash(uri), suite, components, options: relevant(options) }];
}

function stanza(file: string, text: string): readonly KnownSource[] {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
    fields.set(name.toLowerCase(), value.trim());
  }
  const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
  if (/^(no|false|0|off|without|disable)$/i.test(fields.get('enabled') ?? '')) return [];
  const options = relevant([...fields]);
  return words('uris').flatMap((uri) =>
    words('suites').map((suite) => ({ file, uri: withSlash(uri), suite, components: words('components'), options })),
  );
}

const SETTINGS = [
  ...['signedby', 'trusted', 'allowinsecure', 'allowweak', 'allowdowngradetoinsecure'],
  ...['checkvaliduntil', 'validuntilmin', 'validuntilmax', 'checkdate', 'datemaxfuture', 'inreleasepath', 'snapshot'],
];

function relevant(options: readonly (readonly [string, string])[]): Options {
  const known = options.map(([name, value]) => [name.toLowerCase().replaceAll('-', ''), value] as const);
  return new Map(known.filter(([name, value]) => SETTINGS.includes(name) && value !== ''));
}

/** What apt itself does with an address. */
function withSlash(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}

/** Sources of other files that name the same repository. */
export function sameRepository(own: SourceFile, others: readonly SourceFile[]): readonly Clash[] {
  const wanted = knownSources(own);
  return others
    .filter(({ path }) => path !== own.path)
    .flatMap(knownSources)
    .flatMap((other) =>
      wanted
        .filter(({ uri, suite }) => uri === other.uri && suite === other.suite)
        .map((one) => ({ own: one, other, option: differing(one, other) })),
    );
}

export interface Clash {
  readonly own: KnownSource;
  readonly other: KnownSource;
  /** The option with another value, which apt refuses. */
  readonly option: string | undefined;
}

function differing(own: KnownSource, other: KnownSource): string | undefined {
  return SETTINGS.find((name) => {
    const [ours, theirs] = [normal(own.options.get(name)), normal(other.options.get(name))];
    // Read first, a source without a key takes on that of the next.
    if (name === 'signedby' && theirs === '') return isBefore(own.file, other.file);
    return ours !== theirs;
  });
}

function normal(value = ''): string {
  return value
    .split(/[\s,]+/)
    .sort()
    .join(',');
}

/** apt reads sources.list first, then what is in the directory, by name. */
function isBefore(file: string, other: string): boolean {
  const key = (path: string) => (path.startsWith(SOURCES) ? `1${baseName(path)}` : '0');
  return key(file) < key(other);
}

/** apt refuses everything once two sources of a repository disagree. */
export function clashFailure({ own, other, option }: Clash): Failure {
  const what = option === 'signedby' ? 'another Signed-By' : `another value of ${option}`;
  return {
    summary: `${other.file} has the same source with ${what}`,
    detail: `Of ${own.uri} ${own.suite} it says ${other.options.get(option ?? '') ?? 'nothing'}, and apt reads no source at all while two disagree.`,
    hint: `Remove it in an earlier task, or take its line out:\n\n    - file: { path: ${other.file}, state: absent }`,
  };
}
