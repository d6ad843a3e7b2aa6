import type { Situations } from '../harness/situation.ts';

/** Names that a shell, a line-based format or `stat` could stumble over. */
const NAMES = [
  ' two words ',
  "it's",
  '"quoted"',
  '$HOME `id` $(id)',
  'back\\slash\\n',
  '*?[a-z]',
  '-rf',
  '=equals:colons:1',
  'größe-日本-🚀',
  '@end',
  '~root',
  'a;b&c|d>e',
  '%s%n',
  '!bang#hash',
];

const file = (path: string, rest: object = {}) => ({ path, state: 'file', ...rest });

const situations: Situations = [
  {
    name: 'odd-names',
    title: 'names with spaces, quotes, colons, dollar signs, backslashes and letters beyond ASCII',
    given: `mkdir /srv/odd && cd /srv/odd
${NAMES.map((name) => `printf x >./'${name.replaceAll("'", `'\\''`)}'`).join('\n')}
touch -d @1700000000 -- ./*
chmod 0600 -- ./*`,
    wants: [
      ...NAMES.map((name) => file(`/srv/odd/${name}`, { mode: '0600' })),
      { path: '/srv/odd/-rf', state: 'absent' },
      { path: '/srv/odd/not there', state: 'touch' },
    ],
  },
  {
    name: 'every-kind',
    title:
      'a file, a directory, links, a hard link, a FIFO, a socket and a device where a file or a directory is wanted',
    given: `mkdir -p /srv/kinds/directory && cd /srv/kinds
printf text >file && ln file hard && mkfifo fifo && mknod device c 1 3 && mknod block b 7 0
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/srv/kinds/socket")'
ln -s file link && ln -s /srv/kinds/directory to-directory && ln -s nowhere dangling
chmod 4755 file && chmod 1777 directory`,
    wants: [
      ...['file', 'hard', 'directory', 'fifo', 'socket', 'device', 'block', 'link', 'dangling'].map((name) =>
        file(`/srv/kinds/${name}`, { mode: '0644' }),
      ),
      ...['file', 'directory', 'to-directory', 'dangling', 'fifo'].map((name) => ({
        path: `/srv/kinds/${name}`,
        state: 'directory',
        mode: 'u=rwx,go=rx',
      })),
      { path: '/srv/kinds/fifo', state: 'absent' },
      { path: '/srv/kinds/to-directory', state: 'directory', follow: true, mode: '0755' },
    ],
  },
  {
    name: 'links',
    title: 'links: relative, to themselves, with hostile targets, over files and directories; hard links',
    given: `mkdir -p /srv/links/full /srv/links/empty && cd /srv/links
printf text >file && printf other >full/inside && ln file hard
ln -s file relative && ln -s /srv/links/file absolute
ln -s loop loop && ln -s ping pong && ln -s pong ping
ln -s "$(printf 'a\\n@end\\n@digests\\nb')" hostile && ln -s "$(printf '\\377\\376')" binary
ln -s ' spaced  target ' spaced`,
    wants: [
      { path: '/srv/links/relative', state: 'link', src: 'file' },
      { path: '/srv/links/absolute', state: 'link', src: 'file' },
      { path: '/srv/links/spaced', state: 'link', src: ' spaced  target ', force: true },
      { path: '/srv/links/hostile', state: 'link', src: 'file' },
      { path: '/srv/links/binary', state: 'link', src: 'file' },
      { path: '/srv/links/loop', state: 'link', src: 'loop' },
      { path: '/srv/links/loop', state: 'file', follow: true },
      { path: '/srv/links/ping/below', state: 'directory' },
      { path: '/srv/links/new', state: 'link', src: '/srv/none' },
      { path: '/srv/links/forced', state: 'link', src: '/srv/none', force: true },
      { path: '/srv/links/file', state: 'link', src: 'hard' },
      { path: '/srv/links/full', state: 'link', src: 'file', force: true },
      { path: '/srv/links/empty', state: 'link', src: 'file', force: true },
      { path: '/srv/links/hard', state: 'hard', src: '/srv/links/file' },
      { path: '/srv/links/another', state: 'hard', src: '/srv/links/file' },
      { path: '/srv/links/of-none', state: 'hard', src: '/srv/links/none' },
      { path: '/srv/links/relative', mode: '0600' },
      { path: '/srv/links/relative', follow: false, owner: 'ops' },
      { path: '/srv/links/absolute', state: 'touch', mode: 'g=u' },
      { path: '/srv/links/loop', state: 'touch' },
      { path: '/srv/links/full', mode: 'o=' },
      { path: '/srv/links/new-one', state: 'link', src: 'file', owner: 'ops', mode: '01640' },
      { path: '/srv/links/absolute', state: 'link', mode: '0644' },
      { path: '/srv/links/full', state: 'hard', src: '/srv/links/file' },
      { path: '/srv/links/relative', state: 'hard', src: '/srv/links/file' },
    ],
  },
  {
    name: 'missing-parents',
    title: 'directories that are not there, and a file or a broken link where a directory should be',
    given: 'mkdir /srv/some && printf x >/srv/some/file && ln -s none /srv/some/broken && ln -s /srv/some /srv/linked',
    wants: [
      { path: '/srv/none/deep/deeper', state: 'directory', mode: '0750' },
      { path: '/srv/none/file', state: 'touch' },
      { path: '/srv/some/file/below', state: 'directory' },
      { path: '/srv/some/broken/below', state: 'touch' },
      { path: '/srv/linked/new', state: 'directory' },
      { path: '/srv/linked/file', state: 'absent' },
      { path: '/srv/none', state: 'absent' },
      file('/srv/none/never'),
    ],
  },
  {
    name: 'owners',
    title: 'owners without a name, users and groups that are missing, numbers',
    given: `mkdir /srv/owned && cd /srv/owned && touch nameless "ops's" "root's" && chown 4242:4243 nameless
chown ops:adm "ops's" && chmod 2750 /srv/owned`,
    wants: [
      file('/srv/owned/nameless', { owner: 'ops', group: 'adm' }),
      file('/srv/owned/nameless', { owner: '4242', group: '4243' }),
      file("/srv/owned/ops's", { owner: 'ops', group: 'adm', mode: '0644' }),
      file("/srv/owned/root's", { owner: 'nobody-such' }),
      file("/srv/owned/root's", { owner: 'nobody-such', group: 'none-such' }),
      { path: '/srv/owned', state: 'directory', mode: 'g-s,o=', owner: 'root', group: '0' },
    ],
  },
  {
    name: 'trees',
    title: 'whole trees: all alike, mixed, with links and odd names, empty, missing',
    given: `mkdir -p /srv/same/a/b /srv/mixed/sub /srv/empty && cd /srv
seq 200 | while read -r n; do : >same/a/b/$n; done
printf x >"mixed/$(printf 'line\\nbreak')" && printf x >mixed/run && chmod 0755 mixed/run && chown ops mixed/sub
ln -s /etc/passwd mixed/link && mkfifo mixed/fifo && chmod 0700 mixed/sub`,
    wants: ['same', 'mixed', 'empty', 'none'].map((name) => ({
      path: `/srv/${name}`,
      state: 'directory',
      recurse: true,
      owner: 'root',
      mode: 'u=rwX,go=rX',
    })),
  },
  {
    name: 'times',
    title: 'given times, the present one, and none at all, on files, links and what is only made',
    given: 'mkdir /srv/t && cd /srv/t && printf x >file && ln -s file link && touch -d "2020-01-01 00:00:00" file',
    wants: [
      { path: '/srv/t/file', state: 'file', modification_time: '202001010000.00' },
      { path: '/srv/t/link', state: 'touch', modification_time: '202002030405.06', access_time: 'preserve' },
      { path: '/srv/t/new', state: 'touch', modification_time: '202002030405.06', access_time: '202002030405.07' },
      { path: '/srv/t', modification_time: '4 May 2021', modification_time_format: '%d %B %Y' },
      { path: '/srv/t/file', state: 'touch', modification_time: 'preserve', access_time: 'preserve' },
      { path: '/srv/t/file', access_time: 'now' },
      { path: '/srv/t/sym', state: 'link', src: 'file', modification_time: '202002030405.06' },
      { path: '/srv/t', state: 'hard', src: '/srv/t/file', modification_time: '202002030405.06' },
    ],
  },
  {
    name: 'not-allowed',
    title: 'what ops may not see',
    as: 'ops',
    given: 'mkdir -m 0711 /srv/shut && printf x >/srv/shut/known && chmod 0600 /srv/shut/known',
    wants: [
      file('/root/.bashrc', { mode: '0600' }),
      file("/root/it's"),
      { path: '/root/.ssh/none/deeper', state: 'directory' },
      file('/srv/shut/known', { mode: '0644' }),
      { path: '/root/new', state: 'absent' },
      { path: '/srv/shut', state: 'directory', mode: '0711' },
    ],
  },
];

export default situations;
