import type { Situations } from '../harness/situation.ts';

const wants = [{ name: 'web1' }, { name: 'web1.example.com' }];

const situations: Situations = [
  { name: 'another', title: 'another name', wants },
  {
    name: 'halves',
    title: 'the running name as wanted, the other one not, and with comments and spaces',
    given: "hostname web1; printf '# its name\\n\\n web1.example.com \\n' >/etc/hostname",
    wants,
  },
  { name: 'none', title: 'no /etc/hostname', given: 'rm /etc/hostname; hostname web1', wants },
  { name: 'not-root', title: 'ops', as: 'ops', wants },
];

export default situations;
