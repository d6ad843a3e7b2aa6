import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'groups',
    title: 'groups with members, without, with a password, with another number, and one that is not there',
    given: `groupadd --gid 4300 empty && groupadd --gid 4301 many && groupadd 'a.b-c_d$'
seq 60 | while read -r n; do printf 'user%s,' "$n"; done | sed 's/,$//' >/tmp/members
sed -i "s/^many:x:4301:$/many:x:4301:$(cat /tmp/members)/" /etc/group
printf 'secret:$6$abc$def:4302:root\\n' >>/etc/group`,
    wants: [
      { name: 'empty' },
      { name: 'empty', gid: 4300 },
      { name: 'empty', gid: 4400 },
      { name: 'many', state: 'absent' },
      { name: 'secret' },
      { name: 'a.b-c_d$' },
      { name: 'none-such', system: true },
      { name: 'none-such', state: 'absent' },
      { name: 'none-such', gid: 4300 },
      { name: 'ops', state: 'absent' },
    ],
  },
  {
    name: 'all-present',
    title: 'nothing to do',
    wants: [{ name: 'root', gid: 0 }, { name: 'sudo' }],
  },
];

export default situations;
