import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'texts',
    title: 'matches and none, groups, CR LF, empty, binary, not UTF-8',
    given: `mkdir /srv/l && cd /srv/l
printf 'a\\nPort 22\\nPort 23\\n' >there && printf 'b' >unended && : >empty
printf 'Port 22\\r\\nb\\r\\n' >crlf && printf 'a\\0b' >nul && printf '\\377\\376\\n' >latin
printf 'Gr\\303\\266\\303\\237e\\n' >'größe & co' && chmod 0640 there && chown ops:adm there`,
    wants: [
      ...['there', 'unended', 'empty', 'crlf', 'nul', 'latin', 'größe & co', 'none'].map((name) => ({
        path: `/srv/l/${name}`,
        regexp: '^Port (\\d+)',
        replace: 'Port 0\\1',
      })),
      { path: '/srv/l/there', regexp: '^Port.*\\n', after: 'a\\n', before: '23', mode: '0600', backup: true },
      { path: '/srv/l/there', regexp: 'Port', replace: 'Porte', validate: 'grep -q ^Port %s' },
    ],
  },
];

export default situations;
