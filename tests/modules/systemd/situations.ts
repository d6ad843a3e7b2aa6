import type { Situations } from '../harness/situation.ts';

const SERVICE = '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n';
const unit = (name: string, text: string) => `cat >/etc/systemd/system/${name} <<'END'\n${text.trim()}\nEND\n`;

const situations: Situations = [
  {
    name: 'states',
    refuses: /(failing|looping)\.service/,
    title: 'running, stopped, failed, masked, missing, one-shot, restarting, static, generated units of several types',
    given: `${unit('running.service', SERVICE)}${unit('stopped.service', SERVICE)}${unit('masked.service', SERVICE)}
${unit('failing.service', '[Service]\nType=oneshot\nExecStart=/bin/false')}
${unit('once.service', '[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=yes')}
${unit('twice.service', '[Service]\nType=oneshot\nExecStart=/bin/true')}
${unit('looping.service', '[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=15')}
${unit('reloads.service', '[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true')}
${unit('bad.service', '[Service]\nExecStart=relative/path')}
${unit('knock.socket', '[Socket]\nListenStream=/run/knock.sock\nAccept=yes')}${unit('knock@.service', '[Service]\nExecStart=/bin/cat')}
${unit('tick.timer', '[Timer]\nOnCalendar=daily\nUnit=twice.service')}
rm /etc/systemd/system/masked.service && systemctl daemon-reload
systemctl enable -q --now running.service knock.socket tick.timer && systemctl enable -q reloads.service
systemctl start once twice reloads looping && systemctl mask -q masked.service
systemctl start failing 2>/dev/null || true
until systemctl show -p SubState looping | grep -q auto-restart; do sleep 0.1; done`,
    wants: [
      ...['running', 'stopped', 'failing', 'once', 'twice', 'looping', 'bad', 'knock.socket', 'tick.timer'].map(
        (name) => ({ unit: name, state: 'started' }),
      ),
      { unit: 'running', state: 'stopped', enabled: false },
      { unit: 'running', masked: true },
      { unit: 'masked', masked: true },
      { unit: 'masked', state: 'started' },
      { unit: 'bad', enabled: true },
      { unit: 'masked', masked: false },
      { unit: 'none-such', masked: true },
      { unit: 'none-such', state: 'started', enabled: true },
      { unit: 'stopped', enabled: true },
      { unit: 'reloads', state: 'reloaded' },
      { unit: 'running', state: 'reloaded' },
      { unit: 'twice', enabled: true },
      { unit: 'knock@one', enabled: false },
      { unit: 'multi-user.target', state: 'started' },
      { unit: 'ssh', state: 'started', enabled: true },
      { unit: 'sshd.service', state: 'started' },
      { unit: 'getty@tty1.service', enabled: true },
    ],
  },
  {
    name: 'files',
    title: 'unit files and drop-ins: as wanted, edited, new; edited and put back; templates and their instances',
    given: `${unit('same.service', SERVICE)}${unit('edited.service', `${SERVICE}# mine`)}${unit('touched.service', SERVICE)}
${unit('app@.service', '[Service]\nExecStart=/bin/sleep 1%i\n[Install]\nWantedBy=multi-user.target')}
mkdir -p /etc/systemd/system/same.service.d && printf '[Service]\\nNice=5\\n' >/etc/systemd/system/same.service.d/nice.conf
systemctl daemon-reload && systemctl enable -q --now same edited touched app@1
printf '# changed\\n' >>/etc/systemd/system/touched.service && touch -d '+1 min' /etc/systemd/system/same.service
chmod 0666 /etc/systemd/system/edited.service`,
    local: { 'unit.hbs': SERVICE },
    wants: [
      { unit: 'same', template: 'unit.hbs', state: 'started', enabled: true },
      { unit: 'same', drop_in: { nice: '[Service]\nNice=5\n' }, restart_on_change: true },
      { unit: 'same', drop_in: { nice: '[Service]\nNice=10\n', 'more.conf': '[Service]\nUMask=0077\n' } },
      { unit: 'edited', template: 'unit.hbs', state: 'started', restart_on_change: true },
      { unit: 'touched', content: SERVICE, state: 'started', restart_on_change: true },
      { unit: 'fresh', content: SERVICE, state: 'started', enabled: true },
      { unit: 'fresh', drop_in: { nice: '[Service]\nNice=5\n' } },
      { unit: 'app@1', state: 'started', enabled: true },
      { unit: 'app@2', state: 'started' },
      { unit: 'app@', content: '[Service]\nExecStart=/bin/sleep 2%i\n' },
    ],
  },
  {
    name: 'own-manager',
    title: 'units of the manager of ops, who has a session',
    as: 'ops',
    // By systemd-run: since version 256 logind refuses who came past it, as the lab's exec does.
    given: `systemd-run -q --wait loginctl enable-linger ops
until [ -S /run/user/$(id -u ops)/systemd/private ]; do sleep 0.1; done
install -d -o ops -g ops /home/ops/.config /home/ops/.config/systemd /home/ops/.config/systemd/user
cat >/home/ops/.config/systemd/user/mine.service <<'END'
${SERVICE.trim()}
END
su ops -c 'XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user daemon-reload'
su ops -c 'XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user start mine'`,
    wants: [
      { unit: 'mine', state: 'started', enabled: true, scope: 'user' },
      { unit: 'none-such', state: 'started', scope: 'user' },
      { unit: 'ssh', state: 'started' },
    ],
  },
  {
    name: 'no-manager',
    title: 'root, whose own manager does not run',
    wants: [{ unit: 'mine', state: 'started', scope: 'user' }],
  },
];

export default situations;
