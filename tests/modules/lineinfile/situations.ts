import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'texts',
    title: 'the line there and not, no line break at the end, CR LF, empty, hostile, binary, not UTF-8',
    given: `mkdir /srv/l && cd /srv/l
printf 'a\\nPort 22\\n' >there && printf '#Port 2\\nb\\n' >other && printf 'b' >unended && : >empty
printf 'Port 22\\r\\nb\\r\\n' >crlf && printf '@end\\n@text\\n!\\n=x\\n@read\\n' >hostile && printf 'a\\0b' >nul
printf '\\377\\376\\n' >latin
printf 'Gr\\303\\266\\303\\237e\\n' >'größe & co' && chmod 0640 other && chown ops:adm other`,
    wants: [
      ...['there', 'other', 'unended', 'empty', 'crlf', 'hostile', 'nul', 'latin', 'größe & co'].map((name) => ({
        path: `/srv/l/${name}`,
        regexp: '^#?Port\\s',
        line: 'Port 22',
      })),
      { path: '/srv/l/other', line: 'c', insertafter: '^#', mode: '0600', owner: 'root', group: 'root', backup: true },
      { path: '/srv/l/other', regexp: '^#', state: 'absent' },
      { path: '/srv/l/there', line: 'Port 0', validate: 'grep -q "^Port" %s' },
    ],
  },
  {
    name: 'places',
    title: 'no file, no directory, a directory, links, a FIFO, and names of nobody',
    given: `mkdir -p /srv/p/directory && cd /srv/p && printf 'a\\n' >file && ln -s file link && ln -s none dangling
ln -s directory to-directory && mkfifo fifo && ln -s /srv/p/link twice
printf 'a\\n' >/home/ops/own && ln -s /srv/p/file /home/ops/trap && ln -s own /home/ops/mine && chown -h ops /home/ops/*`,
    wants: [
      ...['file', 'link', 'twice', 'dangling', 'directory', 'to-directory', 'fifo', 'file/below'].map((name) => ({
        path: `/srv/p/${name}`,
        line: 'b',
      })),
      { path: '/srv/p/new', line: 'b' },
      { path: '/srv/p/made', line: 'b', create: true, mode: '0600' },
      { path: '/srv/p/none/made', line: 'b', create: true },
      { path: '/srv/p/none', line: 'b', state: 'absent' },
      { path: '/srv/p/file', line: 'c', owner: 'nobody-such', group: 'none-such' },
      { path: '/home/ops/trap', line: 'b' },
      { path: '/home/ops/mine', line: 'b' },
    ],
  },
  {
    name: 'not-allowed',
    title: 'files that ops may not read, or not even see',
    as: 'ops',
    given: `printf 'a\\n' >/srv/shut && chmod 600 /srv/shut && mkdir -m 700 /srv/closed && printf 'a\\n' >/srv/closed/in`,
    wants: [
      { path: '/srv/shut', line: 'a' },
      { path: '/srv/closed/in', line: 'a' },
      { path: '/etc/hostname', line: 'x' },
    ],
  },
];

export default situations;
