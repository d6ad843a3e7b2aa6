import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'files',
    title: 'the same, another one, an empty one, links, a directory, a FIFO, nothing',
    given: `mkdir /srv/f && cd /srv/f && printf there >file && : >empty && mkdir directory && mkfifo fifo
ln -s file link && ln -s directory to-directory && ln -s none dangling`,
    local: { 'have/file': 'there' },
    wants: ['file', 'empty', 'link', 'to-directory', 'dangling', 'directory', 'fifo', 'none'].map((name) => ({
      src: `/srv/f/${name}`,
      dest: `have/${name}`,
    })),
  },
  {
    name: 'secrets',
    title: 'a file that an unprivileged user may not read',
    given: 'mkdir -m 0755 /srv/s; printf x >/srv/s/secret; chmod 0600 /srv/s/secret',
    as: 'ops',
    wants: [{ src: '/srv/s/secret', dest: 'x' }],
  },
];

export default situations;
