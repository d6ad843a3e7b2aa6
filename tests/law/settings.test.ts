import { laws } from './law.ts';

laws('sysctl, hostname and timezone', [
  {
    title: 'settings of the kernel, running and kept',
    tasks: `
- name: Forward
  sysctl: { name: net.ipv4.ip_forward, value: 1 }
- name: Range
  sysctl: { name: net.ipv4.ping_group_range, value: "0 100" }
- name: Now only
  sysctl: { name: net/ipv4/conf/lo/rp_filter, value: 2, persist: false }
- name: Old
  sysctl: { name: net.ipv4.ip_default_ttl, state: absent }
`,
    situations: [
      { title: 'from absent', changed: ['Forward', 'Range', 'Now only'] },
      {
        title: 'from drifted',
        given: `echo 0 >/proc/sys/net/ipv4/ip_forward; echo 'net.ipv4.ip_default_ttl=1' >>/etc/sysctl.d/99-vrun.conf`,
        changed: ['Forward', 'Old'],
      },
      {
        title: 'from a file that says something else',
        given: `sed -i 's/ip_forward = 1/ip_forward = 0/; /range/d' /etc/sysctl.d/99-vrun.conf`,
        changed: ['Forward', 'Range'],
      },
    ],
    observe: `cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/lo/rp_filter; sort /etc/sysctl.d/99-vrun.conf; stat -c '%A %U' /etc/sysctl.d/99-vrun.conf`,
    observed: '1\n2\nnet.ipv4.ip_forward = 1\nnet.ipv4.ping_group_range = 0 100\n-rw-r--r-- root\n',
  },
  {
    title: 'name and time zone',
    tasks: `
- name: Name
  hostname: web7
- name: Its address
  lineinfile: { path: /etc/hosts, regexp: '^127\\.0\\.1\\.1\\s', line: 127.0.1.1 web7 }
- name: Zone
  timezone: Europe/Berlin
`,
    situations: [
      { title: 'from others', changed: ['Name', 'Its address', 'Zone'] },
      {
        title: 'from drifted',
        given: `hostname other; ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime`,
        changed: ['Name', 'Zone'],
      },
      { title: 'from what the next boot would bring', given: `echo old >/etc/hostname`, changed: ['Name'] },
    ],
    // Debian 13 has no /etc/timezone any more, and gets none.
    observe: `hostname; cat /etc/hostname; date -d @1750000000 +%H:%M; readlink /etc/localtime; if grep -q '^VERSION_ID="12' /etc/os-release; then cat /etc/timezone; else ls /etc/timezone 2>/dev/null; echo Europe/Berlin; fi; ls -A /etc | grep vrun`,
    observed: 'web7\nweb7\n17:06\n../usr/share/zoneinfo/Europe/Berlin\nEurope/Berlin\n',
  },
]);
