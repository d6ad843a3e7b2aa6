// What is at a path, for later tasks to decide by. Changes nothing.

import {
  defineModule,
  type Failure,
  OneOf,
  type PathEffect,
  type Plan,
  pathThing,
  Type,
  Unknown,
  type Value,
} from '../../engine/module/index.ts';
import { unreadable } from '../../engine/resources/file/attributes.ts';
import { ALGORITHMS } from '../../engine/resources/file/checksum.ts';
import { checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import {
  type Details,
  detailFields,
  detailResults,
  isRegular,
  KINDS,
  kindFields,
  modeFields,
  textOrNull,
} from '../../engine/resources/path/stat-details.ts';
import { DIFFERENCES } from './differences.ts';
import { parseStats, probeStats, type StatState, type StatWant } from './state.ts';

const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const number = (description: string) => Type.Optional(Type.Integer({ description }));

export default defineModule({
  name: 'stat',
  summary: 'Look at a path',
  example: `
- name: Is there a certificate
  stat: { path: /etc/ssl/private/site.pem }
  register: certificate

- name: Say so
  debug: { msg: There is no certificate yet }
  when: "!certificate.stat.exists"
`,
  params: Type.Object({
    path: Type.String({
      minLength: 1,
      description: 'Absolute path on the host; with a slash at its end it has to be a directory, links followed',
    }),
    follow: Type.Boolean({ default: false, description: 'Look at what a symbolic link leads to' }),
    get_checksum: Type.Boolean({ default: true, description: 'Read a file for its checksum' }),
    checksum_algorithm: OneOf(ALGORITHMS, { default: 'sha1', description: 'What the checksum is made by' }),
  }),
  results: Type.Object({
    stat: Type.Object(
      {
        exists: Type.Boolean({ description: 'Whether anything is there; without it there are no other fields' }),
        ...detailResults,
        readable: flag("The task's user may read it"),
        writeable: flag("The task's user may write to it"),
        executable: flag("The task's user may execute it, or enter it"),
        lnk_target: textOrNull('What a symbolic link says; null for anything else'),
        lnk_source: textOrNull('Where a symbolic link leads in the end, as an absolute path; null for anything else'),
        checksum: textOrNull(
          'Of a file, by `checksum_algorithm`; null for anything else, and for what may not be read',
        ),
        blocks: number('Of 512 bytes each, that it takes'),
        block_size: number('Bytes that are best read at once'),
        device_type: number('Which device it is; 0 for anything else'),
      },
      { description: 'What is at the path' },
    ),
  }),
  manual: {
    reads:
      'The path itself, and of a file its content for the checksum. A directory that may not be entered is a failure, and not an answer.',
    changes: 'Nothing.',
    dryRun:
      'Of what a pending change makes or rewrites its kind is known, and its mode as far as the change says; the other fields are `unknown`.',
    needs: 'stat, readlink, base64 and the program of the checksum: coreutils or BusyBox.',
    tried: 'Debian 12: coreutils 9.1; BusyBox 1.35.',
  },
  differences: DIFFERENCES,
  freeForm: 'path',
  aliases: { dest: 'path', name: 'path', checksum: 'checksum_algorithm', checksum_algo: 'checksum_algorithm' },
  checkParams: (params) => checkPaths(params, ['path']),
  prepare: ({ path, follow, get_checksum: isRead, checksum_algorithm: algorithm }): StatWant => {
    const clean = cleanPath(path);
    const slash = /\/\.?$/.test(path) && clean !== '/' ? '/' : '';
    return { path: `${clean}${slash}`, follow, checksum: isRead ? algorithm : undefined };
  },

  probeMany: probeStats,
  parseMany: parseStats,

  pending: (have, { path, follow }, foreseen) => {
    const left = foreseen.at(cleanPath(path));
    const leads = 'source' in have ? have.source : undefined;
    const behind = (follow || path.endsWith('/')) && leads !== undefined ? foreseen.at(leads) : undefined;
    const isFollowed = left?.kind === 'link' && (follow || path.endsWith('/'));
    if (left === undefined && behind === undefined) return have;
    return { ...have, left: isFollowed || behind ? { path, kind: 'anything' as const } : left };
  },

  looksAt: ({ path }) => pathThing(path),
  plan: (have: Found, want) => planStat(have, want),
});

interface Found extends StatState {
  /** What a pending change of a dry run leaves there, so that what is read of it now is no longer so. */
  readonly left?: PathEffect | undefined;
}

function planStat(have: Found, want: StatWant): Plan {
  const { left, trouble, details } = have;
  if (left) return { changes: [], result: { stat: foreseenFields(left, have, want) } };
  if (trouble) return { changes: [], failure: failureOf(trouble, want.path) };
  return { changes: [], result: { stat: details ? fields(details, have, want) : { exists: false } } };
}

function failureOf(trouble: NonNullable<StatState['trouble']>, path: string): Failure {
  if (trouble === 'hidden') return unreadable(path);
  if (trouble === 'loop') {
    return { summary: `${path} leads nowhere`, detail: 'It is a symbolic link that leads to itself in the end.' };
  }
  return {
    summary: `${path} can't be there`,
    detail: 'Something that is no directory stands where one would have to be.',
    hint: path.endsWith('/') ? 'Take the slash away to look at the file.' : undefined,
  };
}

/** The names are Ansible's. */
function fields(details: Details, { access, target, source, checksum }: StatState, { path }: StatWant) {
  const isLink = details.type === KINDS.link;
  return {
    exists: true,
    path,
    ...detailFields(details),
    readable: access.includes('r'),
    writeable: access.includes('w'),
    executable: access.includes('x'),
    lnk_target: isLink ? (target ?? null) : null,
    lnk_source: isLink ? (source ?? null) : null,
    checksum: isRegular(details) ? (checksum ?? null) : null,
    blocks: details.blocks,
    block_size: details.blockSize,
    device_type: details.deviceType,
  };
}

/** As far as it is known; undefined fields are not. */
function foreseenFields(left: PathEffect, have: StatState, want: StatWant): Value {
  const { path } = want;
  if (left.kind === 'nothing') return { exists: false };
  const reason = new Unknown('apply', `what is at ${path}`);
  if (left.kind === 'anything') return reason;
  const unknown = Object.fromEntries(FIELDS.map((name) => [name, reason]));
  const mode = left.kind === 'link' ? 0o777 : left.mode;
  const ofMode = mode === undefined ? {} : modeFields(mode);
  if (left.kind === 'same') {
    if (!have.details) return reason;
    const others = [...(left.owner === undefined ? [] : OWNER), ...(left.group === undefined ? [] : GROUP)];
    return { ...fields(have.details, have, want), ...pick(unknown, [...ALWAYS_CHANGED, ...others]), ...ofMode };
  }
  const link = left.kind === 'link' ? { lnk_target: left.target } : { lnk_target: null, lnk_source: null };
  return { ...unknown, exists: true, path, ...kindFields(KINDS[left.kind]), ...ofMode, ...link };
}

const FIELDS = [
  ...Object.keys(detailResults),
  ...[
    'readable',
    'writeable',
    'executable',
    'lnk_target',
    'lnk_source',
    'checksum',
    'blocks',
    'block_size',
    'device_type',
  ],
];

/** What a change of owner, group, mode or times may change besides these. */
const ALWAYS_CHANGED = ['atime', 'mtime', 'ctime', 'readable', 'writeable', 'executable'];
const OWNER = ['uid', 'pw_name'];
const GROUP = ['gid', 'gr_name'];

function pick(from: Readonly<Record<string, Value>>, names: readonly string[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
