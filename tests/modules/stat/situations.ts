import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'every-kind',
    title: 'all kinds of things at a path, and nothing',
    given: `mkdir -p /srv/kinds/directory && cd /srv/kinds
printf text >file && : >empty && mkfifo fifo && mknod device c 1 3
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/srv/kinds/socket")'
ln file hard && ln -s file link && ln -s nowhere dangling && ln -s loop loop
chmod 6755 file && chown 4242:4243 empty && chmod 0000 empty
touch -d @1700000000 file empty && touch -d '1965-01-01 UTC' directory && truncate -s 40M large
sha1sum file empty large && readlink link dangling loop`,
    wants: [
      'file',
      'empty',
      'fifo',
      'device',
      'socket',
      'hard',
      'link',
      'dangling',
      'loop',
      'directory',
      'large',
      'none',
    ]
      .map((name) => ({ path: `/srv/kinds/${name}` }))
      .concat(['/', '/srv/kinds/file/below', '/proc/version', '/dev/null'].map((path) => ({ path }))),
  },
  {
    name: 'links',
    title: 'links, with a slash at the end, followed, and what is asked of the content',
    given: `mkdir -p /srv/l/directory && cd /srv/l && printf text >"a file" && ln -s directory link && ln -s "a file" to-file
ln -s none dangling && ln -s loop loop && ln -s ../l/to-file chain && touch -d @1700000000 "a file"
cat chain && readlink link to-file dangling loop chain && ls directory`,
    wants: [
      ...['link', 'link/', 'to-file', 'to-file/', 'a file/', 'dangling', 'dangling/', 'loop', 'loop/', 'chain'].map(
        (name) => ({ path: `/srv/l/${name}` }),
      ),
      ...['link', 'to-file', 'dangling', 'loop', 'chain', 'none'].map((name) => ({
        path: `/srv/l/${name}`,
        follow: true,
        checksum_algorithm: 'sha256',
      })),
      { path: '/srv/l/a file', get_checksum: false },
      { path: '/srv/l/chain', follow: true, checksum_algorithm: 'md5' },
    ],
  },
  {
    name: 'not-allowed',
    title: 'what ops may not see or not read',
    as: 'ops',
    wants: [{ path: '/etc/shadow' }, { path: '/root/.bashrc' }, { path: '/root' }, { path: '/home/ops/.profile' }],
  },
];

export default situations;
