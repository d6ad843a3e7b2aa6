import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'settings',
    title: 'a settings file that is as wanted, that was edited, that is not there, whose group is missing',
    given: `groupadd vantus && cd /etc/default && printf 'PORT=3005\\n' >same && printf 'PORT=80\\n# mine\\n' >edited
chgrp vantus same && chmod 0640 same && chmod 0644 edited`,
    local: { 'env.hbs': 'PORT=3005\n' },
    wants: [
      ...['same', 'edited', 'new'].map((name) => ({
        dest: `/etc/default/${name}`,
        src: 'env.hbs',
        owner: 'root',
        group: 'vantus',
        mode: '0640',
      })),
      { dest: '/etc/default/new', src: 'env.hbs', group: 'none-such' },
      { dest: '/etc/default/same', src: 'env.hbs', newline_sequence: '\r\n' },
      { dest: '/etc/default', src: 'env.hbs' },
    ],
  },
];

export default situations;
