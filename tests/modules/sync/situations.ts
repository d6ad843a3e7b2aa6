import type { Situations } from '../harness/situation.ts';

const local = {
  'site/': {
    'index.html': '<p>\n',
    'img/logo.svg': '<svg/>',
    'img/größe & co.svg': '<svg/>',
    'empty/': '',
    latest: '→ index.html',
  },
};
const site = { src: 'site/', dest: '/srv/site' };

const situations: Situations = [
  {
    name: 'trees',
    title: 'a tree that is not there, whole, or drifted in every way',
    given: `mkdir -p /srv/whole/img /srv/whole/empty && cd /srv/whole && printf '<p>\\n' >index.html
printf '<svg/>' >img/logo.svg; cp img/logo.svg 'img/größe & co.svg'; ln -s index.html latest; cp -a /srv/whole /srv/drifted
cd /srv/drifted; printf '<q>\\n' >index.html; printf longer >img/logo.svg; chown ops 'img/größe & co.svg'; rmdir empty; ln -s img empty; ln -sf img latest
mkdir -p old/deep; touch old/deep/file old/.env keep.map; ln -s /etc link; touch 'a
b'; cp -a /srv/whole /srv/blocked; rm /srv/blocked/index.html; mkdir /srv/blocked/index.html; printf x >/srv/file; chmod 2775 /srv/whole/img`,
    local,
    wants: [
      { ...site },
      { ...site, dest: '/srv/whole' },
      { ...site, dest: '/srv/whole', delete: true },
      { ...site, dest: '/srv/whole', owner: 'root', group: '0', mode: '0640' },
      { ...site, dest: '/srv/drifted' },
      { ...site, dest: '/srv/drifted', delete: true, exclude: ['.env', '*.map'], owner: 'root' },
      { ...site, dest: '/srv/blocked' },
      { ...site, dest: '/srv/blocked', delete: true },
      { ...site, dest: '/srv/file' },
      { ...site, dest: '/srv/new/deep', owner: 'nobody-knows' },
    ],
  },
];

export default situations;
