import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'ports-and-paths',
    title: 'nginx and sshd listen, a socket on ::1 alone, a path, a link that leads nowhere',
    given: `systemctl start nginx
cat >/run/systemd/system/six.socket <<'END'
[Socket]
ListenStream=[::1]:4506
BindIPv6Only=ipv6-only
END
cat >/run/systemd/system/six.service <<'END'
[Service]
ExecStart=/bin/sleep 1000
END
cat >/run/systemd/system/four.socket <<'END'
[Socket]
ListenStream=127.0.0.1:4504
END
cp /run/systemd/system/six.service /run/systemd/system/four.service
systemctl daemon-reload; systemctl start six.socket four.socket; ln -s nowhere /etc/dangling`,
    wants: [
      { port: 80 },
      { port: 22 },
      { port: 22, host: '::1' },
      { port: 22, host: 'localhost', state: 'stopped' },
      { port: 81 },
      { port: 4506 },
      { port: 4506, host: '::1' },
      { port: 4506, host: 'localhost' },
      { port: 4504 },
      { port: 4504, host: '::1' },
      { port: 4504, host: '127.0.0.2' },
      { port: 4504, host: 'localhost' },
      { port: 14000, host: 'acme.lab.test' },
      { port: 1, host: 'acme.lab.test', timeout: 0 },
      { port: 22, host: 'no-such-host.lab.test' },
      { path: '/etc/hostname' },
      { path: '/etc/dangling', state: 'absent' },
      { path: '/etc/none/such' },
      { path: '/etc/none/such', state: 'absent' },
    ],
  },
];

export default situations;
