import { laws } from '../../law/law.ts';

const RULES =
  "grep -h '^### tuple' /etc/ufw/user.rules /etc/ufw/user6.rules | sed 's/### tuple ### //' | LC_ALL=C sort";
const tasks = `
- name: Firewall
  ufw:
    allow: [22/tcp, "80,443/tcp"]
    deny: [25/tcp]
    rules:
      - { rule: limit, to_port: 2222, proto: tcp, from_ip: 10.0.0.0/8, comment: jump host }
    exclusive: true
`;

laws('ufw', [
  {
    title: 'a firewall',
    tasks,
    situations: [
      { title: 'from off', changed: ['Firewall'] },
      {
        title: 'from drifted rules and policies',
        given:
          'ufw allow 8080/tcp; ufw delete allow 80,443/tcp; ufw default allow incoming; ufw logging high; ufw allow 25/tcp',
        changed: ['Firewall'],
      },
      {
        title: 'from a rule that only IPv6 lacks',
        given: 'ufw --force delete allow from ::/0 to ::/0 port 22 proto tcp',
        changed: ['Firewall'],
      },
      { title: 'from stopped', given: 'ufw disable', changed: ['Firewall'] },
      {
        title: 'from rules that somebody took out of the kernel',
        given: 'iptables -F; iptables -P INPUT ACCEPT; iptables -X',
        changed: ['Firewall'],
      },
    ],
    observe: `ufw status verbose | sed -n '1,3p'; ${RULES}; iptables -S INPUT | head -n 1; iptables -S ufw-user-input | grep -c -- '--dport'`,
    observed: `Status: active
Logging: on (low)
Default: deny (incoming), allow (outgoing), disabled (routed)
allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
allow tcp 22 ::/0 any ::/0 in
allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 in
allow tcp 80,443 ::/0 any ::/0 in
deny tcp 25 0.0.0.0/0 any 0.0.0.0/0 in
deny tcp 25 ::/0 any ::/0 in
limit tcp 2222 0.0.0.0/0 any 10.0.0.0/8 in comment=6a756d7020686f7374
-P INPUT DROP
6
`,
  },
  {
    title: 'rules that are taken away, and rules of every kind',
    tasks: `
- name: Firewall
  ufw:
    allow: [22/tcp]
    rules:
      - { rule: allow, to_port: 8080, proto: tcp, delete: true }
      - { rule: allow, route: true, from_ip: 10.0.0.0/8, delete: true }
      - { rule: limit, name: OpenSSH, delete: true }
      - { rule: deny, to_port: 8081, proto: tcp, delete: true }
      - { rule: allow, route: true, interface_in: host0, interface_out: lo, from_ip: 10.0.0.0/8 }
      - { rule: deny, interface_out: lo, proto: udp, from_port: 68, to_port: 67, log: true, comment: "no dhcp" }
      - { rule: allow, proto: igmp }
`,
    situations: [
      {
        title: 'from there',
        given: `ufw --force reset; ufw allow 22/tcp; ufw allow 8080/tcp comment old; ufw route allow from 10.0.0.0/8
ufw limit OpenSSH; ufw allow 8081/tcp; ufw --force enable`,
        changed: ['Firewall'],
      },
    ],
    observe: RULES,
    observed: `allow igmp any 0.0.0.0/0 any 0.0.0.0/0 in
allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
allow tcp 22 ::/0 any ::/0 in
allow tcp 8081 0.0.0.0/0 any 0.0.0.0/0 in
allow tcp 8081 ::/0 any ::/0 in
deny_log udp 67 0.0.0.0/0 68 0.0.0.0/0 out_lo comment=6e6f2064686370
deny_log udp 67 ::/0 68 ::/0 out_lo comment=6e6f2064686370
route:allow any any 0.0.0.0/0 any 10.0.0.0/8 in_host0!out_lo
`,
  },
  {
    title: 'no firewall',
    tasks: '- name: Off\n  ufw: { state: disabled, default: { incoming: allow } }',
    situations: [{ title: 'from on', changed: ['Off'] }],
    observe: 'ufw status; iptables -S INPUT | head -n 1',
    observed: 'Status: inactive\n-P INPUT ACCEPT\n',
  },
  {
    title: 'no firewall, where none is installed',
    tasks: '- name: Off\n  ufw: { state: disabled, rules: [{ rule: allow, to_port: 22, delete: true }] }',
    situations: [{ title: 'from removed', given: 'apt-get -qq purge -y ufw >/dev/null 2>&1', changed: [] }],
    observe: 'command -v ufw',
    observed: '',
  },
]);
