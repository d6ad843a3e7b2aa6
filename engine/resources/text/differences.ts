// What every module that edits a text file means otherwise than Ansible's.
import type { Difference } from '../../module/difference.ts';
import { WRITTEN } from '../file/differences.ts';

/** Of every module that edits a file. */
export const EDITED: readonly Difference[] = [
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

export const EMPTY_PATTERN: Difference = {
  key: 'empty-pattern',
  ansible: 'An empty regular expression finds every line, with a warning; `[[:space:]]` is a set of these letters.',
  vrun: 'Both are Problems.',
  instead: 'Write `^` for every line, and `\\s` for white space.',
};

export const GROUPS: Difference = {
  key: 'groups',
  ansible: 'A group that the pattern doesn’t have is a failure once something is found.',
  vrun: 'It is a Problem.',
};
