// `vrun build`, with real git and npm, on a small application of its own.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import type { Environment } from '../../../engine/cli/shared/environment.ts';
import { type Ended, vrunWith } from '../../docs/project.ts';
import { type Application, git, makeApplication, write } from '../application.ts';

vi.setConfig({ testTimeout: 180_000 });

/** What npm and git need of the world, and nothing of this repository's. */
const variables = {
  PATH: process.env.PATH,
  NO_COLOR: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

function vrun({ project }: Application, ...argv: string[]): Promise<Ended> {
  return vrunWith({ variables }, project, ...argv);
}

async function ready(application: Application): Promise<Application> {
  expect((await vrun(application, 'proof', 'init')).status).toBe(0);
  return application;
}

const build = (application: Application, ...options: string[]) => vrun(application, 'build', '../shop', ...options);
const read = ({ project }: Application, path: string) => readFileSync(join(project, 'builds', path), 'utf8');
const releaseOf = (application: Application) => JSON.parse(read(application, 'release.json')).release;
const filesOf = ({ project }: Application, id: string) =>
  execFileSync('tar', ['tzf', `builds/${id}.tar.gz`], { cwd: project, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('/'));
/** What is left where releases are put down. */
const left = ({ project }: Application) =>
  existsSync(join(project, 'builds')) ? readdirSync(join(project, 'builds')) : [];

describe('a Node service', () => {
  test('is installed, held against its gates, built, signed and packed as it is committed', async () => {
    const application = await ready(makeApplication());
    const { commit, project } = application;
    const id = commit.slice(0, 12);

    const foreseen = await build(application, '--check');
    expect([foreseen.status, foreseen.stderr, left(application)]).toEqual([0, '', []]);
    expect(foreseen.stdout).toContain('gate lint   would run npm run lint');

    const { status, stdout, stderr } = await build(application);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Release ${id}: `);
    expect(left(application).sort()).toEqual([id, `${id}.json`, `${id}.tar.gz`, 'release.json']);
    expect(releaseOf(application)).toMatchObject({
      id,
      commit,
      sha256: createHash('sha256')
        .update(readFileSync(join(project, `builds/${id}.tar.gz`)))
        .digest('hex'),
      start: 'npm start',
    });
    // Neither what lint mended nor what the tests left behind, and of the packages for development only Prisma's.
    expect(filesOf(application, id).sort()).toEqual(
      [
        ...['build.cjs', 'lint.cjs', 'test.cjs', 'server.js', 'dist/server.js', 'package.json', 'package-lock.json'],
        ...['manifest.json', 'manifest.json.sig', 'public/proof/build.json', 'prisma/schema.prisma'],
        ...['next', 'prisma'].flatMap((name) => [
          `node_modules/.bin/${name}`,
          `node_modules/${name}/command.js`,
          `node_modules/${name}/package.json`,
        ]),
        ...['next', 'prisma', 'checker'].map((name) => `vendor/${name}-1.0.0.tgz`),
      ].sort(),
    );
    expect(read(application, `${id}/dist/server.js`)).toBe('serve();\n');
    const verified = await vrun(
      application,
      'proof',
      'verify',
      `builds/${id}`,
      '--commit',
      commit,
      '--gates',
      'lint,test',
    );
    expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining('is as it was signed')]);

    rmSync(join(project, 'builds/release.json'));
    const again = await build(application);
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('is built already')]);
    expect(releaseOf(application).id).toBe(id);
  });

  test('with what isn’t committed only where that is said, and then its commit says so', async () => {
    const application = await ready(makeApplication({ scripts: { lint: 'node -e 0' } }));
    write(application.directory, 'server.js', 'edited();\n');
    write(application.directory, 'extra.js', 'more();\n');
    rmSync(join(application.directory, 'test.cjs'));
    git(application.directory, 'rm', '--quiet', '--cached', 'test.cjs');
    const refused = await build(application);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/has changes that aren't committed[\s\S]* M server\.js[\s\S]*\?\? extra\.js/);

    const { status } = await build(application, '--allow-dirty', '--gate', 'lint');
    expect(status).toBe(0);
    const { id, commit } = releaseOf(application);
    expect(commit).toBe(`${application.commit}-dirty`);
    expect(id).toMatch(new RegExp(`^${application.commit.slice(0, 12)}-dirty-[0-9a-f]{8}$`));
    expect(read(application, `${id}/dist/server.js`)).toBe('edited();\n');
    expect(filesOf(application, id)).toContain('extra.js');
    expect(filesOf(application, id)).not.toContain('test.cjs');
    const { stderr } = await vrun(application, 'proof', 'verify', `builds/${id}`, '--commit', application.commit);
    expect(stderr + releaseOf(application).commit).toContain('-dirty');
  });
});

/** A build as Next.js leaves it with `output: standalone`. */
const STANDALONE = `const { mkdirSync, writeFileSync } = require('node:fs');
const put = (path, text) => {
  mkdirSync(require('node:path').dirname(path), { recursive: true });
  writeFileSync(path, text);
};
put('.next/standalone/server.js', 'next();');
put('.next/standalone/.env', 'SECRET=here');
put('.next/standalone/node_modules/next/package.json', '{}');
put('.next/standalone/.next/BUILD_ID', process.env.BUILD_WORD);
put('.next/static/chunks/main.js', 'main();');
put('.next/cache/large', 'x');
`;

describe('a standalone build of Next.js', () => {
  const next = () =>
    makeApplication({
      files: {
        'build.cjs': STANDALONE,
        'scripts/seed.js': 'seed();\n',
        'public/robots.txt': '',
        '.gitignore': 'node_modules\n.next\npublic/proof\n',
      },
      scripts: { start: 'PORT=3005 npx next start' },
    });
  const settings = `gates: { ESLint enforced: lint }
environment: { BUILD_WORD: hello }
include: [scripts]
`;

  test('is what it loads, its static files and migrations with Prisma', async () => {
    const application = await ready(next());
    const { commit, project } = application;
    write(project, 'build.yml', settings);
    const { status, stderr } = await build(application);
    expect([status, stderr]).toEqual([0, '']);
    const { id, start } = releaseOf(application);
    expect(start).toBe('node server.js');
    expect(filesOf(application, id).sort()).toEqual(
      [
        ...['server.js', '.next/BUILD_ID', '.next/static/chunks/main.js', 'scripts/seed.js', 'public/robots.txt'],
        ...['manifest.json', 'manifest.json.sig', 'public/proof/build.json', 'package.json', 'package-lock.json'],
        ...['prisma/schema.prisma', 'node_modules/next/package.json', 'node_modules/prisma/package.json'],
        ...['node_modules/prisma/command.js', 'node_modules/.bin/prisma'],
      ].sort(),
    );
    expect(read(application, `${id}/.next/BUILD_ID`)).toBe('hello');
    const gates = ['--commit', commit, '--gates', 'ESLint enforced'];
    expect((await vrun(application, 'proof', 'verify', `builds/${id}`, ...gates)).status).toBe(0);
  });
});

describe('nothing is built, and nothing left behind,', () => {
  const commitAll = ({ directory }: Application) => {
    git(directory, 'add', '--all');
    git(directory, 'commit', '--quiet', '--message', 'Changed');
  };
  const lock = (change: (text: string) => string) => (application: Application) => {
    const file = join(application.directory, 'package-lock.json');
    write(application.directory, 'package-lock.json', change(readFileSync(file, 'utf8')));
    commitAll(application);
  };

  test.each<[why: string, does: (application: Application) => void, told: RegExp, status?: number, options?: string[]]>(
    [
      [
        'outside of git',
        ({ directory }) => rmSync(join(directory, '.git'), { recursive: true }),
        /is in no git work tree/,
      ],
      [
        'without a lock file',
        (application) => {
          git(application.directory, 'rm', '--quiet', 'package-lock.json');
          commitAll(application);
        },
        /there is no package-lock\.json in the commit/,
      ],
      [
        'with one that isn’t of this package.json',
        lock((text) => text.replace('"next": "file:vendor/next-1.0.0.tgz"', '"next": "1.0.0"')),
        /doesn't fit package\.json\n.*next: file:vendor\/next-1\.0\.0\.tgz in package\.json, 1\.0\.0 in the lock file/,
      ],
      [
        'with one that has no digest of a package',
        lock((text) =>
          text.replace(/"resolved": "file:vendor\/next-1.0.0.tgz",\n\s*"integrity": "[^"]*"/, '"resolved": "file:x"'),
        ),
        /has no digest of some packages\n.*node_modules\/next/,
      ],
      ['with one that is broken', lock(() => '{'), /package-lock\.json can't be used/],
      [
        'with one of other contents',
        lock((text) =>
          text.replace(/("node_modules\/next"[\s\S]*?"integrity": "sha512-)[^"]*/, `$1${'A'.repeat(86)}==`),
        ),
        /npm ci --include=dev.* failed[\s\S]*EINTEGRITY/,
        2,
      ],
      [
        'with a gate that isn’t there',
        () => undefined,
        /the gate ‹types› is npm run tpyes.*\n[\s\S]*lint, test/,
        1,
        ['--gate', 'types=tpyes'],
      ],
      [
        'with a gate that fails',
        (application) => {
          write(application.directory, 'test.cjs', 'console.log("3 of 4 pass \\x1b[2J"); process.exit(1);\n');
          commitAll(application);
        },
        /npm run test failed: status 1[\s\S]*3 of 4 pass \\x1b\[2J/,
        2,
      ],
      [
        'with a port in the start script',
        (application) => {
          write(
            application.directory,
            'package.json',
            readFileSync(join(application.directory, 'package.json'), 'utf8').replace(
              '"node dist/server.js"',
              '"PORT=3005 node dist/server.js"',
            ),
          );
          commitAll(application);
        },
        /npm start names the port 3005/,
      ],
      [
        'with submodules',
        (application) => {
          write(application.directory, '.gitmodules', '');
          commitAll(application);
        },
        /submodules/,
      ],
    ],
  )('%s', async (_why, does, told, wanted = 1, options = []) => {
    const application = await ready(makeApplication());
    does(application);
    const { status, stderr } = await build(application, ...options);
    expect(stderr).toMatch(told);
    expect([status, left(application)]).toEqual([wanted, []]);
  });

  test('with a start command that names a port, which is known beforehand', async () => {
    const application = await ready(makeApplication());
    const { status, stderr } = await build(application, '--check', '--start', 'npx serve --port 3005');
    expect([status, stderr]).toEqual([1, expect.stringContaining('names the port 3005')]);
  });

  test('without a key to sign with, which is told beside the rest', async () => {
    const application = makeApplication();
    const { status, stderr } = await build(application, '--gate', 'types');
    expect([status, left(application)]).toEqual([1, []]);
    expect(stderr).toMatch(/There is no key to sign builds with[\s\S]*vrun proof init[\s\S]*the gate ‹types›/);
  });

  test('when it is interrupted', async () => {
    const application = await ready(makeApplication({ scripts: { lint: 'sleep 600' } }));
    let interrupt = (): void => undefined;
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        if (String(chunk).startsWith('install')) setTimeout(() => interrupt(), 500);
        done();
      },
    });
    const world: Partial<Environment> = {
      variables,
      stdout,
      onInterrupt: (interrupted) => {
        interrupt = interrupted;
        return () => undefined;
      },
    };
    const { status, stderr } = await vrunWith(world, application.project, 'build', '../shop');
    expect([status, left(application)]).toEqual([130, []]);
    expect(stderr).toContain('nothing was put down');
  });
});

test('what build.yml says wrong is told with its place, all of it at once', async () => {
  const application = await ready(makeApplication());
  write(application.project, 'build.yml', 'gate: { lint: lint }\nstart: [a]\ninclude: [/etc]\n');
  const { status, stderr } = await build(application);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /‹gate› is no setting of a build[\s\S]*‹gates›\?[\s\S]*a text is wanted here[\s\S]*‹\/etc› is no path in the application/,
  );
});
