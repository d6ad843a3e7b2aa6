// A file of the host on the controller.

import {
  type Change,
  defineModule,
  LocalTarget,
  Missing,
  named,
  type Plan,
  pathThing,
  Type,
  things,
} from '../../engine/module/index.ts';
import { unreadable } from '../../engine/resources/file/attributes.ts';
import { baseName, checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import { untold } from '../../engine/resources/file/pending.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { Entry, FileQuery } from '../../engine/resources/file/state.ts';
import { DIFFERENCES } from './differences.ts';

interface FetchWant {
  /** Absolute. */
  readonly src: string;
  readonly dest: LocalTarget;
}

/** What is there, links followed, with its digest. */
type FetchState = Pick<Entry, 'kind' | 'size' | 'sha256'>;

export default defineModule({
  name: 'fetch',
  summary: 'Bring a file of the host to this machine',
  example: `
- name: A copy of the database's backup
  fetch: { src: /var/backups/prod.db.gz, dest: backups/ }
`,
  takesCut: true,
  params: Type.Object({
    src: Type.String({ minLength: 1, description: 'Absolute path of a file on the host' }),
    dest: LocalTarget({
      description:
        "Path here, relative to the project's root; with a slash at its end a directory, in which the file is HOST/NAME",
    }),
  }),
  results: Type.Object({
    src: Type.Optional(Type.String({ description: 'The path on the host' })),
    dest: Type.Optional(Type.String({ description: 'The path here, absolute' })),
    size: Type.Optional(Type.Integer({ description: 'Bytes' })),
    sha256: Type.Optional(Type.String({ description: 'Digest of the file on the host' })),
  }),
  manual: {
    reads: 'The digest of the file on the host, links followed, and of the one here.',
    changes:
      'Nothing on the host. Here the file is written whole or not at all, and only with the digest that was read; directories above it are made.',
    dryRun: 'What a pending change will have written there.',
    needs: 'coreutils or BusyBox.',
    tried: 'Debian 12: coreutils 9.1, dash 0.5.12, bash 5.2; BusyBox 1.35.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => [
    ...checkPaths(params, ['src']),
    ...(typeof params.src === 'string' && params.src.endsWith('/')
      ? [
          {
            parameter: 'src',
            summary: 'fetch takes one file',
            hint: 'Name the file, or make an archive of the directory.',
          },
        ]
      : []),
  ],

  prepare: ({ src, dest }): FetchWant => ({ src: cleanPath(src), dest }),

  probeMany: (wants) => probeFiles(wants.map(queryOf)),
  parseMany: (out, wants) => {
    const report = parseFiles(out, wants.map(queryOf));
    return wants.map(({ src }): FetchState | Missing<FetchState> => {
      const entry = report.entry(src);
      const target = entry?.kind === 'link' ? report.followed(src) : entry;
      if (entry && target) return { kind: target.kind, size: target.size, sha256: entry.sha256 };
      return new Missing<FetchState>({ needs: [`path:${src}`] });
    });
  },

  pending: (have, { src }, foreseen) => (foreseen.at(src) ? untold(src) : have),

  about: ({ src, dest }) => things('fetched file', named`${src} to ${dest}`),
  looksAt: ({ src }) => pathThing(src),
  plan: (have, want): Plan => planFetch(have, want),
});

function queryOf({ src }: FetchWant): FileQuery {
  return { path: src, digest: true, follow: true };
}

function planFetch({ kind, size, sha256 }: FetchState, { src, dest }: FetchWant): Plan {
  if (kind === 'directory' || kind === 'other') {
    return {
      changes: [],
      failure: {
        summary: `${src} is not a file`,
        detail: 'fetch takes one file of the host.',
        hint: kind === 'directory' ? 'Make an archive of the directory first.' : undefined,
      },
    };
  }
  if (sha256 === undefined) return { changes: [], failure: unreadable(src) };
  const to = dest.path(baseName(src));
  const result = { src, dest: to, size, sha256 };
  if (dest.sha256(baseName(src)) === sha256) return { changes: [], result };
  const change: Change = {
    op: '!',
    what: `fetch ${src}`,
    to: `${to}, ${size} bytes`,
    steps: [{ receive: { from: src, to, size, sha256 } }],
  };
  return { changes: [change], result };
}
