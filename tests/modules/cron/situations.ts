import type { Situations } from '../harness/situation.ts';

const backup = { name: 'Nightly backup', job: '/usr/local/bin/backup --all', minute: 30, hour: 2, user: 'root' };

const situations: Situations = [
  {
    name: 'bare',
    title: 'users without a crontab, a user who is not there, files that are not there',
    wants: [
      backup,
      { ...backup, user: 'ops' },
      { ...backup, user: 'none-such' },
      { ...backup, cron_file: 'vantus' },
      { ...backup, cron_file: 'vantus', user: 'none-such' },
      { ...backup, cron_file: '/srv/none/vantus' },
      { name: 'Nightly backup', state: 'absent' },
    ],
  },
  {
    name: 'existing',
    title: 'entries of ours, of Ansible and of people; disabled, moved, twice, without a job',
    given: `cat >/tmp/tab <<'END'
# edited by hand: größe % \\% "x"
MAILTO=ops@example.com

#vrun: Nightly backup
30 2 * * * /usr/local/bin/backup --all
#Ansible: Rotate
@daily /usr/sbin/logrotate /etc/logrotate.conf
#Ansible: Disabled one
#5 4 * * sun /bin/true
5 * * * * /bin/anything
#vrun: Twice
1 1 * * * /bin/a
#Ansible: Twice
2 2 * * * /bin/b
#Ansible: without a job
#vrun: Last
END
crontab /tmp/tab && printf '@reboot /bin/own\\n' | crontab -u ops -
printf 'SHELL=/bin/sh\\n#vrun: Nightly backup\\n30 3 * * * root /usr/local/bin/backup --all\\n' >/etc/cron.d/vantus
printf '#Ansible: Nightly backup\\n30 2 * * * root /usr/local/bin/backup --all' >/etc/cron.d/unended
ln -s vantus /etc/cron.d/linked`,
    wants: [
      backup,
      { ...backup, hour: 4 },
      { name: 'Rotate', job: '/usr/sbin/logrotate /etc/logrotate.conf', special_time: 'daily' },
      { name: 'Disabled one', job: '/bin/true', minute: 5, hour: 4, weekday: 'sun', disabled: true },
      { name: 'Disabled one', job: '/bin/true', minute: 5, hour: 4, weekday: 'sun' },
      { name: 'Twice', job: '/bin/a', minute: 1, hour: 1 },
      { name: 'Twice', state: 'absent' },
      { name: 'without a job', job: '/bin/c' },
      { name: 'Last', job: '/bin/d' },
      { name: 'Nightly', job: '/bin/e' },
      { ...backup, user: 'ops' },
      { ...backup, cron_file: 'vantus' },
      { ...backup, cron_file: 'unended' },
      { ...backup, cron_file: 'linked' },
    ],
  },
  {
    name: 'unnamed',
    title: 'lines that people wrote, variables, a crontab of the task itself',
    given: `printf '%s\\n' 'MAILTO=ops' 'PATH = "/bin"' '30 2\t* *  * /usr/local/bin/backup --all' '#@daily off' | crontab -
printf 'SHELL=/bin/sh\\n@daily  root  rotate\\n' >/etc/cron.d/vantus`,
    wants: [
      { ...backup, user: undefined },
      { name: 'off', job: 'off', special_time: 'daily', disabled: true },
      { name: 'rotate', job: 'rotate', special_time: 'daily', user: 'root', cron_file: 'vantus' },
      { name: 'MAILTO', env: true, job: 'root' },
      { name: 'PATH', env: true, state: 'absent' },
      { name: 'HOME', env: true, job: '/', insertafter: 'MAILTO' },
      { name: 'HOME', env: true, job: '/', insertbefore: 'SHELL', cron_file: 'vantus' },
      { name: 'HOME', env: true, job: '/', insertbefore: 'LANG' },
    ],
  },
  {
    name: 'outlived',
    title: 'crontabs of an account that is gone, and of one that came anew with another number',
    given: `for u in gone back; do useradd -g users "$u"
printf '#vrun: Nightly backup\\n30 2 * * * /usr/local/bin/backup --all\\n' | crontab -u "$u" -; userdel "$u"; done
useradd -u 3999 -g users back`,
    wants: [
      { ...backup, user: 'gone' },
      { ...backup, user: 'gone', state: 'absent' },
      { ...backup, user: 'back' },
    ],
  },
  {
    name: 'own',
    title: 'ops looking after its own crontab, and not seeing that of root',
    as: 'ops',
    given: "printf '#vrun: Nightly backup\\n30 2 * * * /usr/local/bin/backup --all\\n' | crontab -u ops -",
    wants: [{ ...backup, user: 'ops' }, backup, { ...backup, cron_file: 'vantus', user: 'ops' }],
  },
  {
    name: 'only-others',
    title: "ops asking for root's crontab alone",
    as: 'ops',
    wants: [backup],
  },
  {
    name: 'no-cron',
    title: 'a host without cron',
    given: 'DEBIAN_FRONTEND=noninteractive apt-get purge -qq -y cron >/dev/null 2>&1; rm -rf /etc/cron.d',
    wants: [backup, { ...backup, cron_file: 'vantus' }, { ...backup, state: 'absent' }],
  },
];

export default situations;
