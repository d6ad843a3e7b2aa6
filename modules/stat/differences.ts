// What stat means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
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
];
