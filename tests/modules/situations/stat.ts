import type { Situations } from '../situation.ts';

const situations: Situations = [
  {
    name: 'every-kind',
    title: 'all kinds of things at a path, and nothing',
    given: `mkdir -p /srv/kinds/directory && cd /srv/kinds
printf text >file && : >empty && mkfifo fifo && mknod device c 1 3
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/srv/kinds/socket")'
ln file hard && ln -s file link && ln -s nowhere dangling && ln -s loop loop
chmod 6755 file && chown 4242:4243 empty && chmod 0000 empty
touch -d @1700000000 file empty && touch -d '1965-01-01 UTC' directory && truncate -s 40M large`,
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
      .concat([{ path: '/' }, { path: '/srv/kinds/file/below' }, { path: '/proc/version' }, { path: '/dev/null' }]),
  },
  {
    name: 'not-allowed',
    title: 'what ops may not see or not read',
    as: 'ops',
    wants: [{ path: '/etc/shadow' }, { path: '/root/.bashrc' }, { path: '/root' }, { path: '/home/ops/.profile' }],
  },
];

export default situations;
