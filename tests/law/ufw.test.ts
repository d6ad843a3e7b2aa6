import { laws } from './law.ts';

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
    title: 'no firewall',
    tasks: '- name: Off\n  ufw: { state: disabled, default: { incoming: allow } }',
    situations: [{ title: 'from on', changed: ['Off'] }],
    observe: 'ufw status; iptables -S INPUT | head -n 1',
    observed: 'Status: inactive\n-P INPUT ACCEPT\n',
  },
]);
