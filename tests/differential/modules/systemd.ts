import fc from 'fast-check';
import { any, ending, giving, of, refusing } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

const UNITS = ['da.service', 'db.service', 'dt.timer', 'dl.socket', 'dx.service'];
const unit = (name: string, text: string) =>
  `printf '${text.replaceAll('\n', '\\n')}' >/usr/lib/systemd/system/${name}`;

function withoutReload(shown: unknown): string {
  return String(shown).replace(/NeedDaemonReload=\w+\n/, '');
}

export const systemd: Subject = {
  module: 'systemd',
  reset: [
    `systemctl stop ${UNITS.join(' ')} 2>/dev/null || true`,
    `systemctl unmask -q ${UNITS.join(' ')} 2>/dev/null || true`,
    `systemctl disable -q ${UNITS.join(' ')} 2>/dev/null || true`,
    'rm -rf /etc/systemd/system/d[abtlx].* /etc/systemd/system/*.wants/d[abtlx].* /usr/lib/systemd/system/d[abtlx].*',
    unit(
      'da.service',
      '[Service]\nExecStart=/bin/sleep 1000\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
    ),
    unit('db.service', '[Service]\nExecStart=/bin/sleep 1000\n'),
    unit('dt.timer', '[Timer]\nOnCalendar=daily\nUnit=db.service\n[Install]\nWantedBy=timers.target\n'),
    unit(
      'dl.socket',
      '[Socket]\nListenStream=/run/dl.sock\nAccept=no\nService=db.service\n[Install]\nWantedBy=sockets.target\n',
    ),
    unit('dx.service', '[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n'),
    'systemctl daemon-reload; systemctl reset-failed',
  ].join('\n'),
  commands: UNITS.map(
    (name) => `systemctl show -p LoadState,UnitFileState,ActiveState,SubState,NeedDaemonReload ${name}`,
  ),
  announced: [
    { key: 'masked-and-started', is: refusing(/masked unit can be neither/) },
    { key: 'gone', is: ending('ok', 'failed', /Could not find the requested service/) },
    {
      key: 'links',
      is: of(
        ({ enabled }) => enabled === true,
        any(ending('failed', 'ok', /can't be enabled/), ending('failed', 'changed', /can't be enabled/)),
      ),
    },
    { key: 'mask-ahead', is: of(({ masked }) => masked === true, ending('changed', 'ok')) },
    { key: 'cannot-reload', is: ending('failed', 'failed', /can't reload/) },
    { key: 'static', is: of(({ enabled }) => enabled === false, any(ending('ok', 'changed'), giving('enabled'))) },
    {
      key: 'reload',
      is: any(
        of(({ daemon_reload: reload }) => reload === true, ending('changed', 'ok')),
        (difference) =>
          difference.kind === 'state' && withoutReload(difference.vrun) === withoutReload(difference.ansible),
      ),
    },
  ],
  share: 0.4,
  trials: fc.record({
    given: fc
      .subarray([
        'systemctl start da',
        'systemctl enable -q da',
        'systemctl mask -q da',
        'systemctl start db',
        'systemctl enable -q dt.timer',
        'echo "#" >>/usr/lib/systemd/system/da.service',
      ])
      .map((lines) => lines.join('\n')),
    tasks: few(
      task('systemd', {
        name: fc.constantFrom('da', 'da', 'da.service', 'db', 'dt.timer', 'dl.socket', 'dx', 'gone'),
        state: optional(fc.constantFrom('started', 'stopped', 'restarted', 'reloaded'), 6),
        enabled: optional(fc.boolean(), 2),
        masked: rare(fc.boolean()),
        daemon_reload: rare(fc.boolean()),
        force: rare(fc.boolean(), 20),
        no_block: rare(fc.boolean(), 20),
        scope: rare(fc.constant('system'), 20),
      }),
    ),
  }),
};
