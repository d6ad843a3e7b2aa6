// Releases of an application beside each other, and a link to the one in use.

import { archiveKind, OTHER_ARCHIVE } from '../../engine/archive/kind.ts';
import { defineModule, LocalFile, Mode, named, OneOf, ownership, pathThing, Type } from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { pendingRelease } from './pending.ts';
import { planRelease } from './plan.ts';
import { archiveKindOf, parseRelease, probeRelease, type ReleaseWant } from './state.ts';

const STATES = ['present', 'current', 'previous', 'absent'] as const;
const NAME = '^[A-Za-z0-9][A-Za-z0-9._+-]{0,126}$';

export default defineModule({
  name: 'release',
  summary: 'Unpack releases of an application beside each other, and switch between them',
  example: `
- name: Unpack the build
  release: { path: /var/www/vantus, id: 4f2a91c03b7d, src: build/4f2a91c03b7d.tar.gz, shared: [uploads], owner: root, group: vantus }

- name: Put it into use
  release: { path: /var/www/vantus, id: 4f2a91c03b7d, state: current, keep: 3 }

- name: Go back from it
  release: { path: /var/www/vantus, id: 4f2a91c03b7d, state: previous }
`,
  params: Type.Object({
    path: Type.String({
      minLength: 1,
      description: 'Absolute path of the directory that holds releases/ID, shared/ and the links current and previous',
    }),
    id: Type.Optional(
      Type.String({
        pattern: NAME,
        description: 'Name of the release; with previous it may be left out, and the task then goes back each time',
      }),
    ),
    src: Type.Optional(
      LocalFile({
        description: 'Archive in files/ beside the runbook: .tar, .tar.gz, .tar.xz, .tar.bz2, .tar.zst or .zip',
      }),
    ),
    sha256: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description: "The archive's digest; with it src isn't read where the release is there already",
      }),
    ),
    manifest: Type.Optional(
      LocalFile({
        description:
          "The build's manifest, as `vrun proof sign` writes it: an archive of anything else is refused before it is sent",
      }),
    ),
    state: OneOf(STATES, {
      default: 'present',
      description:
        'present unpacks, current switches the link to it, previous goes back from it if it is in use, absent removes it',
    }),
    shared: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Paths in the release that are links into shared/; one that is missing there becomes a directory',
    }),
    keep: Type.Integer({
      default: 5,
      minimum: 1,
      description: 'How many releases current leaves, the newest ones and always those that are in use and previous',
    }),
    owner: ownership.owner,
    group: ownership.group,
    mode: Type.Unsafe<string>({
      ...Mode({ description: "Permissions of the release's own directory" }),
      default: '0755',
    }),
    link: Type.String({ pattern: NAME, default: 'current', description: 'Name of the link to the release in use' }),
  }),
  results: Type.Object({
    id: Type.String({ description: 'Name of the release' }),
    path: Type.String({ description: "The application's directory" }),
    current: Type.Boolean({ description: 'Whether the release was in use before' }),
    was: Type.String({ description: "Name of the one that was in use before; '' where none was" }),
    previous: Type.String({ description: "Name of the one to go back to; '' where there is none" }),
    released: Type.String({ description: "Path of the release; '' without a name" }),
  }),
  manual: {
    reads: 'Which releases are there and unpacked whole, which one the links lead to, and links into shared/.',
    changes:
      'A release is unpacked in a private directory beside the others and renamed into place; the link is replaced in one step. Files that the release in use has too are copied from there, by their digests, where that leaves less to send than the archive. current removes releases beyond keep.',
    dryRun:
      'Whether the archive is whole where it has more than 128 MiB, or this machine lacks xz, bzip2 or zstd for its kind, nor what is in it then; devices: the host refuses them in the run.',
    needs: 'tar, and xz, bzip2, zstd or unzip for its kind.',
    tried: 'GNU tar 1.34 and unzip 6.0 on Debian 12.',
  },

  checkParams: (params) => {
    const { state, src, manifest, shared, link } = params;
    const names: readonly unknown[] = Array.isArray(shared) ? shared : [];
    return [
      ...checkPaths(params, ['path']),
      ...(params.path === '/' ? [{ parameter: 'path', summary: 'The root directory cannot hold releases' }] : []),
      ...('id' in params || state === 'previous'
        ? []
        : [{ parameter: undefined, summary: 'release needs id', hint: 'Say which release is meant.' }]),
      ...('src' in params && typeof state === 'string' && state !== 'present'
        ? [{ parameter: 'src', summary: `src is for state: present, not ${state}`, hint: 'Unpack in a task before.' }]
        : []),
      ...(manifest !== undefined && src === undefined
        ? [{ parameter: 'manifest', summary: 'manifest is for an archive', hint: 'Name the archive, too: src.' }]
        : []),
      ...(typeof src === 'string' && archiveKind(src) === undefined ? [{ parameter: 'src', ...OTHER_ARCHIVE }] : []),
      ...(link === 'releases' || link === 'shared' || link === 'previous'
        ? [{ parameter: 'link', summary: `${link} has a meaning of its own`, hint: 'Take another name.' }]
        : []),
      ...names.flatMap((name) => {
        const problem = typeof name === 'string' ? sharedProblem(name, names) : undefined;
        return problem === undefined ? [] : [{ parameter: 'shared', ...problem }];
      }),
    ];
  },

  prepare: (params): ReleaseWant => {
    const { id, src, manifest, sha256, owner, group } = params;
    const shared = params.shared.map((path) => cleanPath(path).slice(1));
    return {
      ...params,
      path: cleanPath(params.path),
      id,
      src,
      manifest,
      kind: archiveKindOf(src),
      sha256,
      shared,
      owner,
      group,
    };
  },

  probe: probeRelease,
  parse: parseRelease,
  pending: pendingRelease,
  about: ({ path, id, link = 'current', state = 'present' }) => [
    ...pathThing(named`${path}/${link}`),
    ...(state === 'present' || state === 'absent' ? pathThing(named`${path}/releases/${id ?? ''}`) : []),
  ],
  plan: planRelease,
});

function sharedProblem(name: string, all: readonly unknown[]) {
  if (hasControl(name)) return { summary: 'A path must not hold control characters', hint: 'Take them out of it.' };
  if (name.startsWith('/') || name.split('/').includes('..') || cleanPath(name) === '/') {
    return {
      summary: `‹${name}› is not a path inside the release`,
      hint: 'Write it from there: uploads, not /uploads.',
    };
  }
  const inside = all.find((other) => typeof other === 'string' && cleanPath(name).startsWith(`${cleanPath(other)}/`));
  if (inside === undefined) return undefined;
  return { summary: `‹${name}› is inside ‹${String(inside)}›, which is shared already`, hint: 'Leave it out.' };
}
