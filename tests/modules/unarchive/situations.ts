import type { Situations } from '../harness/situation.ts';

const local = { 'tool.tar.gz': { 'bin/tool': '#!/bin/sh\n', 'share/doc': 'read\n', 'bin/t': '→ tool' } };
const tool = { src: 'tool.tar.gz', dest: '/srv/tool' };
const there = { src: '/srv/tool.tar.gz', remote_src: true };

const situations: Situations = [
  {
    name: 'archives',
    title: 'archives of the controller and of the host, unpacked, drifted, or not unpacked yet',
    given: `mkdir -p /srv/tool/bin /srv/tool/share && cd /srv/tool && printf '#!/bin/sh\\n' >bin/tool; printf 'read\\n' >share/doc; ln -s tool bin/t
tar -C /srv/tool -czf /srv/tool.tar.gz bin share; cp -a /srv/tool /srv/drifted; echo more >>/srv/drifted/share/doc; rm /srv/drifted/bin/t; printf x >/srv/file`,
    local,
    wants: [
      { ...tool },
      { ...tool, dest: '/srv/drifted' },
      { ...tool, dest: '/srv/new' },
      { ...tool, dest: '/srv/new', creates: '/srv/tool/bin/tool' },
      { ...tool, dest: '/srv/new', creates: '/srv/new/bin/tool', owner: 'nobody-knows' },
      { ...tool, dest: '/srv/file' },
      { ...there, dest: '/srv/new', creates: '/srv/new/bin' },
      { ...there, dest: '/srv/new', creates: '/srv/tool/bin' },
    ],
  },
];

export default situations;
