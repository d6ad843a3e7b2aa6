// What is in an archive, in a directory of the host.

import { archiveKind, OTHER_ARCHIVE } from '../../engine/archive/kind.ts';
import { lastLines } from '../../engine/base/last-lines.ts';
import {
  type Change,
  defineModule,
  LocalArchive,
  Missing,
  ownership,
  type Plan,
  pathThing,
  type Step,
  sh,
  Type,
  treeThing,
} from '../../engine/module/index.ts';
import { noDirectory } from '../../engine/resources/file/managed.ts';
import { checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import { pendingTreeAt, untold } from '../../engine/resources/file/pending.ts';
import { isShut } from '../../engine/resources/file/refusal.ts';
import { type Choice, checkChoice, chooser, notFound } from '../../engine/resources/tree/archive-choice.ts';
import { planTree } from '../../engine/resources/tree/plan.ts';
import { unpackThere } from '../../engine/resources/tree/scripts.ts';
import { type WantedTree, wantedTree } from '../../engine/resources/tree/want.ts';
import { DIFFERENCES } from './differences.ts';
import { archiveOptions, checkOptions } from './options.ts';
import { parseUnarchive, probeUnarchive, type UnarchiveState, type UnarchiveWant, unarchiveInput } from './state.ts';

export default defineModule({
  name: 'unarchive',
  summary: 'Unpack an archive into a directory',
  example: `
- name: A tool that is not packaged
  unarchive: { src: node_exporter-1.9.1.tar.gz, dest: /opt/node_exporter, strip_components: 1, owner: root, group: root }
`,
  params: Type.Object({
    src: Type.Unsafe<LocalArchive | string>({
      ...LocalArchive({
        description:
          'Archive in files/ beside the runbook: .tar, .tar.gz, .tar.xz, .tar.bz2, .tar.zst or .zip; with remote_src its path on the host',
      }),
      vrunUnless: 'remote_src',
    }),
    dest: Type.String({
      minLength: 1,
      description: 'Absolute path of a directory on the host, made where it is missing',
    }),
    remote_src: Type.Boolean({
      default: false,
      description:
        'Take src from the host; owner, group and mode are then set when it is unpacked and not looked at again',
    }),
    creates: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Absolute path; where it is there, nothing is unpacked. Without it every file is held against the archive',
      }),
    ),
    owner: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'User that owns what is unpacked: files, and directories that were not there',
      }),
    ),
    group: Type.Optional(Type.String({ minLength: 1, description: 'Group that owns it' })),
    mode: ownership.mode,
    strip_components: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'How many leading directories of the paths in the archive are left out',
    }),
    include: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Names of files and directories in the archive, as it has them: nothing else is unpacked',
    }),
    exclude: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Patterns of names in it, at any depth, that are not unpacked: *.md, docs',
    }),
    extra_opts: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: "tar's --strip-components and --exclude, as Ansible takes them",
    }),
    list_files: Type.Boolean({ default: false, description: 'Give back the names of what is unpacked as files' }),
  }),
  results: Type.Object({
    dest: Type.String({ description: 'The directory, as it was asked for' }),
    files: Type.Optional(
      Type.Array(Type.String(), {
        description: 'With list_files: names as they stand in the archive, those of directories with a slash',
      }),
    ),
  }),
  manual: {
    reads:
      'Every file below dest that the archive has: kind, size, digest and mode; of an archive on the host GNU tar says what differs, unzip member by member.',
    changes:
      'What differs is unpacked in a private directory inside dest and renamed into place: each file is the old one or the new one, a new directory comes whole. Directories that are there keep owner, group and mode, and links to directories are never replaced or followed.',
    dryRun: 'What an archive on the host will hold that an earlier task changes.',
    needs:
      'tar; for an archive of the host GNU tar, and xz, bzip2, zstd or unzip for its kind. An archive of the controller is unpacked there, with its xz, bzip2 or zstd.',
    tried:
      'Archives of GNU tar 1.34, bsdtar 3.6.2, Python 3, Info-ZIP 3.0, 7-Zip 26.02, git archive 2.39 and npm pack 11; Debian 12.',
  },
  differences: DIFFERENCES,
  costly: true,

  checkParams: (params) => {
    const { src, remote_src: remote, strip_components: strip } = params;
    const kind = typeof src === 'string' ? archiveKind(src) : undefined;
    if (typeof src === 'string' && /^(https?|ftp):/.test(src)) return [{ parameter: 'src', ...ADDRESS }];
    return [
      ...checkPaths(params, remote === true ? ['dest', 'creates', 'src'] : ['dest', 'creates']),
      ...checkChoice(params),
      ...checkOptions(params.extra_opts),
      ...(typeof src === 'string' && kind === undefined ? [{ parameter: 'src', ...OTHER_ARCHIVE }] : []),
      ...(kind === 'zip' && remote === true && typeof strip === 'number' && strip > 0
        ? [
            {
              parameter: 'strip_components',
              summary: 'unzip has no way to leave out directories',
              hint: 'Leave it out.',
            },
          ]
        : []),
    ];
  },

  prepare: (params): UnarchiveWant => {
    const { src, owner, group, mode, creates, include } = params;
    const dest = cleanPath(params.dest);
    const name = typeof src === 'string' ? src : src.name;
    const extra = archiveOptions(params.extra_opts);
    const strip = extra.strip ?? params.strip_components;
    const choice = { include, exclude: [...params.exclude, ...extra.exclude] };
    const options = { dest, owner, group, mode, remove: false, shares: true, exclude: [] };
    const local = typeof src === 'string' ? undefined : () => unpacked(src, strip, choice, options);
    if (creates === undefined) local?.(); // an archive that is refused is this task's failure, whoever is read with it
    return {
      ...{ dest, owner, group, mode, strip, ...choice, listed: params.list_files, asked: params.dest },
      kind: archiveKind(name) ?? 'tar.gz',
      creates: creates === undefined ? undefined : cleanPath(creates),
      tree: local && (() => local().tree),
      members: local && (() => local().members),
      lacking: local && (() => local().lacking),
      source: typeof src === 'string' ? cleanPath(src) : undefined,
    };
  },

  probe: probeUnarchive,
  input: unarchiveInput,
  parse: parseUnarchive,
  // What an archive on the host will hold, only its maker knows.
  pending: (have, want, foreseen) =>
    want.source !== undefined && !(have instanceof Missing) && foreseen.at(want.source)
      ? untold(want.source)
      : pendingTreeAt(want.dest, have, foreseen, (state) => planOf(state, want)),
  about: ({ dest }) => treeThing(dest),
  looksAt: ({ src, remote_src: remote, creates }) => [
    ...pathThing(creates),
    ...(remote === true ? pathThing(src) : []),
  ],
  plan: (have, want): Plan => {
    const { files } = have;
    return { ...planOf(have, want), result: { dest: want.asked, ...(files === undefined ? {} : { files }) } };
  },
});

