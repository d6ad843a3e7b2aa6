// Files on the host with a content from the controller (or, with remote_src, from the host itself).

import {
  Content,
  defineModule,
  type LocalSource,
  lines,
  Mode,
  ModeOrPreserve,
  ownership,
  pathThing,
  Text,
  Type,
  treeThing,
} from '../../engine/module/index.ts';
import { octal } from '../../engine/module/mode.ts';
import { type HostTree, parseHostTrees, probeHostTrees } from '../../engine/resources/copy/host-tree.ts';
import {
  type CopyWant,
  copyResults,
  copyState,
  type Destination,
  destinationOf,
  pendingCopy,
  planCopy,
  queriesOf,
} from '../../engine/resources/copy/plan.ts';
import type { ManagedFile } from '../../engine/resources/file/managed.ts';
import { replacement } from '../../engine/resources/file/parameters.ts';
import { ancestors, baseName, checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import { checkValidate, validation } from '../../engine/resources/file/validate.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  name: 'copy',
  summary: 'Write files',
  example: `
- name: Message of the day
  copy:
    content: "Managed by vrun; changes made here are undone.\\n"
    dest: /etc/motd
    owner: root
    group: root
    mode: "0644"
`,
  takesCut: true,
  params: Type.Object({
    dest: Type.String({
      minLength: 1,
      description: 'Absolute path on the host; in a directory the file keeps its name',
    }),
    src: Type.Optional(
      // A LocalSource, and with remote_src a path as it was written.
      Type.Unsafe<LocalSource | string>({
        type: 'string',
        minLength: 1,
        vrun: 'local-file',
        vrunUnless: 'remote_src',
        description: 'File or directory in files/ beside the runbook; with a slash at its end only what is in it',
      }),
    ),
    content: Type.Optional(Text({ description: 'The text of the file itself, in place of src' })),
    ...ownership,
    mode: Type.Optional(
      ModeOrPreserve({ description: 'Permissions: quoted octal ("0644"), symbolic, or preserve for those of src' }),
    ),
    ...replacement,
    directory_mode: Type.Optional(
      Mode({
        description:
          'Permissions of directories that have to be made: 0755, and with remote_src those that they have there',
      }),
    ),
    force: Type.Boolean({ default: true, description: 'Replace a file whose content differs' }),
    remote_src: Type.Boolean({ default: false, description: 'Take src from the host: a file, or a directory' }),
    local_follow: Type.Optional(
      Type.Boolean({
        description:
          'Put in the place of links in a directory what they lead to: true unless said otherwise, and with remote_src false',
      }),
    ),
  }),
  results: copyResults,
  manual: {
    reads:
      'The digest of what is there, its attributes, and the directories above it. Its old text is read where it differs and is short, for the diff.',
    changes:
      'A file is written in a private directory beside it and renamed into its place: others see the old one or the new one. A symbolic link in its place is replaced. A directory comes file by file; one of the host is copied whole and renamed into place, and what is only in dest stays.',
    dryRun: 'What a directory of the host will hold once pending changes are made to it.',
    needs: 'coreutils or BusyBox; for a directory of the host tar and find.',
    tried: 'Debian 12: coreutils 9.1, dash 0.5.12, bash 5.2; BusyBox 1.35.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => [
    ...checkPaths(params, params.remote_src === true ? ['dest', 'src'] : ['dest']),
    ...checkValidate(params),
    ...('src' in params || 'content' in params
      ? []
      : [{ parameter: undefined, summary: 'copy needs src or content', hint: 'Say what shall be written.' }]),
    ...('src' in params && 'content' in params
      ? [{ parameter: 'content', summary: 'copy takes src or content, not both', hint: 'Leave one of them out.' }]
      : []),
    ...('content' in params && params.mode === 'preserve'
      ? [{ parameter: 'mode', summary: 'content has no mode to preserve', hint: 'Say which mode the file shall have.' }]
      : []),
    ...('content' in params && typeof params.dest === 'string' && params.dest.endsWith('/')
      ? [
          {
            parameter: 'dest',
            summary: 'content needs the name of a file',
            hint: 'Take the slash away, or add a name.',
          },
        ]
      : []),
  ],

  prepare: (params): CopyWant => {
    const { owner, group, mode, backup, force, content, src, local_follow: follow } = params;
    const options = { owner, group, mode, backup, force, validate: validation(params.validate) };
    const directory = { owner, group, mode: params.directory_mode ?? '0755' };
    const dest = cleanPath(params.dest);
    const file = (path: string, bytes: Content, own?: number): ManagedFile => ({
      ...options,
      mode: mode === 'preserve' && own !== undefined ? octal(own) : mode,
      path,
      content: bytes,
    });
    const want = { ...options, directory, inside: undefined };
    if (src === undefined) {
      return { ...want, at: { path: dest, files: [file(dest, content ?? Content.of(''))], directories: [] } };
    }
    const name = typeof src === 'string' ? src : src.name;
    const inner = cleanPath(`${dest}/${baseName(cleanPath(name))}`);
    const top = name.endsWith('/') ? dest : inner;
    if (typeof src !== 'string' && src.tree) {
      const items = src.tree(follow ?? true).map((item) => ({ ...item, at: `${top}/${item.path}` }));
      const files = items.flatMap(({ at, content: bytes, mode: own }) => (bytes ? [file(at, bytes, own)] : []));
      const links = items.flatMap(({ at, target }) => (target === undefined ? [] : [{ path: at, target }]));
      const inTree = items.flatMap(({ kind, at }) => (kind === 'directory' ? [...ancestors(at), at] : ancestors(at)));
      const directories = [...new Set([...ancestors(top), top, ...inTree])].sort();
      return { ...want, at: { path: top, files, links, directories } };
    }
    const to = (path: string): Destination =>
      typeof src === 'string'
        ? { path, files: [], directories: [], source: cleanPath(src) }
        : { path, files: [file(path, src.content, src.mode)], directories: [] };
    const tree: HostTree | undefined =
      typeof src === 'string'
        ? {
            ...{ source: cleanPath(src), dest: top, owner, group, mode: mode === 'preserve' ? undefined : mode },
            ...{ directoryMode: params.directory_mode, follow: follow ?? false, force },
          }
        : undefined;
    if (name.endsWith('/')) return { ...want, tree, at: to(dest) };
    return { ...want, tree, ...destinationOf(params.dest, baseName(cleanPath(name)), to) };
  },

  probeMany: (wants) => lines(probeHostTrees(treesOf(wants)), probeFiles(wants.flatMap(queriesOf))),
  parseMany: (out, wants) => {
    const report = parseFiles(out, wants.flatMap(queriesOf));
    const trees = parseHostTrees(out, treesOf(wants));
    return wants.map((want) => copyState(want, report, want.tree && trees[treesOf(wants).indexOf(want.tree)]));
  },

  pending: pendingCopy,

  independent: true,
  about: ({ dest, src }) => (src === undefined ? pathThing(dest) : treeThing(dest)),
  looksAt: ({ src, remote_src: remote }) => (remote === true ? treeThing(src) : []),
  plan: planCopy,
});

function treesOf(wants: readonly CopyWant[]): readonly HostTree[] {
  return wants.flatMap(({ tree }) => tree ?? []);
}
