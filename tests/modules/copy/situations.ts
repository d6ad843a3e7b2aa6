import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'contents',
    title: 'the same content, other texts, binary, empty, large, without a last line break',
    given: `mkdir /srv/c && cd /srv/c
printf 'same\\n' >same && printf 'other\\n' >other && printf 'same' >unended && : >empty && printf 'same\\r\\n' >crlf
printf 'a\\0b' >nul && printf '\\377\\376' >latin && printf '@end\\n:/srv/c/other\\n@digests\\n' >hostile
head -c 70000 /dev/zero | tr '\\0' a >long && printf 'Gr\\303\\266\\303\\237e\\n' >'größe & co'
chmod 0640 other && chown ops:adm other`,
    wants: [
      ...['same', 'other', 'unended', 'empty', 'crlf', 'nul', 'latin', 'hostile', 'long', 'größe & co', 'new'].map(
        (name) => ({ dest: `/srv/c/${name}`, content: 'same\n' }),
      ),
      { dest: '/srv/c/other', content: 'same\n', owner: 'root', group: 'root', mode: '0644', backup: true },
      { dest: '/srv/c/other', content: 'same\n', force: false },
      { dest: '/srv/none/file', content: '' },
    ],
  },
  {
    name: 'destinations',
    title: 'directories, links and devices at the destination, from a file, a directory and the host itself',
    given: `mkdir -p /srv/d/directory/app.conf /srv/d/site/img && cd /srv/d
printf 'old\\n' >file && printf '<p>' >site/index.html && printf old >site/img/logo.svg
ln -s file link && ln -s directory to-directory && ln -s none dangling && mkfifo fifo`,
    local: { 'app.conf': 'port 3005\n', 'site/': { 'index.html': '<p>', 'img/logo.svg': '<svg/>' } },
    wants: [
      ...['file', 'link', 'dangling', 'fifo', 'directory', 'to-directory', 'new/', 'site'].map((name) => ({
        dest: `/srv/d/${name}`,
        src: 'app.conf',
      })),
      { dest: '/srv/d/site', src: 'site/' },
      { dest: '/srv/d/copy', src: '/srv/d/file', remote_src: true },
      { dest: '/srv/d/site/index.html', src: '/srv/d/file', remote_src: true },
      { dest: '/srv/d/none', src: '/srv/d/not-there', remote_src: true },
    ],
  },
  {
    name: 'trees',
    title: 'directories of the host, alike, drifted, absent, with links, and what stands in the way',
    given: `mkdir -p /srv/t/from/d/e /srv/t/from/empty && cd /srv/t && printf a >from/a && printf b >"from/d/it's b" && ln -s d from/link
printf x >from/d/e/'x: FAILED' && chmod 0711 from/d/e/* && cp -a from same && cp -a from drifted && cp -a from blocked && printf z >file
printf other >drifted/a && rm -r drifted/empty drifted/link && chown ops drifted/d && rm -r blocked/d && printf f >blocked/d
rm blocked/a && mkdir blocked/a && cp -a from special && mkfifo special/fifo && cp -a from owned`,
    local: { 'whole/': { a: 'A', 'empty/': '', 'd/b': 'B', latest: '→ d' } },
    wants: [
      ...['same', 'drifted', 'blocked', 'new/deep', 'file'].map((name) => ({
        dest: `/srv/t/${name}`,
        src: '/srv/t/from/',
        remote_src: true,
      })),
      { dest: '/srv/t/in', src: '/srv/t/from', remote_src: true, local_follow: true },
      { dest: '/srv/t/no', src: '/srv/t/special/', remote_src: true },
      { dest: '/srv/t/drifted', src: '/srv/t/from/', remote_src: true, force: false },
      { dest: '/srv/t/owned', src: '/srv/t/from/', remote_src: true, owner: 'ops', mode: '0640' },
      { dest: '/srv/t/preserved', src: '/srv/t/from/a', remote_src: true, mode: 'preserve' },
      { dest: '/srv/t/here', src: 'whole/', local_follow: false, mode: 'preserve' },
    ],
  },
];

export default situations;
