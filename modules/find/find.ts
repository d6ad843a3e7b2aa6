// What is in directories of the host, by name, kind, age, size and content. Changes nothing.

import {
  defineModule,
  OneOf,
  type ParameterProblem,
  type Plan,
  Strings,
  Type,
  treeThing,
  Unknown,
} from '../../engine/module/index.ts';
import { cleanPath, pathProblem } from '../../engine/resources/file/path.ts';
import { detailFields, detailResults } from '../../engine/resources/path/stat-details.ts';
import { toEre } from '../../engine/resources/text/host-pattern.ts';
import { checkPatterns } from '../../engine/resources/text/regular-expression.ts';
import { DIFFERENCES } from './differences.ts';
import { type FindWant, type Found, parseFind, probeFind } from './found-files.ts';

const AGE = /^(-?\d+)([smhdw]?)[a-z]*$/i;
const SIZE = /^(-?\d+)([bkmgt]?)$/i;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const number = (description: string) =>
  Type.Optional(
    Type.Unsafe<string | number>({ anyOf: [{ type: 'integer' }, { type: 'string', minLength: 1 }], description }),
  );

export default defineModule({
  name: 'find',
  summary: 'Look for files in directories of the host',
  example: `
- name: Archives that are older than a week
  find: { paths: /var/backups, patterns: ["*.tar.gz", "*.tgz"], age: 1w }
  register: old

- name: Away with them
  file: { path: "{{ item.path }}", state: absent }
  loop: "{{ old.files }}"
`,
  params: Type.Object({
    paths: Strings({ description: 'Absolute paths of directories: a list, or a text with commas' }),
    patterns: Type.Optional(
      Strings({
        description: 'What a name may be like, any of a list or of a text with commas: globs, unless use_regex is set',
      }),
    ),
    excludes: Type.Optional(Strings({ description: 'What a name must not be like, in the same way' })),
    use_regex: Type.Boolean({
      default: false,
      description: 'Patterns are regular expressions in Python’s dialect, with which a name has to begin',
    }),
    file_type: OneOf(['file', 'directory', 'link', 'any'], { default: 'file', description: 'What is looked for' }),
    recurse: Type.Boolean({ default: false, description: 'Look into directories below, too' }),
    depth: Type.Optional(Type.Integer({ minimum: 1, description: 'How many levels, with recurse' })),
    hidden: Type.Boolean({ default: false, description: 'Names that begin with a dot count, too' }),
    follow: Type.Boolean({ default: false, description: 'Go into directories that links lead to' }),
    age: number('At least so old: seconds, or with s, m, h, d or w behind it; below nothing at most so old'),
    age_stamp: OneOf(['mtime', 'atime', 'ctime'], { default: 'mtime', description: 'Since when' }),
    size: number('Files of at least so many bytes, or with k, m, g or t behind it; below nothing of at most so many'),
    contains: Type.Optional(
      Type.String({ minLength: 1, description: 'Regular expression with which a line of a file has to begin' }),
    ),
    read_whole_file: Type.Boolean({ default: false, description: 'contains may stand anywhere in a line' }),
    get_checksum: Type.Boolean({ default: false, description: 'Give the sha1 of files, too' }),
  }),
  results: Type.Object({
    files: Type.Array(
      Type.Object({ ...detailResults, checksum: Type.Optional(Type.String({ description: 'sha1 of a file' })) }),
      { description: 'What was found, by path' },
    ),
    matched: Type.Integer({ description: 'How many those are' }),
    examined: Type.Integer({ description: 'How many were looked at' }),
    skipped_paths: Type.Record(Type.String(), Type.String(), { description: 'What was left out, and why' }),
  }),
  manual: {
    reads: 'Names and attributes below the directories, and what `contains` and `get_checksum` ask of files.',
    changes: 'Nothing.',
    dryRun: 'What is in directories into which a pending change writes is `unknown`.',
    needs: 'find, stat, date, grep and sha1sum: Debian’s or BusyBox’s.',
    tried: 'Debian 12: findutils 4.9, coreutils 9.1, grep 3.8.',
  },
  differences: DIFFERENCES,
  aliases: { path: 'paths', name: 'paths', pattern: 'patterns', exclude: 'excludes' },
  costly: true,

  checkParams: (params) => [
    ...list(params.paths).flatMap((path): readonly ParameterProblem[] => {
      const problem = pathProblem(path);
      return problem ? [{ parameter: 'paths', ...problem }] : [];
    }),
    ...(params.use_regex === true
      ? ['patterns', 'excludes'].flatMap((parameter) =>
          list(params[parameter]).flatMap((source) => checkPatterns({ [parameter]: source }, [parameter], {})),
        )
      : []),
    ...checkNumber(params, 'age', AGE, '30, 5m, 2h, 1d or 4w'),
    ...checkNumber(params, 'size', SIZE, '1024, 10k or 1m'),
    ...checkContains(params.contains),
  ],

  prepare: (params): FindWant => {
    const { recurse, depth, contains, read_whole_file: anywhere } = params;
    const read = contains === undefined ? undefined : toEre(contains);
    return {
      paths: [...new Set(list(params.paths).map(cleanPath))],
      patterns: list(params.patterns),
      excludes: list(params.excludes),
      useRegex: params.use_regex,
      type: params.file_type,
      age: amount(params.age, AGE, SECONDS),
      stamp: params.age_stamp,
      size: amount(params.size, SIZE, BYTES),
      contains: read && 'ere' in read ? { ere: read.ere, anywhere } : undefined,
      depth: recurse ? depth : 1,
      hidden: params.hidden,
      follow: params.follow,
      checksum: params.get_checksum,
    };
  },

  probe: probeFind,
  parse: parseFind,
  pending: (have, { paths }, foreseen): Seen => {
    const touched = paths.find((path) => foreseen.at(path) !== undefined || foreseen.isChangedBelow(path));
    return { ...('files' in have ? have : { files: [], examined: 0, skipped: {} }), touched };
  },
  looksAt: ({ paths }) =>
    paths instanceof Unknown ? treeThing(paths) : list(paths).flatMap((path) => treeThing(path)),
  plan: (have: Seen) => planFind(have),
});

