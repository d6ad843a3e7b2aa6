// A block of lines in a text file, between two markers, as Ansible's blockinfile keeps it.

import { defineModule, pathThing, presence, Text, Type } from '../../engine/module/index.ts';
import { hasControl } from '../../engine/resources/file/path.ts';
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
import { checkPatterns } from '../../engine/resources/text/regular-expression.ts';
import { DIFFERENCES } from './differences.ts';
import { type BlockWant, editBlock, holdsMarker } from './edit.ts';

interface Want extends EditedFile {
  readonly edit: BlockWant;
}

export default defineModule({
  name: 'blockinfile',
  summary: 'Manage a block of lines of a text file',
  example: `
- name: Names of the other hosts
  blockinfile:
    path: /etc/hosts
    marker: "# {mark} hosts of the application"
    block: |
      10.0.0.11 web1
      10.0.0.12 web2
`,
  params: Type.Object({
    ...editedPath,
    block: Type.Optional(Text({ description: 'The lines; none: the block is removed; may hold a secret' })),
    marker: Type.String({
      default: '# {mark} VRUN MANAGED BLOCK',
      minLength: 1,
      description: 'The lines around it, with {mark} in them. Each block of a file needs its own',
    }),
    marker_begin: Type.String({
      default: 'BEGIN',
      description: 'What {mark} stands for in the line before the block',
    }),
    marker_end: Type.String({ default: 'END', description: 'What {mark} stands for in the line behind the block' }),
    insertafter: Type.String({
      default: 'EOF',
      minLength: 1,
      description: 'Where a new block goes: EOF, or behind the last line that fits a regular expression',
    }),
    insertbefore: Type.Optional(
      Type.String({ minLength: 1, description: 'In its place: BOF, or before the last line that fits' }),
    ),
    prepend_newline: Type.Boolean({
      default: false,
      description: 'Put an empty line before the block where there is none, unless it begins the file',
    }),
    append_newline: Type.Boolean({
      default: false,
      description: 'Put an empty line behind the block where there is none, unless it ends the file',
    }),
    ...presence,
    ...createdFile,
    ...editedFile,
  }),
  results: Type.Object({ path: Type.String({ description: 'The file' }) }),
  manual: editedManual('Debian 12; ansible-core 2.14.18 on the same 1,248 texts and tasks.'),
  differences: DIFFERENCES,
  aliases: { ...editedAliases, content: 'block' },

  checkParams: (params) => {
    const { marker } = params;
    return [
      ...checkEdited(params),
      ...checkPatterns(params, ['insertafter'], { bytes: true, spared: ['EOF'] }),
      ...checkPatterns(params, ['insertbefore'], { bytes: true, spared: ['BOF'] }),
      ...checkMarks(params),
      ...(typeof marker === 'string' && (!marker.includes('{mark}') || hasControl(marker.replaceAll('\t', '')))
        ? [
            {
              parameter: 'marker',
              summary: 'The marker must be one line with {mark} in it',
              detail: 'The line before the block and the line behind it are told apart by it.',
              hint: 'For example "# {mark} application".',
            },
          ]
        : []),
      ...checkOnePlace(params),
    ];
  },

  prepare: (params): Want => {
    const { block, marker, marker_begin: begin, marker_end: end, state, insertafter, insertbefore } = params;
    const { prepend_newline: blankBefore, append_newline: blankAfter } = params;
    const { create } = params;
    const text = block?.bytes().toString('utf8') ?? '';
    return {
      ...editedWant(params),
      whenMissing: state === 'absent' ? 'absent' : create ? 'make' : 'fail',
      secret: block?.secret === true,
      edit: { state, block: text, marker, begin, end, blankBefore, blankAfter, insertafter, insertbefore },
    };
  },

  probe: probeEdited,
  parse: parseEdited,
  pending: pendingEdited,

  independent: true,
  about: ({ path }) => pathThing(path),
  plan: (have, want) => {
    const { path, edit } = want;
    if (holdsMarker(edit)) return { changes: [], failure: ITS_OWN_MARKER };
    const plan = planEdited(have, want, (text) => editBlock(text, edit));
    return { ...plan, result: { path } };
  },
});

function checkMarks({ marker_begin: begin = 'BEGIN', marker_end: end = 'END' }: Readonly<Record<string, unknown>>) {
  const marks = { marker_begin: begin, marker_end: end };
  const broken = Object.entries(marks).filter(([, mark]) => typeof mark === 'string' && hasControl(mark));
  const same = typeof begin === 'string' && begin === end;
  return [
    ...broken.map(([parameter]) => ({ parameter, summary: 'A marker is one line', hint: 'Take the line break out.' })),
    ...(same
      ? [
          {
            parameter: 'marker_end',
            summary: 'Both markers are the same line',
            detail: 'The line before the block and the line behind it are told apart by them.',
            hint: 'Give marker_begin and marker_end different words.',
          },
        ]
      : []),
  ];
}

const ITS_OWN_MARKER = {
  summary: 'the block holds its own marker',
  detail: 'Its end could not be told from the block’s end the next time.',
  hint: 'Take that line out of the block, or another marker.',
};
