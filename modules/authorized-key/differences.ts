// What authorized-key means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'options-stay',
    parameters: ['key_options'],
    ansible: 'A key that is given without options loses those that stand before it.',
    vrun: 'They stay, and of two lines of a key the restricted one does; where two restrictions differ the task fails. An empty text takes them away.',
  },
  {
    key: 'one-line',
    ansible: 'Of a key that stands in the file twice the last line is looked at.',
    vrun: 'A key has one line; the others go.',
  },
  {
    key: 'comment-stays',
    parameters: ['comment'],
    ansible: 'A key that is given without a comment loses its own.',
    vrun: 'It stays.',
  },
  {
    key: 'place',
    ansible: 'A key whose options or comment change goes to the end of the file.',
    vrun: 'It keeps its line.',
  },
  {
    key: 'comments-of-the-file',
    parameters: ['exclusive'],
    ansible: 'The file’s comments and blank lines go with the other keys. With `state: absent` it means nothing.',
    vrun: 'They stay. With `state: absent` it is a Problem.',
  },
  {
    key: 'url',
    parameters: ['validate_certs'],
    ansible: 'A key may be a URL, which the host fetches.',
    vrun: 'It is refused: whoever answers there would decide who may log in.',
    instead: 'Keep the keys in a file beside the runbook and name it with `src`.',
  },
  {
    key: 'directory-of-a-path',
    parameters: ['manage_dir'],
    ansible: 'The directory of `path` is given to the user, too.',
    vrun: 'Only where `manage_dir: true` says so.',
  },
  {
    key: 'links',
    parameters: ['follow'],
    ansible: 'A link in the place of the file is replaced, or followed.',
    vrun: 'It is refused, as is one in the place of its directory: the user could lead root astray.',
    instead: 'Name the file itself with `path`.',
  },
  {
    key: 'modes',
    ansible: 'Owner and mode of the file and its directory are set only with a change of the keys.',
    vrun: 'They are part of what is wanted: sshd refuses keys that others may write.',
  },
  {
    key: 'absent-user',
    ansible: 'It fails for a user who isn’t there.',
    vrun: 'With `state: absent` no key of theirs is left, in the file that `path` names either.',
  },
];
