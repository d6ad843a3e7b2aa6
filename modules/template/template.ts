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
} from '../../engine/module/index.ts';
import { NEW_FILE, octal } from '../../engine/module/mode.ts';
import {
  type CopyWant,
  copyResults,
  copyState,
  destinationOf,
  pendingCopy,
  planCopy,
  queriesOf,
} from '../../engine/resources/copy/plan.ts';
import { replacement } from '../../engine/resources/file/parameters.ts';
import { baseName, checkPaths } from '../../engine/resources/file/path.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import { checkValidate, validation } from '../../engine/resources/file/validate.ts';
import { DIFFERENCES } from './differences.ts';

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
    dest: Type.String({
      minLength: 1,
      description: 'Absolute path on the host; in a directory the file keeps its name',
    }),
    src: LocalTemplate({ description: 'Handlebars file, sought in templates/ beside the runbook' }),
    ...ownership,
    mode: Type.Optional(
      ModeOrPreserve({
        description: 'Permissions: quoted octal ("0644"), symbolic, or preserve for those of the template’s file',
      }),
    ),
    ...replacement,
    force: Type.Boolean({ default: true, description: 'Replace a file whose content differs' }),
    newline_sequence: OneOf(NEWLINES, { default: '\n', description: 'How the lines of the file end' }),
  }),
  results: copyResults,
  manual: {
    reads:
      'The digest of what is there, its attributes, and the directory above it. Its old text is read where it differs and is short, for the diff.',
    changes:
      'The file is written in a private directory beside it and renamed into its place: others see the old one or the new one. A symbolic link in its place is replaced.',
    dryRun: 'A template that needs a value which only a pending change will give is `unknown`.',
    needs: 'coreutils or BusyBox.',
    tried: 'Debian 12: coreutils 9.1, dash 0.5.12, bash 5.2; BusyBox 1.35.',
  },
  differences: DIFFERENCES,
  checkParams: (params) => [...checkPaths(params, ['dest']), ...checkValidate(params)],

  prepare: ({ dest, src, owner, group, backup, force, ...params }): CopyWant => {
    const mode = params.mode === 'preserve' ? octal(src.mode ?? NEW_FILE) : params.mode;
    const file = { owner, group, mode, backup, force, validate: validation(params.validate) };
    const content = withNewlines(src.content, params.newline_sequence);
    const at = (path: string) => ({ path, files: [{ ...file, path, content }], directories: [] });
    return { ...file, directory: { owner, group, mode: '0755' }, ...destinationOf(dest, baseName(src.name), at) };
  },

  probeMany: (wants) => probeFiles(wants.flatMap(queriesOf)),
  parseMany: (out, wants) => {
    const report = parseFiles(out, wants.flatMap(queriesOf));
    return wants.map((want) => copyState(want, report, undefined));
  },

  pending: pendingCopy,

  independent: true,
  about: ({ dest }) => treeThing(dest),
  plan: planCopy,
});

/** The same content with other line ends; secret stays secret. */
function withNewlines(content: Content, sequence: (typeof NEWLINES)[number]): Content {
  const end = sequence.replace('\\r', '\r').replace('\\n', '\n');
  if (end === '\n') return content;
  const text = content.bytes().toString('utf8').replaceAll('\n', end);
  return Content.of(content.secret ? new Secret('template', text) : text);
}
