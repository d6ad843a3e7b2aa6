// A directory of the controller on the host, only what differs being sent.
import { defineModule, LocalTree, lines, ownership, Strings, Type, treeThing } from '../engine/module/index.ts';
import { baseName, checkPaths, cleanPath } from '../engine/resources/file/path.ts';
import { pendingTreeAt } from '../engine/resources/file/pending.ts';
import { probeFiles } from '../engine/resources/file/probe.ts';
import { parseFiles } from '../engine/resources/file/report.ts';
import { planTree, treeQuery, treeState } from '../engine/resources/tree/plan.ts';
import { parseTree, probeTree } from '../engine/resources/tree/probe.ts';
import { checkExclude, type WantedTree, wantedTree } from '../engine/resources/tree/want.ts';

export default defineModule({
  name: 'sync',
  summary: 'Bring a directory of the controller to the host, sending only what differs',
  example: `
- name: The site
  sync: { src: site/, dest: /var/www/site, delete: true, exclude: [uploads/, "*.map"], owner: root, group: www-data }
`,
  params: Type.Object({
    src: LocalTree({
      description: 'Directory in files/ beside the runbook; with a slash at its end only what is in it',
    }),
    dest: Type.String({
      minLength: 1,
      description: 'Absolute path of a directory on the host, made where it is missing',
    }),
    delete: Type.Boolean({ default: false, description: 'Remove what is in dest and not in src' }),
    exclude: Type.Unsafe<string | readonly string[]>({
      ...Strings({
        description:
          'Globs of what is neither sent nor removed: a name at any depth, with a slash inside a path from the top, with one at its end only directories; ** also matches slashes',
      }),
      default: [],
    }),
    ...ownership,
  }),
  results: Type.Object({}),
  manual: {
    reads:
      'Names, kinds, sizes, attributes and digests of all that is in dest, compared there: only what differs comes back.',
    changes:
      'What differs comes as one stream, is unpacked in a private directory inside dest and renamed into place. With delete what is not in the source goes, whatever bytes its name is of; a directory that a mount point is in is a failure beforehand.',
    dryRun: 'What pending changes leave in dest.',
    needs: 'tar, find, xargs, awk, sha256sum: Debian’s or BusyBox’s.',
    tried: 'Debian 12: tar 1.34, findutils 4.9, mawk 1.3.4, coreutils 9.1; BusyBox 1.35.',
  },
  costly: true,

  checkParams: (params) => [
    ...checkPaths(params, ['dest']),
    ...checkExclude(params),
    ...(params.delete === true && typeof params.dest === 'string' && cleanPath(params.dest) === '/'
      ? [{ parameter: 'dest', summary: 'The root directory is not emptied', hint: 'Name a directory.' }]
      : []),
  ],

  prepare: (params): WantedTree => {
    const { src, owner, group, mode } = params;
    const exclude = typeof params.exclude === 'string' ? [params.exclude] : params.exclude;
    const dest = cleanPath(src.name.endsWith('/') ? params.dest : `${params.dest}/${baseName(cleanPath(src.name))}`);
    return treeOf(src, { dest, remove: params.delete, shares: false, owner, group, mode, exclude });
  },

  probe: (want) => lines(probeTree(want), probeFiles([treeQuery(want)])),
  input: (want) => want.list,
  parse: (out, want) => treeState(parseFiles(out, [treeQuery(want)]), want, parseTree(out, want)),
  about: ({ dest }) => treeThing(dest),
  pending: (have, want, foreseen) => pendingTreeAt(want.dest, have, foreseen, (state) => planTree(state, want)),
  plan: planTree,
});

type Options = Parameters<typeof wantedTree>[1];

const known = new WeakMap<LocalTree, Map<string, WantedTree>>();

/** The same for all hosts: twenty thousand files are digested and listed once. */
function treeOf(src: LocalTree, options: Options): WantedTree {
  const trees = known.get(src) ?? new Map<string, WantedTree>();
  known.set(src, trees);
  const key = JSON.stringify(options);
  const tree = trees.get(key) ?? wantedTree(src.items, options);
  trees.set(key, tree);
  return tree;
}
