// What the modules that edit text files mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';

/** Of every module that edits a file. */
const EDITED: readonly Difference[] = [
  {
    key: 'text',
    ansible: 'Files of any size and of any bytes are edited, and their directories are made with create.',
    vrun: 'Files are text of at most 256 KiB, in UTF-8 unless `encoding` says otherwise; a directory is made by a task of its own.',
  },
  {
    key: 'unsafe-writes',
    parameters: ['unsafe_writes'],
    ansible: 'unsafe_writes writes over a file that can’t be replaced in one step.',
    vrun: 'A file is replaced in one step or not at all.',
  },
  {
    key: 'attributes',
    parameters: ['attributes', 'selevel', 'serole', 'setype', 'seuser'],
    ansible: 'Attributes of chattr(1) and SELinux’s labels can be set.',
    vrun: 'They are left as they are.',
    instead: 'Set them by a `command` with `unless`.',
  },
];

const EMPTY_PATTERN: Difference = {
  key: 'empty-pattern',
  ansible: 'An empty regular expression finds every line, with a warning; `[[:space:]]` is a set of these letters.',
  vrun: 'Both are Problems.',
  instead: 'Write `^` for every line, and `\\s` for white space.',
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
    {
      key: 'groups',
      ansible: 'A group in `replace` that the pattern doesn’t have is a failure once something is found.',
      vrun: 'It is a Problem.',
    },
    {
      key: 'encoding',
      ansible: 'encoding takes every encoding of Python’s.',
      vrun: 'It takes utf-8 and latin-1.',
    },
    EMPTY_PATTERN,
    ...EDITED,
  ],
};
