// What is in an archive, in a directory of the host.
import {
  type Change,
  defineModule,
  LocalArchive,
  Missing,
  ownership,
  type Plan,
  pathThing,
  Type,
  treeThing,
} from '../engine/module/index.ts';
import { archiveKind, OTHER_ARCHIVE } from '../engine/module/resources/archive.ts';
import { isShut } from '../engine/module/resources/file-refusal.ts';
import { noDirectory } from '../engine/module/resources/managed-file.ts';
import { checkPaths, cleanPath } from '../engine/module/resources/path.ts';
import { pendingTreeAt, untold } from '../engine/module/resources/pending-file.ts';
import { lastLines } from '../engine/module/resources/said.ts';
import { planTree } from '../engine/module/resources/tree-plan.ts';
import { unpackThere } from '../engine/module/resources/tree-scripts.ts';
import { type WantedTree, wantedTree } from '../engine/module/resources/tree-want.ts';
import {
  parseUnarchive,
  probeUnarchive,
  type UnarchiveState,
  type UnarchiveWant,
  unarchiveInput,
} from '../engine/module/resources/unarchive-state.ts';

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
          'Archive in files/ beside the runbook: .tar.gz, .tar, .tar.xz or .zip; with remote_src its path on the host',
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
    ...ownership,
    strip_components: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'How many leading directories of the paths in the archive are left out',
    }),
  }),
  costly: true,

  checkParams: (params) => {
    const { src, remote_src: remote, creates, strip_components: strip } = params;
    const kind = typeof src === 'string' ? archiveKind(src) : undefined;
    return [
      ...checkPaths(params, remote === true ? ['dest', 'creates', 'src'] : ['dest', 'creates']),
      ...(typeof src === 'string' && kind === undefined ? [{ parameter: 'src', ...OTHER_ARCHIVE }] : []),
      ...(kind === 'zip' && remote === true && creates === undefined
        ? [
            {
              parameter: 'src',
              summary: 'A zip archive on the host cannot be held against what is unpacked',
              hint: 'Say with creates what is there once it is.',
            },
          ]
        : []),
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
    const { src, owner, group, mode, creates, strip_components: strip } = params;
    const dest = cleanPath(params.dest);
    const name = typeof src === 'string' ? src : src.name;
    const options = { dest, owner, group, mode, remove: false, exclude: [] };
    const tree = typeof src === 'string' ? undefined : () => treeOf(src, strip, options);
    if (creates === undefined) tree?.(); // an archive that is refused is this task's failure, whoever is read with it
    return {
      dest,
      owner,
      group,
      mode,
      strip,
      kind: archiveKind(name) ?? 'tar.gz',
      creates: creates === undefined ? undefined : cleanPath(creates),
      tree,
      source: typeof src === 'string' ? cleanPath(src) : undefined,
    };
  },

  probe: probeUnarchive,
  input: unarchiveInput,
  parse: parseUnarchive,
  // What an archive on the host will hold, only its maker knows.
  pending: (have, want, foreseen) =>
    want.source !== undefined && !(have instanceof Missing) && foreseen.left(want.source)
      ? untold(want.source)
      : pendingTreeAt(want.dest, have, foreseen, (state) => planOf(state, want)),
  about: ({ dest }) => treeThing(dest),
  looksAt: ({ src, remote_src: remote, creates }) => [
    ...pathThing(creates),
    ...(remote === true ? pathThing(src) : []),
  ],
  plan: (have, want): Plan => ({ ...planOf(have, want), result: { dest: want.dest } }),
});

function planOf(have: UnarchiveState, want: UnarchiveWant): Plan {
  if (have.created) return { changes: [] };
  if (have.tree && want.tree) return planTree(have.tree, want.tree());
  if (have.blocker !== undefined) return { changes: [], failure: noDirectory(have.blocker, `${want.dest}/`) };
  if (want.creates === undefined && have.differences.length === 0) return { changes: [] };
  const { dest, source = '' } = want;
  if (have.broken !== undefined) return { changes: [], failure: notWhole(source, have.broken) };
  if (have.shut !== undefined) return { changes: [], failure: isShut(have.shut, `${dest}/`) };
  const change: Change = {
    op: '~',
    what: `what ${source} holds, in ${dest}`,
    to: have.differences.slice(0, 5).join('; ') || undefined,
    steps: [{ run: unpackThere(want, source) }],
    provides: [`path:${dest}`, `path:${dest}/`],
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

const known = new WeakMap<LocalArchive, Map<string, WantedTree>>();

/** The same for all hosts: an archive is listed once. */
function treeOf(src: LocalArchive, strip: number, options: Parameters<typeof wantedTree>[1]): WantedTree {
  const trees = known.get(src) ?? new Map<string, WantedTree>();
  known.set(src, trees);
  const key = JSON.stringify([strip, options]);
  const tree = trees.get(key) ?? wantedTree(src.items(strip), options);
  trees.set(key, tree);
  return tree;
}
