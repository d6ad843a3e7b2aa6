// One path on the host: a file's attributes, a directory, a link, or nothing at all.
import {
  defineModule,
  lines,
  Missing,
  OneOf,
  ownership,
  pathThing,
  type Resource,
  Type,
  treeThing,
  unknown,
} from '../engine/module/index.ts';
import { probeFiles } from '../engine/module/resources/file-probe.ts';
import { parseFiles } from '../engine/module/resources/file-report.ts';
import type { FileQuery, FileReport } from '../engine/module/resources/file-state.ts';
import { accountNeeds, fileNeeds } from '../engine/module/resources/managed-file.ts';
import { ancestors, checkPaths, cleanPath, hasControl, parentOf } from '../engine/module/resources/path.ts';
import { planPath } from '../engine/module/resources/path-plan.ts';
import { linkSource, type PathState, type PathWant } from '../engine/module/resources/path-state.ts';
import { pendingPath } from '../engine/module/resources/pending-path.ts';
import { parseFull, parseTrees, probeFull, probeTrees } from '../engine/module/resources/tree-state.ts';

const STATES = ['file', 'directory', 'link', 'hard', 'absent', 'touch'] as const;

export default defineModule({
  name: 'file',
  summary: 'Manage a file, a directory or a link',
  example: `
- name: A directory for uploads
  file: { path: /srv/uploads, state: directory, owner: www-data, group: www-data, mode: "0750" }

- name: The release in use
  file: { path: /srv/current, state: link, src: releases/42, force: true }
`,
  takesCut: true,
  params: Type.Object({
    path: Type.String({ minLength: 1, description: 'Absolute path on the host' }),
    state: OneOf(STATES, {
      description: 'What shall be there; file changes attributes only, touch makes or renews it',
    }),
    src: Type.Optional(Type.String({ minLength: 1, description: 'Where a link leads; for hard an absolute path' })),
    ...ownership,
    recurse: Type.Boolean({
      default: false,
      description: 'Set owner, group and mode of all that is in the directory too',
    }),
    force: Type.Boolean({
      default: false,
      description: 'Link even to nothing, and replace a file or an empty directory',
    }),
    follow: Type.Boolean({ default: false, description: 'Where path is a symbolic link, manage what it leads to' }),
  }),
  aliases: { dest: 'path', name: 'path' },

  checkParams: (params) => {
    const { path, state, src, recurse, mode } = params;
    const linked = state === 'link' || state === 'hard';
    return [
      ...checkPaths(params, state === 'hard' ? ['path', 'src'] : ['path']),
      ...(typeof path === 'string' && state === 'absent' && path.startsWith('/') && cleanPath(path) === '/'
        ? [{ parameter: 'path', summary: 'The root directory cannot be removed', hint: 'Name what shall go.' }]
        : []),
      ...(typeof src === 'string' && hasControl(src)
        ? [{ parameter: 'src', summary: 'A path must not hold control characters', hint: 'Take them out of it.' }]
        : []),
      ...(linked && !('src' in params)
        ? [{ parameter: undefined, summary: `A ${state} needs src`, hint: 'Say with src where the link leads.' }]
        : []),
      ...(typeof state === 'string' && !linked && 'src' in params
        ? [{ parameter: 'src', summary: 'src is for links only', hint: 'Set state to link or hard, or use copy.' }]
        : []),
      ...(recurse === true && typeof state === 'string' && state !== 'directory'
        ? [{ parameter: 'recurse', summary: 'recurse is for directories only', hint: 'Set state to directory.' }]
        : []),
      ...(state === 'link' && mode !== undefined
        ? [
            {
              parameter: 'mode',
              summary: 'A symbolic link has no mode',
              hint: 'Set the mode of what it leads to in a task of its own.',
            },
          ]
        : []),
    ];
  },

  prepare: (params): PathWant => ({ ...params, path: cleanPath(params.path) }),

  probeMany: (wants) =>
    lines(probeTrees(treesOf(wants)), probeFull(fullOf(wants)), probeFiles(wants.flatMap(queriesOf))),
  parseMany: (out, wants) => {
    const report = parseFiles(out, wants.flatMap(queriesOf));
    const trees = parseTrees(out, treesOf(wants));
    const full = parseFull(out, fullOf(wants));
    return wants.map((want) => stateOf(want, report, trees.get(want.path) ?? [], full));
  },

  pending: pendingPath,

  about: ({ path, state, recurse }) => (recurse === true || state === 'absent' ? treeThing(path) : pathThing(path)),
  // Whether what a link leads to is there, `parse` says.
  looksAt: ({ src, state }) => (state === 'hard' ? pathThing(src) : []),
  plan: planPath,
});

