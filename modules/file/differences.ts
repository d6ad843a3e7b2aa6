// What file means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { WRITTEN } from '../../engine/resources/file/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'link-mode',
    ansible: 'A mode for a symbolic link that is not followed is dropped.',
    vrun: 'It is refused.',
  },
  {
    key: 'directory-behind-link',
    ansible: '`state: directory` at a link that leads nowhere makes the directory there.',
    vrun: 'It fails, and says so.',
  },
  {
    key: 'hard-over-link',
    ansible:
      '`state: hard` takes a symbolic link that says `src` for a hard one, and makes a hard link of a link anew in every run.',
    vrun: 'A hard link takes the place of a symbolic one, once.',
  },
  {
    key: 'touched-link',
    ansible: 'The result of `state: touch`, and of a task without state, at a link is about the link.',
    vrun: 'It is about what the link leads to, as is what they do.',
  },
  {
    key: 'recurse-follow',
    ansible: 'recurse goes on to what links in the directory lead to, outside of it too.',
    vrun: 'It stays in the directory: links get their owner, and what they lead to is left alone.',
  },
  {
    key: 'recurse-times',
    ansible: 'With recurse times are set in all that is in the directory.',
    vrun: 'The two are not set together.',
  },
  {
    key: 'paths',
    ansible: 'Paths may be relative, begin with `~`, or hold variables of the environment.',
    vrun: 'They are absolute, without `..`.',
  },
  {
    key: 'missing-parent',
    ansible: 'A dry run says `changed` where the run fails, since the directory above is missing or is a file.',
    vrun: 'The dry run fails as the run does.',
  },
  ...WRITTEN,
];
