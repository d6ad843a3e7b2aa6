import type { Situations } from '../harness/situation.ts';

const local = { 'look.sh': '#!/bin/sh\necho "$# $1"; cat; exit 3\n', 'plain.sh': 'echo plain\n' };

const situations: Situations = [
  {
    name: 'guards',
    title: 'guards that hold and that do not',
    local,
    given: 'touch /srv/made',
    wants: [
      { cmd: 'look.sh', creates: '/srv/made' },
      { cmd: 'look.sh', creates: '/srv/new' },
      { cmd: 'look.sh', removes: '/srv/new' },
      { cmd: 'look.sh', unless: 'test -e /srv/made' },
      { cmd: 'look.sh', chdir: '/srv/none', creates: 'made' },
    ],
  },
  {
    name: 'read-only',
    title: 'scripts that only read',
    readOnly: true,
    local,
    wants: [
      { cmd: 'look.sh "two words"', stdin: 'from the controller\n' },
      { argv: ['look.sh'] },
      { cmd: 'plain.sh' },
      { cmd: 'look.sh', executable: '/bin/none-such' },
    ],
  },
];

export default situations;
