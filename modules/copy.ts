// Files on the host with a content from the controller (or, with remote_src, from the host itself).
import {
  Content,
  defineModule,
  type LocalSource,
  Mode,
  ownership,
  type Plan,
  pathThing,
  Text,
  Type,
  treeThing,
} from '../engine/module/index.ts';
import {
  type CopyWant,
  type Destination,
  pendingCopy,
  planCopy,
  queriesOf,
  stateOf,
} from '../engine/module/resources/copy-plan.ts';
import { probeFiles } from '../engine/module/resources/file-probe.ts';
import { parseFiles } from '../engine/module/resources/file-report.ts';
import type { ManagedFile } from '../engine/module/resources/managed-file.ts';
import { ancestors, baseName, checkPaths, cleanPath } from '../engine/module/resources/path.ts';
import { checkValidate, validation } from '../engine/module/resources/validate.ts';

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
    backup: Type.Boolean({ default: false, description: 'Keep the old file beside the new one' }),
    validate: Type.Optional(Type.String({ description: 'Command that must accept the new file; %s is its path' })),
    directory_mode: Type.Unsafe<string>({
      ...Mode({ description: 'Permissions of directories that have to be made' }),
      default: '0755',
    }),
    force: Type.Boolean({ default: true, description: 'Replace a file whose content differs' }),
    remote_src: Type.Boolean({ default: false, description: 'Take src from the host' }),
  }),

  checkParams: (params) => [
    ...checkPaths(params, params.remote_src === true ? ['dest', 'src'] : ['dest']),
    ...checkValidate(params),
    ...('src' in params || 'content' in params
      ? []
      : [{ parameter: undefined, summary: 'copy needs src or content', hint: 'Say what shall be written.' }]),
    ...('src' in params && 'content' in params
      ? [{ parameter: 'content', summary: 'copy takes src or content, not both', hint: 'Leave one of them out.' }]
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
    const { owner, group, mode, backup, force, content, src } = params;
    const options = { owner, group, mode, backup, force, validate: validation(params.validate) };
    const directory = { owner, group, mode: params.directory_mode };
    const dest = cleanPath(params.dest);
    const file = (path: string, bytes: Content): ManagedFile => ({ ...options, path, content: bytes });
    const want = { ...options, directory, inside: undefined };
    if (src === undefined) {
      return { ...want, at: { path: dest, files: [file(dest, content ?? Content.of(''))], directories: [] } };
    }
    const name = typeof src === 'string' ? src : src.name;
    const inner = cleanPath(`${dest}/${baseName(cleanPath(name))}`);
    if (typeof src !== 'string' && src.tree) {
      const path = name.endsWith('/') ? dest : inner;
      const files = src.tree.map((entry) => file(`${path}/${entry.path}`, entry.content));
      return { ...want, at: { path, files, directories: directoriesOf(path, files) } };
    }
    const to = (path: string): Destination =>
      typeof src === 'string'
        ? { path, files: [], directories: [], source: cleanPath(src) }
        : { path, files: [file(path, src.content)], directories: [] };
    if (params.dest.endsWith('/')) return { ...want, at: { ...to(inner), directories: directoriesOf(dest, []) } };
    return { ...want, at: to(dest), inside: to(inner) };
  },

  probeMany: (wants) => probeFiles(wants.flatMap(queriesOf)),
  parseMany: (out, wants) => {
    const report = parseFiles(out, wants.flatMap(queriesOf));
    return wants.map((want) => stateOf(want, report));
  },

  pending: pendingCopy,

  about: ({ dest, src }) => (src === undefined ? pathThing(dest) : treeThing(dest)),
  looksAt: ({ src, remote_src: remote }) => (remote === true ? treeThing(src) : []),
  plan: (have, want): Plan => planCopy(have, want),
});

/** All directories above the files and the base, the outermost first. */
function directoriesOf(base: string, files: readonly ManagedFile[]): readonly string[] {
  return [...new Set([...ancestors(base), base, ...files.flatMap(({ path }) => ancestors(path))])].sort();
}