function planOf(have: UnarchiveState, want: UnarchiveWant): Plan {
  if (have.created) return { changes: [] };
  const plan = unpacking(have, want);
  const { creates } = want;
  const last = plan.changes.at(-1);
  if (creates === undefined || last === undefined) return plan;
  return { ...plan, changes: [...plan.changes.slice(0, -1), { ...last, steps: [...last.steps, made(creates)] }] };
}

/** Otherwise it would be unpacked each time. */
function made(path: string): Step {
  const said = `It was unpacked, and ${path} is still not there: let \`creates\` name what the archive has.`;
  return { run: sh`[ -e ${path} ] || [ -h ${path} ] || { printf '%s\n' ${said} >&2; exit 1; }` };
}

function unpacking(have: UnarchiveState, want: UnarchiveWant): Plan {
  const lacking = want.lacking?.();
  if (lacking !== undefined) return { changes: [], failure: notInIt(lacking) };
  if (have.tree && want.tree) return planTree(have.tree, want.tree());
  if (have.blocker !== undefined) return { changes: [], failure: noDirectory(have.blocker, `${want.dest}/`) };
  if (want.creates === undefined && have.differences.length === 0) return { changes: [] };
  const { dest, source = '' } = want;
  if (have.broken !== undefined) return { changes: [], failure: notWhole(source, have.broken) };
  if (have.shut !== undefined) return { changes: [], failure: isShut(have.shut, `${dest}/`) };
  if (have.inTheWay !== undefined) return { changes: [], failure: anotherKind(`${dest}/${have.inTheWay}`) };
  const change: Change = {
    op: '~',
    what: `what ${source} holds, in ${dest}`,
    to: have.differences.slice(0, 5).join('; ') || undefined,
    steps: [{ run: unpackThere(want, source) }],
    effects: [{ makes: `path:${dest}` }, { makes: `path:${dest}/` }],
  };
  return { changes: [change] };
}

function notWhole(source: string, said: string): Plan['failure'] {
  return {
    summary: `${source} is not a whole archive`,
    detail: `What unpacks it says:\n${lastLines(said)}`,
    hint: 'Perhaps its download was cut short, or its name says another kind than it is: fetch it again.',
  };
}

function notInIt(name: string): Plan['failure'] {
  return {
    summary: `the archive holds nothing of the name ${name}`,
    detail: 'The task wants it by `include`.',
    hint: 'Write it as `tar -t` or `unzip -Z1` prints it.',
  };
}

function anotherKind(path: string): Plan['failure'] {
  return {
    summary: `${path} is a directory or leads to one, and is something else in the archive`,
    detail: 'Nothing is written through a link, and what stands there is not removed unasked.',
    hint: 'Unpack where the link leads to; or remove it with `file: { state: absent }` first, if it may go.',
  };
}

const ADDRESS = {
  summary: 'An archive is not fetched by unarchive',
  hint: 'Fetch it in a task before with get-url, which knows it by its digest, and name that file with remote_src: true.',
};

interface Unpacked {
  readonly tree: WantedTree;
  readonly members: readonly string[];
  readonly lacking: string | undefined;
}

const known = new WeakMap<LocalArchive, Map<string, Unpacked>>();

/** The same for all hosts: an archive is listed once. */
function unpacked(
  src: LocalArchive,
  strip: number,
  choice: Choice,
  options: Parameters<typeof wantedTree>[1],
): Unpacked {
  const made = known.get(src) ?? new Map<string, Unpacked>();
  known.set(src, made);
  const key = JSON.stringify([strip, choice, options]);
  const before = made.get(key);
  if (before) return before;
  const takes = chooser(choice);
  const members = src.items(0, takes).map(({ path, kind }) => (kind === 'directory' ? `${path}/` : path));
  const [lacking] = notFound(choice, members);
  const now = { tree: wantedTree(src.items(strip, takes), options), members, lacking };
  made.set(key, now);
  return now;
}
