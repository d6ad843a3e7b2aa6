// One line in a text file, as Ansible's lineinfile puts it there. Regular expressions are Python's.

import {
  type Content,
  defineModule,
  type ParameterProblem,
  pathThing,
  presence,
  Text,
  Type,
} from '../../engine/module/index.ts';
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
  createdFile,
  editedAliases,
  editedFile,
  editedPath,
  editedWant,
} from '../../engine/resources/text/parameters.ts';
import { checkOnePlace } from '../../engine/resources/text/place.ts';
import { checkPatterns, checkReplacement } from '../../engine/resources/text/regular-expression.ts';
import { DIFFERENCES } from './differences.ts';
import { editLine, type LineWant } from './edit.ts';

interface Want extends EditedFile {
  readonly edit: LineWant;
}

export default defineModule({
  name: 'lineinfile',
  summary: 'Manage one line of a text file',
  example: `
- name: Nobody logs in with a password
  lineinfile:
    path: /etc/ssh/sshd_config
    regexp: '^#?PasswordAuthentication\\s'
    line: PasswordAuthentication no
    validate: sshd -t -f %s
`,
  params: Type.Object({
    ...editedPath,
    line: Type.Optional(Text({ description: 'The line, without a line break; may hold a secret' })),
    regexp: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Regular expression of the line to be replaced or removed; of several the last is replaced',
      }),
    ),
    search_string: Type.Optional(
      Type.String({ minLength: 1, description: 'The same as a plain text that the line holds' }),
    ),
    backrefs: Type.Boolean({
      default: false,
      description:
        'In `line`, \\1 and \\g<name> stand for what groups of `regexp` found; where it finds no line, nothing is put in',
    }),
    ...presence,
    insertafter: Type.String({
      default: 'EOF',
      minLength: 1,
      description: 'Where a new line goes: EOF, BOF, or behind the last line that fits a regular expression',
    }),
    insertbefore: Type.Optional(
      Type.String({ minLength: 1, description: 'In its place: BOF, or before the last line that fits' }),
    ),
    firstmatch: Type.Boolean({ default: false, description: 'Take the first line that fits, and not the last' }),
    ...createdFile,
    ...editedFile,
  }),
  results: Type.Object({
    path: Type.String({ description: 'The file' }),
    found: Type.Optional(Type.Integer({ description: 'With `state: absent`: how many lines fitted' })),
  }),
  manual: editedManual(
    'Debian 12; ansible-core 2.14.18 on the same 1,650 texts and tasks, and its expressions against Python 3.11.',
  ),
  differences: DIFFERENCES,
  aliases: { ...editedAliases, regex: 'regexp', value: 'line' },

  checkParams: (params) => {
    const { state, line } = params;
    const sought = 'regexp' in params || 'search_string' in params;
    return [
      ...checkEdited(params),
      ...checkPatterns(params, ['regexp']),
      ...checkPatterns(params, ['insertafter'], { bytes: true, spared: ['EOF', 'BOF'] }),
      ...checkPatterns(params, ['insertbefore'], { bytes: true, spared: ['BOF'] }),
      ...(params.backrefs === true ? checkBackrefs(params) : []),
      ...('line' in params || (state === 'absent' && sought) || (state !== undefined && typeof state !== 'string')
        ? []
        : [
            { parameter: undefined, summary: 'lineinfile needs a line', hint: 'Say with line what shall stand there.' },
          ]),
      ...(typeof line === 'string' && /[\r\n]/.test(line)
        ? [{ parameter: 'line', summary: 'The line must be one line', hint: 'Use blockinfile for several.' }]
        : []),
      ...('regexp' in params && 'search_string' in params
        ? [{ parameter: 'search_string', summary: 'regexp or search_string, not both', hint: 'Leave one of them out.' }]
        : []),
      ...checkOnePlace(params),
    ];
  },

  prepare: (params): Want => {
    const { line, regexp, search_string: searchString, backrefs, state } = params;
    const { insertafter, insertbefore, firstmatch, create } = params;
    return {
      ...editedWant(params),
      // With backrefs only a line that is found becomes another.
      whenMissing: state === 'absent' || (backrefs && create) ? 'absent' : create ? 'make' : 'fail',
      secret: line?.secret === true,
      edit: { state, line: textOf(line), regexp, searchString, backrefs, insertafter, insertbefore, firstmatch },
    };
  },

  probe: probeEdited,
  parse: parseEdited,
  pending: pendingEdited,

  independent: true,
  about: ({ path }) => pathThing(path),
  plan: (have, want) => {
    const { edit, path } = want;
    if (edit.line !== undefined && /[\r\n]/.test(edit.line)) return { changes: [], failure: SEVERAL };
    let found = 0;
    const plan = planEdited(have, want, (text) => {
      const done = editLine(text, edit);
      found = 'summary' in done ? 0 : (done.count ?? 0);
      return done;
    });
    return { ...plan, result: { path }, ...(edit.state === 'absent' ? { past: { found } } : {}) };
  },
});

function checkBackrefs(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  if (params.state === 'absent') return [];
  if ('regexp' in params) {
    return checkReplacement(params, { parameter: 'line', pattern: 'regexp', bytes: true });
  }
  return [
    {
      parameter: 'backrefs',
      summary: 'backrefs needs a regexp',
      detail: 'It puts what the groups of regexp found into the line.',
      hint: 'Leave backrefs out, or say with regexp which line is meant.',
    },
  ];
}

function textOf(line: Content | undefined): string | undefined {
  return line?.bytes().toString('utf8');
}

const SEVERAL = {
  summary: 'the line is more than one line',
  detail: 'It holds a line break, so that it would never be found again.',
  hint: 'Use blockinfile for several lines.',
};
