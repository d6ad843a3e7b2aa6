// A file on the host, rendered from a Handlebars template on the controller.
import {
  Content,
  defineModule,
  LocalTemplate,
  ModeOrPreserve,
  OneOf,
  ownership,
  Secret,
  Type,
  treeThing,
} from '../engine/module/index.ts';
import { probeFiles } from '../engine/module/resources/file-probe.ts';
import { parseFiles } from '../engine/module/resources/file-report.ts';
import {
  fileQuery,
  fileState,
  type ManagedFile,
  planFile,
  writtenResult,
  writtenResults,
} from '../engine/module/resources/managed-file.ts';
import { NEW_FILE, octal } from '../engine/module/resources/mode.ts';
import { checkPaths, cleanPath } from '../engine/module/resources/path.ts';
import { pendingFile } from '../engine/module/resources/pending-file.ts';
import { checkValidate, validation } from '../engine/module/resources/validate.ts';

const NEWLINES = ['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'] as const;

export default defineModule({
  name: 'template',
  summary: 'Write a file from a template',
  example: `
- name: Settings
  template: { src: app.env.hbs, dest: /etc/default/app, owner: root, group: www-data, mode: "0640" }
  notify: Restart the application
`,
  takesCut: true,
  params: Type.Object({
    dest: Type.String({ minLength: 1, description: 'Absolute path of the file on the host' }),
    src: LocalTemplate({ description: 'Handlebars file, sought in templates/ beside the runbook' }),
    ...ownership,
    mode: Type.Optional(
      ModeOrPreserve({
        description: 'Permissions: quoted octal ("0644"), symbolic, or preserve for those of the template’s file',
      }),
    ),
    backup: Type.Boolean({ default: false, description: 'Keep the old file beside the new one' }),
    validate: Type.Optional(Type.String({ description: 'Command that must accept the new file; %s is its path' })),
    force: Type.Boolean({ default: true, description: 'Replace a file whose content differs' }),
    newline_sequence: OneOf(NEWLINES, { default: '\n', description: 'How the lines of the file end' }),
  }),
  results: writtenResults,
  manual: {
    reads:
      'The digest of what is there, its attributes, and the directory above it. Its old text is read where it differs and is short, for the diff.',
    changes:
      'The file is written in a private directory beside it and renamed into its place: others see the old one or the new one. A symbolic link in its place is replaced.',
    dryRun: 'A template that needs a value which only a pending change will give is `unknown`.',
    needs: 'coreutils or BusyBox.',
    tried: 'Debian 12: coreutils 9.1, dash 0.5.12, bash 5.2; BusyBox 1.35.',
  },
  checkParams: (params) => [
    ...checkPaths(params, ['dest']),
    ...checkValidate(params),
    ...(typeof params.dest === 'string' && params.dest.endsWith('/')
      ? [
          {
            parameter: 'dest',
            summary: 'dest needs the name of a file',
            hint: 'Add the name that the file shall have.',
          },
        ]
      : []),
  ],

  prepare: (params): ManagedFile => ({
    ...params,
    mode: params.mode === 'preserve' ? octal(params.src.mode ?? NEW_FILE) : params.mode,
    path: cleanPath(params.dest),
    content: withNewlines(params.src.content, params.newline_sequence),
    validate: validation(params.validate),
  }),

  probeMany: (wants) => probeFiles(wants.map(fileQuery)),
  parseMany: (out, wants) => {
    const queries = wants.map(fileQuery);
    const report = parseFiles(out, queries);
    return queries.map((query) => fileState(report, query));
  },

  pending: pendingFile,

  about: ({ dest }) => treeThing(dest),
  plan: (have, want) => ({ ...planFile(have, want), result: writtenResult(want.path, want) }),
});

/** The same content with other line ends; secret stays secret. */
function withNewlines(content: Content, sequence: (typeof NEWLINES)[number]): Content {
  const end = sequence.replace('\\r', '\r').replace('\\n', '\n');
  if (end === '\n') return content;
  const text = content.bytes().toString('utf8').replaceAll('\n', end);
  return Content.of(content.secret ? new Secret('template', text) : text);
}
