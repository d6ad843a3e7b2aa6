import type { Situations } from '../harness/situation.ts';

const wants = [
  'Etc/UTC',
  'Europe/Berlin',
  'Europe',
  'leapseconds',
  'Europe/Nowhere',
  'America/Port-au-Prince',
  'Etc/GMT+1',
].map((name) => ({ name }));

const situations: Situations = [
  { name: 'as-installed', title: 'as installed', wants },
  {
    name: 'relative',
    title: 'a relative link, and another /etc/timezone',
    given: 'ln -sf ../usr/share/zoneinfo/Europe/Berlin /etc/localtime; echo Europe/Paris >/etc/timezone',
    wants,
  },
  {
    name: 'copy',
    title: 'a copy in place of the link, and no /etc/timezone',
    given: 'rm -f /etc/localtime /etc/timezone; cp /usr/share/zoneinfo/Etc/UTC /etc/localtime',
    wants,
  },
  { name: 'none', title: 'neither', given: 'rm -f /etc/localtime /etc/timezone', wants },
  { name: 'no-zones', title: 'a host without zones', given: 'rm -rf /usr/share/zoneinfo', wants: wants.slice(0, 2) },
  { name: 'not-root', title: 'ops', as: 'ops', wants: wants.slice(0, 2) },
];

export default situations;
