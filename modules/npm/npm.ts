// Packages of a Node.js application as its lock file says, and packages for all of a host, with npm(1).

import { defineModule, Missing, OneOf, Type, things, treeThing } from '../../engine/module/index.ts';
import { USER_NAME } from '../../engine/resources/command/as-user.ts';
import { checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import { secretInAddress } from '../../engine/resources/http/address-secret.ts';
import { DIFFERENCES } from './differences.ts';
import { type GlobalPackage, type GlobalWant, parseGlobal, pendingGlobal, probeGlobal } from './global.ts';
import { planGlobal } from './global-plan.ts';
import { planNpm } from './plan.ts';
import { type NpmState, type NpmWant, parseNpm, pendingNpm, probeNpm } from './tree.ts';
import { checkPackage, wantedVersion } from './words.ts';

const COMMAND = /^(ci|install|run [A-Za-z0-9][A-Za-z0-9:._-]*)$/;
const SCRIPT = /^run ([A-Za-z0-9][A-Za-z0-9:._-]*)$/;

export default defineModule({
  name: 'npm',
  summary: 'Install the packages of a Node.js application, or one for all of the host',
  example: `
- name: Packages of the worker
  npm: { path: /srv/worker, user: worker }
  register: packages

- name: Pages of the worker
  npm: { path: /srv/worker, command: run build, user: worker }
  when: packages.changed

- name: pm2 for all
  npm: { name: pm2, version: ^5.3, global: true }
`,
  params: Type.Object({
    path: Type.Optional(
      Type.String({ minLength: 1, description: 'Absolute path of the directory that holds package.json' }),
    ),
    name: Type.Optional(Type.String({ minLength: 1, description: 'A package for all of the host; with global: true' })),
    global: Type.Boolean({
      default: false,
      description: "Manage the package of that name below npm's prefix, as npm's settings and the user have it",
    }),
    version: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Its version (5.3.0), or a range (^5.3) of which any that is there will do; for a tag (next) the registry is asked each time',
      }),
    ),
    state: OneOf(['present', 'absent', 'latest'], {
      default: 'present',
      description:
        'Of a global package. latest asks the registry each time, in a dry run too; absent removes it, whatever its version',
    }),
    command: Type.String({
      default: 'ci',
      description:
        'ci: node_modules is what package-lock.json says, nothing more; install: npm may write package-lock.json too; run NAME: a script of package.json, run each time',
    }),
    production: Type.Boolean({
      default: true,
      description: 'Leave out development packages',
    }),
    user: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "User to run npm as. Packages' install scripts run as that user, unless ignore_scripts or .npmrc says otherwise",
      }),
    ),
    executable: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Absolute path of npm; the node beside it is taken before the one in PATH',
      }),
    ),
    registry: Type.Optional(
      Type.String({ pattern: '^https?://[^\\s]+$', description: 'Address of the registry; else .npmrc says which' }),
    ),
    ignore_scripts: Type.Boolean({ default: false, description: "Run none of the packages' install scripts" }),
  }),
  results: Type.Object({
    packages: Type.Optional(
      Type.Integer({ description: 'How many packages node_modules held before; not after a script' }),
    ),
    version: Type.Optional(
      Type.Union([Type.String(), Type.Null()], {
        description: 'Version of the global package; null where it is not there',
      }),
    ),
    path: Type.Optional(Type.String({ description: 'Directory of the global package' })),
  }),
  manual: {
    reads:
      "package.json, the lock file (npm-shrinkwrap.json before package-lock.json), npm's own record in node_modules and the version of each package there. Where package.json and lock file don't plainly agree, npm's own library decides, without the network. Of a global package its package.json below npm's prefix, which npm's library is asked for only where settings say something of it; for a tag and for latest the registry.",
    changes:
      'npm ci makes node_modules anew; where it fails the old one comes back. npm install works on what is there, as npm does. A global package is installed and removed by npm, which leaves the old one where that fails.',
    dryRun:
      'Whether the registry can be reached and has the version, except for a tag and latest; what install scripts do; whether a program of another package has the name that one of this has.',
    needs: 'Node.js and npm.',
    tried:
      "npm 11 with Node.js 20: generated applications, and packages of a registry of the tests' own. Debian's own npm has no part in the tests.",
  },
  differences: DIFFERENCES,
  costly: true,

  checkParams: (params) => {
    const { user, command } = params;
    return [
      ...checkPaths(params, ['path', 'executable']),
      ...secretInAddress('registry', params.registry, "Write it into the user's .npmrc, as npm has it."),
      ...checkPackage(params),
      ...(typeof command === 'string' && !COMMAND.test(command)
        ? [
            {
              parameter: 'command',
              summary: `npm ${command} is not for a server`,
              hint: 'Write ci, install, or run and the name of a script in package.json.',
            },
          ]
        : []),
      ...(typeof user === 'string' && !USER_NAME.test(user)
        ? [{ parameter: 'user', summary: 'Not the name of a user', hint: 'Write the name as in /etc/passwd.' }]
        : []),
    ];
  },

  prepare: ({ path, command, production, user, name, version, state, ...more }): NpmWant | GlobalWant => {
    const { executable, registry, ignore_scripts: ignoreScripts } = more;
    const call = { npm: executable === undefined ? 'npm' : cleanPath(executable), user, registry, ignoreScripts };
    if (path === undefined) return { ...call, name: name ?? '', version: wantedVersion(version, state) };
    const run = SCRIPT.exec(command)?.[1];
    const what = run === undefined ? (command === 'ci' ? 'ci' : 'install') : { run };
    return { ...call, path: cleanPath(path), command: what, production };
  },

  probe: (want) => ('name' in want ? probeGlobal(want) : probeNpm(want)),
  parse: (out, want): NpmState | GlobalPackage | Missing<NpmState | GlobalPackage> =>
    'name' in want ? parseGlobal(out, want) : parseNpm(out, want),
  about: ({ path, name }) => [...things('packages of', path), ...treeThing(path), ...things('global package', name)],
  pending: (have, want, foreseen) => {
    if (have instanceof Missing) return have;
    return 'settings' in have
      ? pendingGlobal(have, foreseen)
      : 'path' in want
        ? pendingNpm(have, want, foreseen)
        : have;
  },
  plan: (have, want) => {
    if ('settings' in have && 'name' in want) return planGlobal(have, want);
    if (!('settings' in have) && 'path' in want) return planNpm(have, want);
    throw new Error('what was read is not what the task asked for');
  },
});
