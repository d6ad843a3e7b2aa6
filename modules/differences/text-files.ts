// What the modules that edit text files mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';
import { WRITTEN } from './files.ts';

/** Of every module that edits a file. */
const EDITED: readonly Difference[] = [
  {
    key: 'text',
    ansible: 'Files of any size and of any bytes are edited.',
    vrun: 'Files are text of at most 256 KiB, in UTF-8 unless `encoding` says otherwise.',
  },
  {
    key: 'missing-directory',
    ansible: 'With create the directory of the file is made, too.',
    vrun: 'It is made by a task of its own.',
  },
  {
    key: 'link-to-nothing',
    ansible: 'A link that leads nowhere is a file that isn’t there: with create it is made where the link leads.',
    vrun: 'Such a link is a failure.',
  },
  {
    key: 'set-id',
    ansible: 'A file that is edited loses its set-id bits.',
    vrun: 'It keeps them.',
  },
  {
    key: 'link-owner',
    ansible: 'Owner and group of a path that is a link are the link’s.',
    vrun: 'They are those of the file that it leads to.',
  },
  ...WRITTEN,
];

const EMPTY_PATTERN: Difference = {
  key: 'empty-pattern',
  ansible: 'An empty regular expression finds every line, with a warning; `[[:space:]]` is a set of these letters.',
  vrun: 'Both are Problems.',
  instead: 'Write `^` for every line, and `\\s` for white space.',
};

const GROUPS: Difference = {
  key: 'groups',
  ansible: 'A group that the pattern doesn’t have is a failure once something is found.',
  vrun: 'It is a Problem.',
};

export const TEXT_FILES: Readonly<Record<string, readonly Difference[]>> = {
  lineinfile: [
    {
      key: 'settled',
      ansible:
        'Where regexp finds several lines and not the new one, a run replaces one of them, and the next run another.',
      vrun: 'All of them are replaced at once. With backrefs, a line that every run would make anew is a failure.',
    },
    {
      key: 'last-line',
      ansible: 'A last line without a line break may have the new one put right behind it, on the same line.',
      vrun: 'It gets a line break first, and is matched as if it had one.',
    },
    GROUPS,
    EMPTY_PATTERN,
    ...EDITED,
  ],
  blockinfile: [
    {
      key: 'marker',
      ansible: 'The marker is `# {mark} ANSIBLE MANAGED BLOCK`.',
      vrun: 'It is `# {mark} VRUN MANAGED BLOCK`. A block that Ansible wrote is found with its marker.',
    },
    {
      key: 'one-marker',
      ansible: 'A marker without {mark}, or a block that holds its own markers, is put in and grows at every run.',
      vrun: 'It is a Problem, or a failure.',
    },
    {
      key: 'half-block',
      ansible:
        'Of several blocks with the same marker one is taken away, and what lies between markers the wrong way round too.',
      vrun: 'None of them is left; a marker without its other is left alone.',
    },
    {
      key: 'missing-file',
      ansible: 'A block that shall be absent from a file that is absent is a failure without create.',
      vrun: 'It is absent.',
    },
    {
      key: 'last-line',
      ansible: 'Where a block is to be absent, and isn’t there, a last line without a line break gets one.',
      vrun: 'The file stays as it is.',
    },
    ...EDITED,
  ],
  replace: [
    {
      key: 'settled',
      ansible: 'What is found in the replaced text is replaced by the next run.',
      vrun: 'It is replaced in the same run; where every run would replace something, the task fails.',
    },
    {
      key: 'nothing-between',
      ansible: 'Where `after` or `before` aren’t found, owner, group and mode are left alone, too.',
      vrun: 'They are set.',
    },
    GROUPS,
    {
      key: 'encoding',
      ansible: 'encoding takes every encoding of Python’s.',
      vrun: 'It takes utf-8 and latin-1.',
    },
    EMPTY_PATTERN,
    ...EDITED,
  ],
};