function queriesOf(want: PathWant): readonly FileQuery[] {
  const { path, owner, group, follow, state, src } = want;
  if (state === 'hard' && src !== undefined)
    return [{ path, owner, group, moved: true }, { path: cleanPath(src) }, { path: parentOf(path) }];
  const moved = state === 'absent' || state === 'link';
  return [{ moved, path, owner, group, follow, others: state === 'link' ? [linkSource(want)] : [] }];
}

function treesOf(wants: readonly PathWant[]): readonly string[] {
  return [...new Set(wants.filter((want) => want.recurse).map((want) => want.path))];
}

/** Where a link may have to take the place of a directory. */
function fullOf(wants: readonly PathWant[]): readonly string[] {
  const forced = wants.filter(({ state, force }) => force && (state === 'link' || state === 'hard'));
  return [...new Set(forced.map((want) => want.path))];
}

/** What is around the path, where something has to be made or removed there. */
function around(
  want: PathWant,
  report: FileReport,
): Pick<PathState, 'blocker' | 'shut' | 'mounts' | 'crosses' | 'self'> {
  const { path, state } = want;
  const { self, shut: parent } = report.state(want);
  const shut = state === 'directory' ? report.shut(parentOf(path)) : parent;
  return {
    blocker: report.blocker(path),
    ...(state === 'hard' && { crosses: crosses(want, report) }),
    ...(state === 'absent' && { mounts: report.mounts(path) }),
    ...(shut !== undefined && { shut }),
    ...(self !== undefined && { self }),
  };
}

/** Mounts alone don't tell where a link leads elsewhere, and devices not on an overlay: so both have to differ. */
function crosses({ path, src = '' }: PathWant, report: FileReport): boolean {
  const [source, parent] = [cleanPath(src), parentOf(path)];
  const apart = report.entry(source)?.device !== report.entry(parent)?.device;
  return report.entry(parent) !== undefined && apart && report.mountOf(source) !== report.mountOf(parent);
}

function stateOf(
  want: PathWant,
  report: FileReport,
  tree: PathState['tree'],
  full: ReadonlySet<string>,
): PathState | Missing<PathState> {
  const { path, state, src } = want;
  const own = report.entry(path);
  const found: PathState = {
    entry: want.follow && own?.kind === 'link' ? (report.followed(path) ?? own) : own,
    missing: own ? [] : ancestors(path).filter((directory) => !report.exists(directory)),
    source: state === 'hard' && src !== undefined ? report.entry(cleanPath(src)) : undefined,
    tree,
    ...around(want, report),
    full: full.has(path),
  };
  if (state === 'absent' || own?.kind === 'hidden') return found;
  if (state === 'file' && own === undefined) return unknown(`path:${path}`);
  const needs: Resource[] = [
    ...(state === 'directory'
      ? accountNeeds(report, want)
      : fileNeeds(report, { path, owner: want.owner, group: want.group })),
    ...(state === 'link' && !want.force && own?.target !== src && !report.exists(linkSource(want))
      ? [`path:${linkSource(want)}` as const]
      : []),
    ...(state === 'hard' && found.source === undefined ? [`path:${src ?? ''}` as const] : []),
  ];
  return needs.length === 0 ? found : new Missing(needs, found);
}
