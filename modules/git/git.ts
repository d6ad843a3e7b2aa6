// A git repository's files on the host, at exactly one commit, with its submodules.

import { defineModule, pathThing, Type, things, treeThing } from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { secretInAddress } from '../../engine/resources/http/address-secret.ts';
import { DIFFERENCES } from './differences.ts';
import { pendingGit } from './pending.ts';
import { planGit } from './plan.ts';
import { type GitWant, parseGit, probeGit } from './state.ts';

export default defineModule({
  name: 'git',
  summary: 'Keep a clone of a git repository at a commit',
  example: `
- name: The application's sources
  git:
    repo: git@git.example.com:app/app.git
    dest: /srv/app
    version: v1.4.2
    key_file: /root/.ssh/deploy_key
`,
  params: Type.Object({
    repo: Type.String({
      minLength: 1,
      description: 'Address as git takes it, without a password; unknown ssh host keys are refused',
    }),
    dest: Type.String({
      minLength: 1,
      description: 'Absolute path of the clone; local changes in it are a failure unless force is set',
    }),
    version: Type.String({
      default: 'HEAD',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9._/@+-]*$',
      description: 'Commit (all of its digits), tag or branch; for the latter two the repository is asked each time',
    }),
    depth: Type.Optional(Type.Integer({ minimum: 1, description: 'How many commits of its history are fetched' })),
    key_file: Type.Optional(
      Type.String({ minLength: 1, description: 'Private key on the host, for a repository behind ssh' }),
    ),
    recursive: Type.Boolean({
      default: true,
      description: 'With its submodules, and theirs, each at the commit that is wanted of it',
    }),
    force: Type.Boolean({ default: false, description: 'Give up what was changed by hand in files of the repository' }),
    update: Type.Boolean({ default: true, description: 'Bring a clone that is there to the commit, too' }),
    verify_commit: Type.Boolean({
      default: false,
      description: 'Refuse a commit that is not signed by a key in the keyring of the user',
    }),
  }),
  results: Type.Object({
    before: Type.Union([Type.String(), Type.Null()], {
      description: 'Commit that was checked out; null where there was no clone',
    }),
    after: Type.Union([Type.String(), Type.Null()], {
      description: 'Commit that is checked out; null in a dry run that could not ask for it',
    }),
    remote_url: Type.String({ description: 'Address that it is fetched from' }),
  }),
  manual: {
    reads:
      'The commit that is checked out, the address, what was changed by hand, and of each submodule whether it is at its commit. What a branch or tag stands for the host asks the repository.',
    changes:
      'A clone is made beside its place and renamed there once it is whole. An update checks out in place: one that is cut off is finished by the next run. HEAD is detached; nothing that is not of the repository is removed.',
    dryRun: 'Whether a repository has a commit that is named by its digits, and whether its submodules can be fetched.',
    needs: 'git; for a repository behind ssh the host’s own known_hosts and a key.',
    tried: 'git 2.39 on Debian 12, over files, ssh and http.',
  },
  differences: DIFFERENCES,
  aliases: { name: 'repo' },
  costly: true,

  checkParams: (params) => {
    const { repo, version } = params;
    return [
      ...checkPaths(params, ['dest', 'key_file']),
      ...(typeof repo === 'string' && (hasControl(repo) || /^-|^[a-z]+::/.test(repo))
        ? [
            {
              parameter: 'repo',
              summary: 'Not the address of a repository',
              hint: 'Write https://…, ssh://…, git@HOST:PATH or a path.',
            },
          ]
        : []),
      ...secretInAddress('repo', repo, 'Use ssh with key_file.'),
      ...(typeof version === 'string' && /\.\.|\/\/|\/$|\.lock$|@\{/.test(version)
        ? [
            {
              parameter: 'version',
              summary: 'Not the name of a commit, a tag or a branch',
              hint: 'For example main or v1.2.0.',
            },
          ]
        : []),
    ];
  },

  prepare: ({ repo, dest, version, depth, key_file: keyFile, verify_commit: verify, ...more }): GitWant => ({
    ...{ repo, version, depth, keyFile, verify, dest: cleanPath(dest) },
    ...{ recursive: more.recursive, force: more.force, update: more.update },
  }),

  probe: probeGit,
  parse: parseGit,
  about: ({ dest }) => [...things('work tree', dest), ...treeThing(dest)],
  looksAt: ({ repo, key_file: key }) => [
    ...pathThing(key),
    ...(typeof repo === 'string' && repo.startsWith('/') ? treeThing(repo) : []),
  ],
  pending: pendingGit,
  plan: planGit,
});
