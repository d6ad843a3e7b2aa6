// A systemd unit: its file, whether it starts at boot, and whether it runs.

import {
  defineModule,
  LocalFile,
  LocalTemplate,
  named,
  OneOf,
  pathThing,
  Text,
  Type,
  things,
  treeThing,
} from '../../engine/module/index.ts';
import { hasControl } from '../../engine/resources/file/path.ts';
import { planUnit } from '../../engine/resources/unit/plan.ts';
import { probeUnits } from '../../engine/resources/unit/probe.ts';
import { parseUnits } from '../../engine/resources/unit/state.ts';
import { dropIn, isTemplateUnit, UNIT, type UnitWant, unitFile, unitName } from '../../engine/resources/unit/want.ts';
import { DIFFERENCES } from './differences.ts';
import { pendingUnit } from './pending.ts';

export default defineModule({
  name: 'systemd',
  summary: 'Manage a systemd unit',
  example: `
- name: The service runs, and stays up for two seconds
  systemd:
    unit: app.service
    content: |
      [Service]
      ExecStart=/opt/app/bin/app
      DynamicUser=true
      [Install]
      WantedBy=multi-user.target
    enabled: true
    state: started
    restart_on_change: true
    settle: 2
`,
  params: Type.Object({
    unit: Type.Optional(
      Type.String({
        minLength: 1,
        pattern: UNIT.source,
        description: 'Name of the unit; without a suffix it is a service',
      }),
    ),
    state: Type.Optional(
      OneOf(['started', 'stopped', 'restarted', 'reloaded'], {
        description: 'Whether it runs; restarted and reloaded act each time and belong in handlers',
      }),
    ),
    enabled: Type.Optional(
      Type.Boolean({
        description: 'Whether it starts at boot: whether the links are there that its [Install] section asks for',
      }),
    ),
    masked: Type.Optional(Type.Boolean({ description: 'Whether it is kept from being started at all' })),
    content: Type.Optional(Text({ description: 'Content of the unit file, in /etc/systemd/system' })),
    template: Type.Optional(LocalTemplate({ description: 'Template of the unit file' })),
    src: Type.Optional(LocalFile({ description: 'The unit file on the controller' })),
    drop_in: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9:_.@-]+$' }),
      Text({ description: 'Settings, as in a unit file' }),
      {
        additionalProperties: false,
        default: {},
        description: 'Settings on top of the unit file: each name becomes UNIT.d/NAME.conf',
      },
    ),
    restart_on_change: Type.Boolean({ default: false, description: 'Restart it when its files change while it runs' }),
    settle: Type.Integer({
      default: 0,
      minimum: 0,
      description:
        'Seconds for which it must stay active after a start, restart or reload; with 0 only a service that dies at once is noticed',
    }),
    timeout: Type.Integer({ default: 90, minimum: 1, description: 'Seconds that a start, stop or reload may take' }),
    daemon_reload: Type.Boolean({
      default: false,
      description:
        "Have the manager read its files again first, where those of any unit are newer; for the task's own unit that is done anyway",
    }),
    force: Type.Boolean({
      default: false,
      description: 'Replace links of other units that are in the way when it is enabled or masked',
    }),
    no_block: Type.Boolean({
      default: false,
      description: 'Ask for the start, stop or reload without waiting for it',
    }),
    scope: OneOf(['system', 'user'], {
      default: 'system',
      description: "The system's manager, or the one of the user that the task runs as",
    }),
  }),
  aliases: { name: 'unit', service: 'unit', 'daemon-reload': 'daemon_reload' },

  results: Type.Object({
    unit: Type.String({ description: 'Its own name; empty without a unit' }),
    active: Type.String({ description: 'active, inactive, failed, activating, deactivating or reloading' }),
    sub: Type.String({ description: 'What that is for its kind of unit, such as running, exited, waiting or dead' }),
    file: Type.String({ description: 'As `systemctl is-enabled` says it; empty for a unit without a file' }),
    enabled: Type.Boolean({ description: 'Whether it starts at boot' }),
  }),
  manual: {
    reads:
      'What `systemctl show` says of all units of neighbouring tasks at once, the [Install] sections of those to be enabled or disabled, and the links in the directories of systemd.',
    changes:
      'Files are written atomically, and put back when the manager refuses them or the restart fails. Then it is stopped, enabled or disabled, masked and started, in that order, by systemctl.',
    dryRun: 'Whether a start will succeed; what units a package brings that is only to be installed.',
    needs:
      'systemd as the running manager; for `scope: user` a manager of the user, as `loginctl enable-linger` keeps one.',
    tried: 'Debian 12: systemd 252.39.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const { unit, scope } = params;
    const sources = ['content', 'template', 'src'].filter((key) => key in params);
    const drops = typeof params.drop_in === 'object' && params.drop_in !== null ? Object.keys(params.drop_in) : [];
    const asked = ['state', 'enabled', 'masked', 'restart_on_change'].filter(
      (key) => params[key] !== undefined && params[key] !== false,
    );
    return [
      ...(unit === undefined && (params.daemon_reload !== true || asked.length + sources.length + drops.length > 0)
        ? [
            {
              parameter: undefined,
              summary: 'No unit is named',
              hint: 'Say with unit which one is meant; only daemon_reload can do without.',
            },
          ]
        : []),
      ...(params.masked === true && (params.enabled === true || starts(params.state))
        ? [
            {
              parameter: 'masked',
              summary: 'A masked unit can be neither started nor enabled',
              hint: 'Leave out one of the two.',
            },
          ]
        : []),
      ...(params.no_block === true && typeof params.settle === 'number' && params.settle > 0
        ? [
            {
              parameter: 'no_block',
              summary: 'With no_block nobody waits, so nothing can settle',
              hint: 'Leave out one of the two.',
            },
          ]
        : []),
      ...(typeof unit === 'string' && (hasControl(unit) || unit.startsWith('-'))
        ? [{ parameter: 'unit', summary: 'That is no unit', hint: 'Give its name, such as nginx.service.' }]
        : []),
      ...(typeof unit === 'string' && unitName(unit).length > 255
        ? [{ parameter: 'unit', summary: 'The name is too long', hint: 'With its suffix it has at most 255 letters.' }]
        : []),
      ...(typeof unit === 'string' && isTemplateUnit(unitName(unit)) && ('state' in params || 'enabled' in params)
        ? [
            {
              parameter: 'unit',
              summary: 'Only an instance can be started or enabled',
              hint: 'Name one, such as app@one.service.',
            },
          ]
        : []),
      ...(sources.length > 1
        ? [{ parameter: sources[1], summary: `${sources.join(' and ')} in one task`, hint: 'Keep one of them.' }]
        : []),
      ...(scope === 'user' && sources.length + drops.length > 0
        ? [
            {
              parameter: 'scope',
              summary: 'Files are for the units of the system',
              hint: "Write a user's unit with copy or template, in ~/.config/systemd/user.",
            },
          ]
        : []),
    ];
  },

  prepare: (params): UnitWant => {
    const unit = params.unit === undefined ? '' : unitName(params.unit);
    const content = params.content ?? params.template?.content ?? params.src?.content;
    return {
      unit,
      scope: params.scope,
      state: params.state,
      enabled: params.enabled,
      masked: params.masked,
      files: [
        ...(content ? [unitFile(unit, content)] : []),
        ...Object.entries(params.drop_in).map(([name, text]) => dropIn(unit, name, text)),
      ],
      restartOnChange: params.restart_on_change,
      settle: params.settle,
      timeout: params.timeout,
      reload: params.daemon_reload,
      force: params.force,
      noBlock: params.no_block,
    };
  },

  probeMany: probeUnits,
  parseMany: parseUnits,
  pending: pendingUnit,
  about: ({ unit }) => {
    if (unit === undefined) return things('setting', 'systemd');
    const name = typeof unit === 'string' ? unitName(unit) : unit;
    const file = named`/etc/systemd/system/${name}`;
    return [...things('unit', name), ...pathThing(file), ...treeThing(named`/etc/systemd/system/${name}.d`)];
  },
  plan: planUnit,
});

function starts(state: unknown): boolean {
  return typeof state === 'string' && state !== 'stopped';
}
