// Packages of a Node.js application as its lock file says, with npm(1).
import { defineModule, Type, things, treeThing } from '../engine/module/index.ts';
import { USER_NAME } from '../engine/module/resources/as-user.ts';
import { planNpm } from '../engine/module/resources/npm-plan.ts';
import { type NpmWant, parseNpm, pendingNpm, probeNpm } from '../engine/module/resources/npm-tree.ts';
import { checkPaths, cleanPath } from '../engine/module/resources/path.ts';

const COMMAND = /^(ci|install|run [A-Za-z0-9][A-Za-z0-9:._-]*)$/;
const SCRIPT = /^run ([A-Za-z0-9][A-Za-z0-9:._-]*)$/;

export default defineModule({
  name: 'npm',
  summary: 'Install the packages of a Node.js application',
  example: `
- name: Packages of the worker
  npm: { path: /srv/worker, user: worker }
  register: packages

- name: Pages of the worker
  npm: { path: /srv/worker, command: run build, user: worker }
  when: packages.changed
`,
  params: Type.Object({
    path: Type.String({ minLength: 1, description: 'Absolute path of the directory that holds package.json' }),
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
          "User to run npm as. Packages' install scripts run as that user, unless .npmrc beside package.json says ignore-scripts=true",
      }),
    ),
  }),
  results: Type.Object({
    packages: Type.Optional(
      Type.Integer({ description: 'How many packages node_modules held before; not after a script' }),
    ),
  }),
  manual: {
    reads:
      "package.json, the lock file (npm-shrinkwrap.json before package-lock.json), npm's own record in node_modules and the version of each package there. Where package.json and lock file don't plainly agree, npm's own library decides, without the network.",
    changes:
      'npm ci makes node_modules anew; where it fails the old one comes back. npm install works on what is there, as npm does.',
    dryRun: 'Whether the registry can be reached, and what install scripts do.',
    needs: 'Node.js and npm.',
    tried: 'npm 11.19 with Node.js 20 and generated applications; npm 9.2 of Debian 12 has no part in the tests.',
  },
  costly: true,

  checkParams: (params) => {
    const { user, command } = params;
    return [
      ...checkPaths(params, ['path']),
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

  prepare: ({ path, command, production, user }): NpmWant => {
    const run = SCRIPT.exec(command)?.[1];
    return {
      path: cleanPath(path),
      command: run === undefined ? (command === 'ci' ? 'ci' : 'install') : { run },
      production,
      user,
    };
  },

  probe: probeNpm,
  parse: parseNpm,
  about: ({ path }) => [...things('packages of', path), ...treeThing(path)],
  pending: pendingNpm,
  plan: planNpm,
});
