// What find means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'contains',
    ansible: 'contains is Python’s re.match on each line; with read_whole_file it may span lines.',
    vrun: 'It is asked of grep -E on the host: what has no such form is a problem, and it never spans lines.',
  },
  {
    key: 'patterns',
    ansible: 'With use_regex a pattern that is no regular expression finds nothing.',
    vrun: 'It is a Problem.',
  },
  {
    key: 'depth',
    ansible: 'With depth, `examined` counts what is one level deeper, too.',
    vrun: 'It counts what may be found.',
  },
  {
    key: 'names',
    ansible: 'Files with line breaks in their paths, or names that are not UTF-8, are listed.',
    vrun: 'They are told of in skipped_paths.',
  },
  {
    key: 'skipped',
    ansible: 'A directory that may not be read ends the search of its path.',
    vrun: 'The search goes on beside it, and skipped_paths names it.',
  },
  {
    key: 'order',
    ansible: 'files are in the order of the file system.',
    vrun: 'They are sorted by path.',
  },
  {
    key: 'whole-seconds',
    ansible: 'Times are fractions, and pw_name is empty where there is no such user.',
    vrun: 'Times are whole seconds, and it is null.',
  },
];
