import type { Situations } from '../harness/situation.ts';

const wants = [
  { name: 'net.ipv4.ip_forward', value: 1 },
  { name: 'net.ipv4.ip_forward', value: 0 },
  { name: 'net/ipv4/conf/lo/rp_filter', value: '2' },
  { name: 'net.ipv4.ping_group_range', value: '0   100' },
  { name: 'net.ipv4.ip_forward', value: 1, persist: false },
  { name: 'net.ipv4.ip_forward', state: 'absent' },
  { name: 'vm.swappiness', value: 10 },
  { name: 'net.none.such', value: 1 },
  { name: 'net.ipv4', value: 1 },
  { name: 'net.ipv4.route.flush', value: 1 },
];

const situations: Situations = [
  { name: 'fresh', title: 'settings of its own network and of everybody, one that is none, no file', wants },
  {
    name: 'kept',
    title: 'a file with the wanted lines, others, and the same twice',
    given: `printf '%s\\n' '# ours' 'net/ipv4/ip_forward=1' 'vm.swappiness = 60' 'net.ipv4.ping_group_range = 0\t100' 'net.ipv4.conf.lo.rp_filter=1' '-net.ipv4.conf.lo.rp_filter = 2' >/etc/sysctl.d/99-vrun.conf
echo 1 >/proc/sys/net/ipv4/ip_forward; echo '0 100' >/proc/sys/net/ipv4/ping_group_range`,
    wants,
  },
  { name: 'not-root', title: 'ops may read them', as: 'ops', wants: wants.slice(0, 5) },
  {
    name: 'no-directory',
    title: 'a host without /etc/sysctl.d',
    given: 'rm -rf /etc/sysctl.d',
    wants: wants.slice(0, 1),
  },
];

export default situations;
