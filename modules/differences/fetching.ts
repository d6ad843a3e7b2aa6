// Where modules that bring something from elsewhere mean something else than Ansible's of the same name.
import type { Difference } from '../../engine/module/difference.ts';

export const FETCHING: Readonly<Record<string, readonly Difference[]>> = {
  'get-url': [
    {
      key: 'checksum',
      parameters: ['checksum'],
      ansible: 'checksum may be left out, and may be of md5 or sha1.',
      vrun: 'A digest is needed that nobody can forge, of the sha2 family: once the file is there, nothing is fetched.',
    },
    {
      key: 'directory',
      parameters: ['dest'],
      ansible: 'In a directory the file gets the name that it has in the address.',
      vrun: 'Only where `dest` ends in a slash; else a directory in the place of the file is refused.',
    },
    {
      key: 'unasked',
      ansible: 'Check mode asks the address.',
      vrun: 'A dry run doesn’t: whether the file can be had, and is the right one, shows in the run.',
    },
    {
      key: 'force',
      parameters: ['force'],
      ansible: 'With force the file is fetched each time; without it and without a checksum what is there stays.',
      vrun: 'A file with another digest is replaced, always.',
      instead: 'Leave it out.',
    },
    {
      key: 'place',
      parameters: [
        'tmp_dest',
        'decompress',
        'use_netrc',
        'ciphers',
        'unredirected_headers',
        'http_agent',
        'use_gssapi',
      ],
      ansible: 'Where the file lies meanwhile, and how it is asked for.',
      vrun: 'It lies in a private directory beside its place and is renamed there. It is asked for by curl as it is.',
      instead: 'Leave it out; a header is set by `headers`.',
    },
    {
      key: 'certificates',
      parameters: ['validate_certs', 'client_cert', 'client_key'],
      ansible: 'Certificates may be left unchecked, and given.',
      vrun: "They are checked against the host's authorities.",
      instead: "Put the server's authority on the host in a task before.",
    },
    {
      key: 'redundant',
      parameters: ['force_basic_auth', 'use_proxy', 'timeout', 'sha256sum'],
      ansible: 'Details of the request.',
      vrun: 'User and password are sent at once; a proxy is taken from the environment of the task; a connection has 30 seconds.',
      instead: 'Leave it out; for sha256sum write `checksum: sha256:…`.',
    },
  ],
  npm: [
    {
      key: 'locked',
      ansible: 'A directory gets what package.json asks for, or a package by its name; `ci` follows the lock file.',
      vrun: 'A directory gets what its lock file says, unless `command` says otherwise; a name is for `global: true`.',
      instead: 'Add the package to package.json and its lock file.',
    },
    {
      key: 'ranges',
      ansible: 'A `version` that is a range or a tag is a change each time.',
      vrun: 'A version that fits the range is enough, and what a tag stands for the registry is asked.',
    },
    {
      key: 'latest',
      ansible: '`state: latest` without a name brings all of a directory to the newest versions.',
      vrun: 'It is for a global package.',
      instead: 'Run npm update where the application is developed, and release its lock file.',
    },
    {
      key: 'executable',
      ansible: '`executable` may have words before it, and takes the node that PATH has.',
      vrun: 'It is a path, and takes the node beside it.',
    },
    {
      key: 'options',
      parameters: ['ci', 'no_optional', 'no_bin_links', 'unsafe_perm', 'force'],
      ansible: 'Options of npm.',
      vrun: "npm's own settings are taken from .npmrc; `command: ci` is what a directory gets.",
      instead: 'Leave `ci` out; write the others into .npmrc in a task before.',
    },
  ],
  git: [
    {
      key: 'path',
      parameters: ['repo'],
      ansible: 'A path becomes an address: /srv/x.git is file:///srv/x.git.',
      vrun: 'It is the remote as it is written.',
    },
    {
      key: 'default-branch',
      parameters: ['version'],
      ansible: 'Without `version` a clone stays on the branch that is checked out in it.',
      vrun: 'It is at the branch that the repository names as its own (HEAD).',
    },
    {
      key: 'detached',
      ansible: 'A branch is checked out as a local branch that follows it.',
      vrun: 'The commit is checked out, with HEAD detached.',
    },
    {
      key: 'shallow',
      parameters: ['depth', 'version'],
      ansible: 'A clone that was cut short by `depth` can’t be brought to another branch without it.',
      vrun: 'What `version` names is fetched.',
    },
    {
      key: 'both',
      ansible: 'A name that is a branch and a tag means the one that git finds first.',
      vrun: 'It is refused; write refs/heads/NAME or refs/tags/NAME.',
    },
    {
      key: 'host-keys',
      parameters: ['accept_hostkey', 'accept_newhostkey', 'ssh_opts'],
      ansible: 'A host key that is not known may be accepted, and ssh gets options.',
      vrun: 'Host keys are strict.',
      instead:
        "Put the server's key into /etc/ssh/ssh_known_hosts in a task before, and other options into ssh_config there.",
    },
    {
      key: 'refspec',
      parameters: ['refspec'],
      ansible: 'More references are fetched.',
      vrun: 'The reference that version names is fetched.',
      instead: 'Write the whole reference as version: `version: refs/pull/12/head`.',
    },
    {
      key: 'single-branch',
      parameters: ['single_branch'],
      ansible: 'The history of one branch is fetched.',
      vrun: 'With depth nothing but the reference that version names is fetched.',
      instead: 'Leave it out, or say `depth: 1`.',
    },
    {
      key: 'work-tree',
      parameters: [
        'bare',
        'archive',
        'archive_prefix',
        'separate_git_dir',
        'reference',
        'clone',
        'remote',
        'track_submodules',
      ],
      ansible:
        'Bare clones, archives, other places for the repository, remotes of other names, the newest commits of submodules.',
      vrun: 'A clone with its files at dest, its remote is origin, and submodules are at the commits that it names.',
      instead: 'For a bare clone or an archive run git by `command` with `creates`.',
    },
    {
      key: 'keys',
      parameters: ['gpg_whitelist', 'gpg_allowlist'],
      ansible: 'A list of the keys that verify_commit accepts.',
      vrun: "It accepts those that the user's keyring holds.",
      instead: 'Give the user of the task a keyring with these keys alone.',
    },
  ],
  unarchive: [
    {
      key: 'directories',
      ansible:
        'Owner, group and mode of the task are given to every directory that the archive has, and dest has to be there.',
      vrun: 'Directories that are there keep theirs; dest is made.',
    },
    {
      key: 'attributes',
      ansible:
        'Files have the owner (for root), the group and the mode that the archive says, and are unpacked again where they haven’t.',
      vrun: 'They belong to the task’s user unless owner and group say otherwise, and only their owner may write to them.',
    },
    {
      key: 'creates',
      ansible:
        'Where `creates` is there, the task is `skipped`; where the archive doesn’t make it, it is unpacked each time.',
      vrun: 'It is ok; what the archive doesn’t make is a failure.',
    },
    {
      key: 'address',
      ansible: 'With remote_src, src may be an address, which is fetched without a digest.',
      vrun: 'It is fetched in a task of its own.',
      instead: 'Fetch it with `get-url`, which knows it by its digest, and name that file with `remote_src: true`.',
    },
    {
      key: 'keep-newer',
      parameters: ['keep_newer'],
      ansible: 'Files that are newer than those in the archive stay.',
      vrun: 'Every file is as the archive has it.',
      instead: 'Leave files that the host changes out by `exclude`, or say with `creates` when to unpack.',
    },
    {
      key: 'copy',
      parameters: ['copy'],
      ansible: 'An old name of remote_src, the other way round.',
      vrun: 'It has the one name.',
      instead: 'In place of `copy: false` write `remote_src: true`.',
    },
    {
      key: 'options',
      ansible: 'extra_opts takes any option of tar and unzip.',
      vrun: 'It takes --strip-components, --exclude, and what is done anyway (--no-same-owner, --overwrite, -o); --strip-components of zip archives, too.',
    },
  ],
};
