// What the modules that manage files and look at them mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';

/** Of every module that writes files or gives them attributes. */
export const WRITTEN: readonly Difference[] = [
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

/** Of copy and template. */
const PLACED: readonly Difference[] = [
  {
    key: 'follow',
    parameters: ['follow'],
    ansible: 'With follow, what a link at dest leads to is written.',
    vrun: 'A link at dest is replaced by the file, which is Ansible’s default.',
    instead: 'Name the file that the link leads to.',
  },
  {
    key: 'dest',
    ansible: 'Of a directory, and of a file that `force: false` leaves alone, the result’s `dest` is the task’s.',
    vrun: '`dest` is the path of what is written, with its name.',
  },
];

export const FILES: Readonly<Record<string, readonly Difference[]>> = {
  copy: [
    {
      key: 'host-tree-mode',
      ansible:
        'With remote_src and a directory, owner, group and mode are given to the directory itself too, and mode to nothing else; links at its top are left out.',
      vrun: 'owner and group are for what is copied, mode for files, directory_mode for directories that are made; links are copied as links unless local_follow is set.',
    },
    {
      key: 'content-in-directory',
      ansible:
        'A content whose dest is a directory becomes a file in it with a name by chance, another one in each run.',
      vrun: 'A directory is a failure; a link to one is replaced by the file, as every link is.',
    },
    {
      key: 'host-directory',
      ansible:
        'With remote_src and a directory, a directory above `dest` that is missing is a failure; a file in the place of dest isn’t, and stays.',
      vrun: 'Directories above it are made; a file in its place is a failure.',
    },
    {
      key: 'into-itself',
      ansible: 'A directory of the host is copied into itself.',
      vrun: 'That is a failure.',
    },
    {
      key: 'host-mode',
      ansible: 'With remote_src, `validate` and a directory as dest that is missing, the source may get the mode.',
      vrun: 'The source is never changed.',
    },
    {
      key: 'host-file-time',
      ansible: 'With remote_src a file keeps the time of its source.',
      vrun: 'It is as new as it is.',
    },
    {
      key: 'links',
      ansible: 'A link in a directory that leads nowhere is an error of a step.',
      vrun: 'It is a problem before the first connection.',
    },
    {
      key: 'content',
      ansible: 'content may be any value, and becomes JSON.',
      vrun: 'It is a text.',
    },
    {
      key: 'checksum',
      parameters: ['checksum'],
      ansible: 'The file is held against a digest.',
      vrun: 'What is sent is always held against the digest of what was read here.',
      instead: 'Take it out. A file that is fetched is held against a digest by `get-url`.',
    },
    {
      key: 'decrypt',
      parameters: ['decrypt'],
      ansible: 'Files of ansible-vault are decrypted.',
      vrun: 'Secrets are values of the runbook: `!secret`.',
    },
    ...PLACED,
    ...WRITTEN,
  ],
  template: [
    {
      key: 'force-directory',
      ansible: 'With `force: false` a directory at dest is enough: nothing is put into it.',
      vrun: 'The file is put into it unless one of its name is there.',
    },
    {
      key: 'handlebars',
      parameters: [
        ...['block_start_string', 'block_end_string', 'variable_start_string', 'variable_end_string'],
        ...['comment_start_string', 'comment_end_string', 'trim_blocks', 'lstrip_blocks'],
      ],
      ansible: 'Templates are Jinja2’s.',
      vrun: 'Templates are Handlebars’, in which `{{~` and `~}}` take white space away.',
      instead: 'Take it out, and write the template for Handlebars.',
    },
    {
      key: 'output-encoding',
      parameters: ['output_encoding'],
      ansible: 'The file may be in another encoding than UTF-8.',
      vrun: 'Files are UTF-8.',
      instead: 'Keep such a file as it is, and write it with `copy`.',
    },
    ...PLACED,
    ...WRITTEN,
  ],
  fetch: [
    {
      key: 'place',
      parameters: ['flat'],
      ansible: 'dest is a directory, in which the file is HOST/PATH; with flat it is the file.',
      vrun: 'dest is the file, relative to the project’s root; with a slash at its end a directory, in which the file is HOST/NAME.',
      instead: 'Take it out.',
    },
    {
      key: 'fail-on-missing',
      parameters: ['fail_on_missing'],
      ansible: 'A file that is not there may be passed over.',
      vrun: 'It is a failure.',
      instead: 'Look at it by `stat` first, and set `when: RESULT.stat.exists`.',
    },
    {
      key: 'validate-checksum',
      parameters: ['validate_checksum'],
      ansible: 'What came may be taken without a look at its digest.',
      vrun: 'It is always held against the digest that was read on the host.',
      instead: 'Take it out: what comes is always held against its digest.',
    },
  ],
  slurp: [
    {
      key: 'text',
      ansible: 'content is to be decoded by a filter.',
      vrun: '`text` is the file itself; content and encoding are as in Ansible.',
    },
    {
      key: 'size',
      ansible: 'Files of any size are read.',
      vrun: 'Files of at most 256 KiB are: registers go into the record.',
    },
  ],
  find: [
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
  ],
  file: [
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
