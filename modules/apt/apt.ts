// Packages of Debian and Ubuntu, as apt-get(8) installs, upgrades and removes them.

import { defineModule, OneOf, Strings, type Thing, Type, things } from '../../engine/module/index.ts';
import { checkPaths } from '../../engine/resources/file/path.ts';
import { DIFFERENCES } from './differences.ts';
import { planApt } from './plan.ts';
import { probeApt } from './probe.ts';
import { parseApt } from './state.ts';
import { type AptWant, PACKAGE, packageSpec } from './want.ts';

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
    upgrade: OneOf(['no', 'yes', 'safe', 'full', 'dist'], {
      default: 'no',
      description: 'Upgrade all packages: safe (or yes) removes none, full (or dist) may',
    }),
    only_upgrade: Type.Boolean({ default: false, description: 'What is not installed stays so' }),
    hold: Type.Optional(
      Type.Boolean({
        description:
          'Whether apt shall keep the version that is installed, as apt-mark does; this task may change it all the same',
      }),
    ),
    allow_downgrade: Type.Boolean({
      default: false,
      description: 'An older version may take the place of a newer one',
    }),
    allow_change_held_packages: Type.Boolean({ default: false, description: 'Packages that are held may be changed' }),
    fail_on_autoremove: Type.Boolean({
      default: false,
      description: 'Fail where something would have to be removed for it; what that is a dry run says',
    }),
    autoclean: Type.Boolean({ default: false, description: "Delete package files that can't be fetched any more" }),
    clean: Type.Boolean({ default: false, description: 'Delete all fetched package files, last of all' }),
    dpkg_options: Type.String({
      default: 'force-confdef,force-confold',
      pattern: '^[a-z][a-z0-9-]*(,[a-z][a-z0-9-]*)*$',
      description: 'Options of dpkg, with commas between them: by default settings changed on the host stay',
    }),
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
  aliases: {
    pkg: 'name',
    package: 'name',
    'update-cache': 'update_cache',
    'default-release': 'default_release',
    'install-recommends': 'install_recommends',
    'allow-downgrade': 'allow_downgrade',
    allow_downgrades: 'allow_downgrade',
    'allow-downgrades': 'allow_downgrade',
  },

  results: Type.Object({
    packages: Type.Record(Type.String(), Type.String(), {
      description: 'The version of each named package that is installed, by name',
    }),
  }),
  manual: {
    reads:
      "dpkg's database, with one dpkg-query for all neighbouring tasks; what isn't as wanted is asked of `apt-get -s`. The age of apt's lists, with `update_cache`.",
    changes:
      'By apt-get, which nobody asks anything: settings changed on the host stay. dpkg has no way back: what fails half-way is finished by the next run. What would have to go, and the dry run did not say, is refused.',
    dryRun:
      'What a source offers that is only to be added, or lists that are still to be fetched: then a task is `unknown`, or its versions are those of the old lists.',
    needs: 'dpkg and apt.',
    tried: 'Debian 12: apt 2.6.2, dpkg 1.21.23.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const { name, state } = params;
    const names = namesOf(name);
    const bad = names.find((one) => typeof one === 'string' && !PACKAGE.test(one));
    const asked = ['name', 'deb', 'upgrade'].filter((key) => key in params && params[key] !== 'no');
    const others = ['update_cache', 'cache_valid_time', 'autoremove', 'autoclean', 'clean'].some((key) => params[key]);
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
      ...(params.hold !== undefined && (asked[0] !== 'name' || state === 'absent')
        ? [
            {
              parameter: 'hold',
              summary: 'hold is for packages that are installed by name',
              hint: 'Say with name which packages.',
            },
          ]
        : []),
      ...(asked.length === 0 && !others
        ? [
            {
              parameter: undefined,
              summary: 'The task gives apt nothing to do',
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
    packages: namesOf(params.name).flatMap((name) => (typeof name === 'string' ? [packageSpec(name)] : [])),
    state: params.state,
    refresh: params.update_cache || params.cache_valid_time > 0,
    validFor: params.cache_valid_time,
    upgrade: UPGRADES[params.upgrade],
    recommends: params.install_recommends,
    release: params.default_release,
    deb: params.deb,
    purge: params.purge,
    autoremove: params.autoremove,
    onlyUpgrade: params.only_upgrade,
    hold: params.hold,
    allowDowngrade: params.allow_downgrade,
    allowHeld: params.allow_change_held_packages,
    noRemove: params.fail_on_autoremove,
    autoclean: params.autoclean,
    clean: params.clean,
    dpkgOptions: params.dpkg_options.split(','),
    policy: params.policy_rc_d,
    lockTimeout: params.lock_timeout,
  }),

  probeMany: probeApt,
  parseMany: parseApt,
  about: ({ name, deb, upgrade, autoremove }) => [
    ...namesOf(name)
      .flatMap((one) => things('package', one))
      .map((thing): Thing => `package:${thing.slice('package:'.length).replace(/[=:].*/, '')}`),
    ...things(
      'package',
      deb !== undefined || (upgrade ?? 'no') !== 'no' || (autoremove ?? false) !== false ? '*' : undefined,
    ),
  ],
  looksAt: () => things('word', ['apt', 'apt-get', 'aptitude', 'dpkg']),
  plan: planApt,
});

const UPGRADES = { no: undefined, yes: 'safe', safe: 'safe', full: 'full', dist: 'dist' } as const;

/** One name or several, as a list or with commas between them. What isn't a text is none, or isn't known yet. */
function namesOf(name: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(name) ? name : name === undefined ? [] : [name];
  return list.flatMap((one) => (typeof one === 'string' ? one.trim().split(/\s*,\s*/) : [one]));
}
