import type { Situations } from '../harness/situation.ts';

const web = { allow: ['22/tcp', '80/tcp', '443/tcp'] };

const situations: Situations = [
  {
    name: 'as-installed',
    title: 'ufw as Debian installs it: off, without rules',
    wants: [
      web,
      { allow: ['80/tcp'] },
      { allow: ['80/tcp'], allow_lockout: true },
      { state: 'disabled' },
      { rules: [{ rule: 'limit', to_port: 22, proto: 'tcp', from_ip: '10.231.77.0/24', comment: 'from the lab' }] },
    ],
  },
  {
    name: 'without-ufw',
    title: 'a host without ufw, and what its removal leaves',
    given: 'DEBIAN_FRONTEND=noninteractive apt-get purge -qq -y ufw >/dev/null 2>&1; rm -rf /etc/ufw /lib/ufw',
    wants: [web, { state: 'disabled' }, { state: 'disabled', default: { incoming: 'allow' } }],
  },
  {
    name: 'on',
    title: 'on, with exactly the wanted rules',
    given: 'ufw allow 22/tcp; ufw allow 80/tcp; ufw allow 443/tcp; ufw --force enable',
    wants: [
      web,
      { ...web, exclusive: true },
      { allow: ['22/tcp', '80,443/tcp'] },
      { allow: ['22/tcp'], exclusive: true, logging: 'medium' },
      { allow: ['22/tcp', '443/tcp'], deny: ['80/tcp'] },
      { allow: ['80/tcp'], exclusive: true },
      { ...web, default: { incoming: 'reject', outgoing: 'deny' } },
      { state: 'disabled' },
    ],
  },
  {
    name: 'every-rule',
    title:
      'rules with comments, addresses of both families, interfaces, lists, ranges, profiles; routed, limited, logged ones',
    given: `ufw limit 22/tcp comment 'größe, "x" & y'
ufw allow 80,443/tcp && ufw allow 6000:6007/udp && ufw deny 53 && ufw reject out 25/tcp
ufw allow from 192.0.2.0/24 to any port 5432 proto tcp comment 'database'
ufw allow from 2001:db8::/32 to 2001:db8::1 port 443 proto tcp
ufw allow in on host0 from 10.0.0.1 && ufw deny in on host0 to any port 9000 proto udp
ufw allow OpenSSH && ufw allow 'Nginx Full'
ufw allow from 198.51.100.7 port 68 to any port 67 proto udp
ufw route allow in on host0 out on lo to 10.0.0.0/8 && ufw allow log 8080/tcp && ufw allow log-all 8081/tcp
ufw allow proto esp from 192.0.2.1 && ufw allow proto gre from 192.0.2.2
ufw logging high; ufw default reject incoming; ufw default allow routed; ufw --force enable`,
    wants: [
      { limit: ['22/tcp'], logging: 'high', default: { incoming: 'reject', routed: 'allow' } },
      {
        rules: [{ rule: 'limit', to_port: 22, proto: 'tcp', comment: 'größe, "x" & y' }],
        allow: ['80,443/tcp', '6000:6007/udp', 'OpenSSH', 'Nginx Full'],
        deny: ['53'],
      },
      {
        rules: [
          { rule: 'allow', from_ip: '192.0.2.0/24', to_port: 5432, proto: 'tcp', comment: 'other words' },
          { rule: 'allow', from_ip: '2001:db8::/32', to_ip: '2001:db8::1', to_port: 443, proto: 'tcp' },
          { rule: 'reject', to_port: 25, proto: 'tcp', direction: 'out' },
          { rule: 'allow', from_ip: '10.0.0.1', interface: 'host0' },
        ],
      },
      { allow: ['22/tcp'], exclusive: true },
      {
        limit: ['22/tcp'],
        rules: [
          { rule: 'allow', to_port: '80,443', proto: 'tcp', delete: true },
          { rule: 'allow', to_port: 53, delete: true },
          { rule: 'allow', name: 'Nginx Full', delete: true },
          { rule: 'allow', from_ip: '198.51.100.7', from_port: 68, to_port: 67, proto: 'udp', delete: true },
          { rule: 'allow', route: true, interface_in: 'host0', interface_out: 'lo', to_ip: '10.0.0.0/8', delete: true },
          { rule: 'allow', to_port: 8080, proto: 'tcp', log: true, delete: true },
          { rule: 'allow', to_port: 8081, proto: 'tcp', delete: true },
        ],
      },
      { limit: ['22/tcp'], allow: ['Openssh'] },
    ],
  },
  {
    name: 'out-of-order',
    title: 'a port that is denied and shall be allowed, and wide rules before narrow ones, in one family each',
    given: `ufw allow from 10.231.77.0/24; ufw deny 22/tcp; ufw allow from 0.0.0.0/0 to 0.0.0.0/0 port 80 proto tcp comment 'the web'
ufw deny from ::/0 to ::/0 port 80 proto tcp; ufw allow from 10.0.0.0/8 to any app DNS
ufw --force enable`,
    wants: [
      { allow: ['22/tcp'], deny: ['25/tcp', '80/tcp'] },
      {
        rules: [
          { rule: 'allow', from_ip: '10.9.0.5' },
          { rule: 'deny', from_ip: '10.9.0.0/16' },
        ],
        allow: ['22/tcp', '80/tcp'],
      },
      { allow: ['22/tcp'], exclusive: true },
    ],
  },
  {
    name: 'half-on',
    title: 'on by its settings, but its rules are no longer in the kernel',
    given: 'ufw allow 22/tcp; ufw --force enable; ufw-init flush-all 2>/dev/null || /lib/ufw/ufw-init flush-all',
    wants: [{ allow: ['22/tcp'] }, { state: 'disabled' }],
  },
  {
    name: 'without-ipv6',
    title: 'with IPV6=no, and words as people write them',
    given: `sed -i 's/^IPV6=.*/IPV6="no"/; s/^DEFAULT_INPUT_POLICY=.*/DEFAULT_INPUT_POLICY=DROP/' /etc/default/ufw
printf '\\n#ENABLED=yes\\n' >>/etc/ufw/ufw.conf; ufw allow 22/tcp; ufw --force enable`,
    wants: [{ allow: ['22/tcp'] }, { allow: ['22/tcp', '80/tcp'] }],
  },
  {
    name: 'not-root',
    title: 'ops, who may not read the rules',
    as: 'ops',
    given: 'ufw allow 22/tcp; ufw --force enable',
    wants: [{ allow: ['22/tcp'] }],
  },
];

export default situations;
