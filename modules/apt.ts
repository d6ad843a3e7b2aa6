// Packages of Debian and Ubuntu, as apt-get(8) installs, upgrades and removes them.
import { defineModule, OneOf, Strings, type Thing, Type, things } from '../engine/module/index.ts';
import { planApt } from '../engine/module/resources/apt-plan.ts';
import { probeApt } from '../engine/module/resources/apt-probe.ts';
import { parseApt } from '../engine/module/resources/apt-state.ts';
import { type AptWant, PACKAGE, packageSpec } from '../engine/module/resources/apt-want.ts';
import { checkPaths } from '../engine/module/resources/path.ts';

export default defineModule({
  name: 'apt',
  summary: 'Manage packages with apt',
  example: `
- name: Packages
  apt:
    name: [nginx, curl]
    update_cache: true
    cache_valid_time: 86400
`,
  params: Type.Object({
    name: Type.Optional(
      Strings({ description: 'Package or list of them: name, name:arch or name=version, which may end in *' }),
    ),
    state: OneOf(['present', 'latest', 'absent'], {
      default: 'present',
      description: 'Installed, installed in the newest version that apt offers, or not installed',
    }),
    update_cache: Type.Boolean({
      default: false,
      description: "Fetch apt's lists first, when something is to be installed or looked for",
    }),
    cache_valid_time: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'Seconds for which fetched lists are good enough; more than 0 implies update_cache',
    }),
    upgrade: Type.Optional(
      OneOf(['safe', 'full', 'dist'], {
        description: 'Upgrade all packages: safe removes none, full (or dist) may',
      }),
    ),
    install_recommends: Type.Optional(
      Type.Boolean({ description: "Install recommended packages too; the host's own setting when not given" }),
    ),
    default_release: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._/=~-]*$',
        description: 'Release to prefer, such as bookworm-backports',
      }),
    ),
    deb: Type.Optional(Type.String({ minLength: 1, description: 'Absolute path of a package file on the host' })),
    purge: Type.Boolean({ default: false, description: 'Remove settings files too' }),
    autoremove: Type.Boolean({ default: false, description: 'Remove packages that nothing needs any more' }),
    policy_rc_d: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        description: 'Exit status of policy-rc.d meanwhile; 101 keeps services from being started',
      }),
    ),
    lock_timeout: Type.Integer({ default: 300, minimum: 0, description: "Seconds to wait for dpkg's lock" }),
  }),
  aliases: { pkg: 'name', package: 'name' },

  checkParams: (params) => {
    const { name, state } = params;
    const names = typeof name === 'string' ? [name] : Array.isArray(name) ? name : [];
    const bad = names.find((one) => typeof one === 'string' && !PACKAGE.test(one));
    const asked = ['name', 'deb', 'upgrade'].filter((key) => key in params);
    return [
      ...checkPaths(params, ['deb']),
      ...(bad === undefined
        ? []
        : [
            {
              parameter: 'name',
              summary: `‹${bad}› is no package's name`,
              hint: 'Write name, name:arch or name=version.',
            },
          ]),
      ...(asked.length > 1
        ? [{ parameter: asked[1], summary: `${asked.join(' and ')} in one task`, hint: 'Make two tasks of it.' }]
        : []),
      ...(asked.length === 0 && !params.update_cache && !params.cache_valid_time && !params.autoremove
        ? [
            {
              parameter: undefined,
              summary: 'Nothing is asked of apt',
              hint: 'Say with name which packages are meant.',
            },
          ]
        : []),
      ...(state === 'absent' && asked[0] !== 'name'
        ? [{ parameter: 'state', summary: 'absent is for packages by name', hint: 'Say with name which shall go.' }]
        : []),
    ];
  },

  prepare: (params): AptWant => ({
    packages: (typeof params.name === 'string' ? [params.name] : (params.name ?? [])).map(packageSpec),
    state: params.state,
    refresh: params.update_cache || params.cache_valid_time > 0,
    validFor: params.cache_valid_time,
    upgrade: params.upgrade,
    recommends: params.install_recommends,
    release: params.default_release,
    deb: params.deb,
    purge: params.purge,
    autoremove: params.autoremove,
    policy: params.policy_rc_d,
    lockTimeout: params.lock_timeout,
  }),

  probeMany: probeApt,
  parseMany: parseApt,
  about: ({ name, deb, upgrade, autoremove }) => [
    ...things('package', name).map((thing): Thing => `package:${thing.slice('package:'.length).replace(/[=:].*/, '')}`),
    ...things('package', deb !== undefined || upgrade !== undefined || autoremove !== undefined ? '*' : undefined),
  ],
  looksAt: () => things('word', ['apt', 'apt-get', 'aptitude', 'dpkg']),
  plan: planApt,
});