interface Seen extends Found {
  /** Where pending changes of a dry run leave something. */
  readonly touched?: string | undefined;
}

function planFind({ files, examined, skipped, touched }: Seen): Plan {
  if (touched !== undefined) {
    const later = new Unknown('apply', `what is in ${touched}`);
    return { changes: [], result: { files: later, matched: later, examined: later, skipped_paths: later } };
  }
  const rows = files.map(({ path, details, checksum }) => ({
    path,
    ...detailFields(details),
    ...(checksum === undefined ? {} : { checksum }),
  }));
  return { changes: [], result: { files: rows, matched: rows.length, examined, skipped_paths: skipped } };
}

/** A text with commas is a list, as in Ansible. */
function list(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [];
}

function amount(
  value: string | number | undefined,
  form: RegExp,
  units: Readonly<Record<string, number>>,
): number | undefined {
  const [, count, unit = ''] = form.exec(String(value ?? '')) ?? [];
  return count === undefined ? undefined : Number(count) * (units[unit.toLowerCase()] ?? 1);
}

function checkNumber(
  params: Readonly<Record<string, unknown>>,
  parameter: string,
  form: RegExp,
  like: string,
): readonly ParameterProblem[] {
  const value = params[parameter];
  if ((typeof value !== 'string' && typeof value !== 'number') || form.test(String(value))) return [];
  return [{ parameter, summary: `‹${value}› is no ${parameter}`, hint: `Write it like ${like}.` }];
}

function checkContains(value: unknown): readonly ParameterProblem[] {
  if (typeof value !== 'string') return [];
  const read = toEre(value);
  return 'ere' in read ? [] : [{ parameter: 'contains', summary: read.summary, hint: read.hint }];
}
