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
} from '../engine/module/index.ts';
import { hasControl } from '../engine/module/resources/path.ts';
import { pendingUnit } from '../engine/module/resources/pending-unit.ts';
import { planUnit } from '../engine/module/resources/unit-plan.ts';
import { isTemplate, parseUnits, probeUnits } from '../engine/module/resources/unit-state.ts';
import { dropIn, UNIT, type UnitWant, unitFile, unitName } from '../engine/module/resources/unit-want.ts';

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
    unit: Type.String({
      minLength: 1,
      pattern: UNIT.source,
      description: 'Name of the unit; without a suffix it is a service',
    }),
    state: Type.Optional(
      OneOf(['started', 'stopped', 'restarted', 'reloaded'], {
        description: 'Whether it runs; restarted and reloaded act each time and belong in handlers',
      }),
    ),
    enabled: Type.Optional(Type.Boolean({ description: 'Whether it starts at boot' })),
    masked: Type.Optional(Type.Boolean({ description: 'Whether it can be started at all' })),
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
      description: 'Seconds for which it must stay active after a start, restart or reload',
    }),
    timeout: Type.Integer({ default: 90, minimum: 1, description: 'Seconds that a start, stop or reload may take' }),
    scope: OneOf(['system', 'user'], {
      default: 'system',
      description: "The system's manager, or the one of the user that the task runs as",
    }),
  }),
  aliases: { name: 'unit', service: 'unit' },

  checkParams: (params) => {
    const { unit, scope } = params;
    const sources = ['content', 'template', 'src'].filter((key) => key in params);
    const drops = typeof params.drop_in === 'object' && params.drop_in !== null ? Object.keys(params.drop_in) : [];
    return [
      ...(typeof unit === 'string' && (hasControl(unit) || unit.startsWith('-'))
        ? [{ parameter: 'unit', summary: 'That is no unit', hint: 'Give its name, such as nginx.service.' }]
        : []),
      ...(typeof unit === 'string' && unitName(unit).length > 255
        ? [{ parameter: 'unit', summary: 'The name is too long', hint: 'With its suffix it has at most 255 letters.' }]
        : []),
      ...(typeof unit === 'string' && isTemplate(unitName(unit)) && ('state' in params || 'enabled' in params)
        ? [
            {
              parameter: 'unit',
              summary: 'Only an instance can be started',
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
    const unit = unitName(params.unit);
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
    };
  },

  probeMany: probeUnits,
  parseMany: parseUnits,
  pending: pendingUnit,
  about: ({ unit }) => {
    const name = typeof unit === 'string' ? unitName(unit) : unit;
    const file = named`/etc/systemd/system/${name}`;
    return [...things('unit', name), ...pathThing(file), ...treeThing(named`/etc/systemd/system/${name}.d`)];
  },
  plan: planUnit,
});
