// Whatever a regular expression finds in a text file, replaced as Ansible's replace does it.

import { defineModule, type ParameterProblem, pathThing, Text, Type } from '../../engine/module/index.ts';
import {
  type EditedFile,
  editedManual,
  parseEdited,
  pendingEdited,
  planEdited,
  probeEdited,
} from '../../engine/resources/text/edited.ts';
import {
  checkEdited,
  editedAliases,
  editedFile,
  editedPath,
  editedWant,
} from '../../engine/resources/text/parameters.ts';
import { checkPatterns, checkReplacement } from '../../engine/resources/text/regular-expression.ts';
import { DIFFERENCES } from './differences.ts';
import { partPattern, type ReplaceWant, replaceInText } from './edit.ts';

interface Want extends EditedFile {
  readonly edit: ReplaceWant;
}

export default defineModule({
  name: 'replace',
  summary: 'Replace whatever a regular expression finds in a text file',
  example: `
- name: The application is asked for on its new port
  replace:
    path: /etc/nginx/sites-available/app
    after: 'location / \\{'
    before: '\\}'
    regexp: '(proxy_pass http://127\\.0\\.0\\.1):\\d+;'
    replace: '\\1:3006;'
`,
  params: Type.Object({
    ...editedPath,
    regexp: Type.String({
      minLength: 1,
      description:
        "Regular expression, in Python's dialect: whatever it finds is replaced; ^ and $ match at the ends of lines",
    }),
    replace: Type.Optional(
      Text({
        description: 'What takes its place; \\1 and \\g<name> are what groups found; none: it goes; may hold a secret',
      }),
    ),
    after: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Only what stands behind this regular expression, in which a dot is a line break too',
      }),
    ),
    before: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Only what stands before it; with `after`, before the first one there',
      }),
    ),
    encoding: Type.Optional(
      Type.Union([Type.Literal('utf-8'), Type.Literal('latin-1')], {
        description: 'What the text is written in; utf-8 unless this says otherwise',
      }),
    ),
    ...editedFile,
  }),
  results: Type.Object({
    path: Type.String({ description: 'The file' }),
    replaced: Type.Integer({ description: 'How many were found and replaced' }),
  }),
  manual: editedManual(
    'Debian 12; ansible-core 2.14.18 on the same 770 texts and tasks, and its expressions against Python 3.11.',
  ),
  differences: DIFFERENCES,
  aliases: { ...editedAliases },

  checkParams: (params) => [
    ...checkEdited(params),
    ...checkPatterns(params, ['regexp'], { multiline: true }),
    ...checkReplacement(params, { parameter: 'replace', pattern: 'regexp', multiline: true }),
    ...checkBounds(params),
  ],

  prepare: (params): Want => {
    const { regexp, replace, after, before, encoding } = params;
    return {
      ...editedWant(params),
      encoding,
      whenMissing: 'fail',
      secret: replace?.secret === true,
      edit: { regexp, replace: replace?.bytes().toString('utf8') ?? '', after, before },
    };
  },

  probe: probeEdited,
  parse: parseEdited,
  pending: pendingEdited,

  independent: true,
  about: ({ path }) => pathThing(path),
  plan: (have, want) => {
    let replaced = 0;
    const plan = planEdited(have, want, (text) => {
      const done = replaceInText(text, want.edit);
      replaced = 'summary' in done ? 0 : (done.count ?? 0);
      return done;
    });
    return { ...plan, result: { path: want.path }, past: { replaced } };
  },
});

/** Each bound by itself, and both together: their groups must not be called alike. */
function checkBounds(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  const own = checkPatterns(params, ['after', 'before'], { dotAll: true });
  const { after, before } = params;
  const known = [after, before].every((bound) => bound === undefined || typeof bound === 'string');
  if (own.length > 0 || !known) return own;
  const source = partPattern({
    after: typeof after === 'string' ? after : undefined,
    before: typeof before === 'string' ? before : undefined,
  });
  return checkPatterns({ after: source }, ['after'], { dotAll: true }).map(({ within: _, ...said }) => said);
}
