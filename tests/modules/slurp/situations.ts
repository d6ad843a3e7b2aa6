import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'every-kind',
    title: 'texts, bytes, and what is no file',
    given: `mkdir -p /srv/s/directory && cd /srv/s && printf 'Gr\\303\\266\\303\\237e\\n' >text && printf '\\377\\0' >bytes && : >empty
printf '@slurp\\n@files\\n' >hostile && mkfifo fifo && ln -s text link && ln -s none dangling && truncate -s 1M large`,
    wants: [
      'text',
      'bytes',
      'empty',
      'hostile',
      'fifo',
      'link',
      'dangling',
      'large',
      'directory',
      'text/x',
      'none',
    ].map((name) => ({ src: `/srv/s/${name}` })),
  },
  {
    name: 'not-allowed',
    title: 'what ops may not read',
    as: 'ops',
    wants: [{ src: '/etc/shadow' }, { src: '/root/x' }],
  },
];

export default situations;
