import type { Situations } from '../harness/situation.ts';

const block = '10.0.0.1 one\n10.0.0.2 two\n';

const situations: Situations = [
  {
    name: 'texts',
    title: 'the block there, another, of others, without an end, in a file without a last line break, CR LF, no file',
    given: `mkdir /srv/b && cd /srv/b
m='VRUN MANAGED BLOCK'
printf "a\\n# BEGIN $m\\n10.0.0.1 one\\n10.0.0.2 two\\n# END $m\\nb\\n" >there
printf "# BEGIN $m\\nold\\n# END $m" >other && printf "# BEGIN ANSIBLE MANAGED BLOCK\\nx\\n# END ANSIBLE MANAGED BLOCK\\n" >foreign
printf "# BEGIN $m\\nold\\n" >open && printf 'b' >unended && : >empty && printf 'a\\r\\nb\\r\\n' >crlf && printf 'a\\0b' >nul`,
    wants: [
      ...['there', 'other', 'foreign', 'open', 'unended', 'empty', 'crlf', 'nul', 'none'].map((name) => ({
        path: `/srv/b/${name}`,
        block,
      })),
      { path: '/srv/b/there', state: 'absent' },
      { path: '/srv/b/foreign', block, marker: '# {mark} ANSIBLE MANAGED BLOCK', insertbefore: 'BOF' },
      { path: '/srv/b/crlf', block, insertafter: '^a' },
      { path: '/srv/b/made', block, create: true, mode: '0600', owner: 'ops' },
      { path: '/srv/b/none', state: 'absent' },
    ],
  },
];

export default situations;
