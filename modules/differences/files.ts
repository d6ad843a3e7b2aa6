// What the modules that manage files and look at them mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';

/** Of every module that makes files or gives them attributes. */
const WRITTEN: readonly Difference[] = [
  {
    key: 'symbolic-mode',
    ansible:
      'Symbolic modes are its own: `=` takes the set-id bits of a directory away, and octal operations are not known.',
    vrun: 'Symbolic modes are those of chmod(1), to the letter.',
  },
  {
    key: 'unsafe-writes',
    parameters: ['unsafe_writes'],
    ansible: 'unsafe_writes writes over a file that can’t be replaced in one step.',
    vrun: 'A file is replaced in one step or not at all.',
  },
  {
    key: 'attributes',
    parameters: ['attributes', 'attr', 'selevel', 'serole', 'setype', 'seuser'],
    ansible: 'Attributes of chattr(1) and SELinux’s labels can be set.',
    vrun: 'They are left as they are.',
    instead: 'Set them by a `command` with `unless`.',
  },
];

export const FILES: Readonly<Record<string, readonly Difference[]>> = {
  file: [
    {
      key: 'link-mode',
      ansible: 'A mode for a symbolic link that is not followed is dropped.',
      vrun: 'It is refused: a link has none.',
    },
    {
      key: 'directory-behind-link',
      ansible: '`state: directory` at a link that leads nowhere makes the directory there.',
      vrun: 'It fails, and says so.',
    },
    {
      key: 'hard-over-link',
      ansible: '`state: hard` takes a symbolic link that says `src` for a hard one.',
      vrun: 'The hard link takes its place.',
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
  ],
  stat: [
    {
      key: 'whole-seconds',
      ansible: '`atime`, `mtime` and `ctime` are fractions.',
      vrun: 'They are whole seconds, so that whole numbers can be taken from them.',
    },
    {
      key: 'null',
      ansible:
        'What there is nothing to say of (`lnk_target` of a file, `pw_name` without a user) is not among the fields.',
      vrun: 'It is null. Of a path where nothing is there is `exists` alone, in both.',
    },
    {
      key: 'mime',
      parameters: ['get_mime', 'mime', 'mime_type', 'mime-type'],
      ansible: '`mimetype` and `charset` are asked of file(1).',
      vrun: 'They are not given.',
      instead: 'Ask where it is needed: ‹command: file --mime-type -b PATH› with ‹read_only: true›.',
    },
    {
      key: 'attributes',
      parameters: ['get_attributes', 'attr', 'attributes'],
      ansible: '`attributes`, `attr_flags` and `version` are asked of lsattr(1).',
      vrun: 'They are not given.',
      instead: 'Ask where it is needed: ‹command: lsattr -d PATH› with ‹read_only: true›.',
    },
  ],
};
