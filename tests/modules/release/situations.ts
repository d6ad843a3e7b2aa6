import { createHash } from 'node:crypto';
import type { Situations } from '../harness/situation.ts';

/** None: tar refuses it. */
const ARCHIVE = 'what stands for an archive';
const digest = createHash('sha256').update(ARCHIVE).digest('hex');
const local = { 'b.tar.gz': ARCHIVE };
const app = { path: '/srv/app' };

const situations: Situations = [
  {
    name: 'bare',
    title: 'a host without any release, without its owner',
    given: 'printf x >/srv/file',
    local,
    wants: [
      { ...app, id: 'b', src: 'b.tar.gz' },
      { ...app, id: 'b', src: 'b.tar.gz', owner: 'nobody-knows', group: 'www-data' },
      { ...app, id: 'b' },
      { ...app, id: 'b', state: 'current' },
      { ...app, state: 'previous' },
      { ...app, id: 'b', state: 'previous' },
      { ...app, id: 'b', state: 'absent' },
      { path: '/srv/file', id: 'b', src: 'b.tar.gz' },
      { path: '/srv/file/app', id: 'b', src: 'b.tar.gz' },
    ],
    refuses: /not in gzip format|There is no|cannot find/,
  },
  {
    name: 'releases',
    title: 'releases in use, before, beside, of others, with links of all kinds',
    given: `mkdir -p /srv/app/releases/a /srv/app/releases/b /srv/app/releases/c /srv/app/releases/theirs /srv/app/shared/uploads
cd /srv/app/releases; for r in a c gone; do echo ${digest} >.$r.sha256; done; echo ${digest} >.b.sha256
touch -d @1000 .a.sha256; touch -d @3000 .b.sha256; touch -d @2000 .c.sha256; mkdir .vrun-release-abcdef ".odd name"; echo x >".odd name.sha256"
ln -s ../../shared/uploads b/uploads; yes line | head -n 2000 >b/large; cp b/large 'b/also large'; cp b/large 'b/back\\\\slash'; echo small >b/small; mkdir b/logs; ln -s elsewhere b/tmp
ln -s releases/b ../current; ln -s /srv/app/releases/a ../previous; ln -s releases/gone ../dangling; mkdir ../directory; ln -s /srv ../away`,
    local,
    wants: [
      { ...app, id: 'b', src: 'b.tar.gz' },
      { ...app, id: 'b', sha256: 'f'.repeat(64) },
      { ...app, id: 'theirs', src: 'b.tar.gz' },
      { ...app, id: 'new', src: 'b.tar.gz' },
      { ...app, id: 'b', src: 'b.tar.gz', shared: ['uploads'], owner: 'www-data', mode: '0750' },
      { ...app, id: 'b', shared: ['uploads', 'tmp', 'cache/pages'] },
      { ...app, id: 'b', shared: ['logs'] },
      { ...app, id: 'b', state: 'current', keep: 1 },
      { ...app, id: 'c', state: 'current', keep: 2 },
      { ...app, id: 'b', state: 'previous' },
      { ...app, id: 'a', state: 'previous' },
      { ...app, state: 'previous' },
      { ...app, id: 'b', state: 'absent' },
      { ...app, id: 'a', state: 'absent' },
      { ...app, id: 'c', state: 'current', link: 'dangling' },
      { ...app, id: 'c', state: 'current', link: 'directory' },
      { ...app, id: 'c', state: 'current', link: 'away' },
    ],
    refuses: /not in gzip format/,
  },
];

export default situations;
