// What the module npm says of an application, with `npm ci` as the judge: which lock files it refuses, and that a tree
// that it made is as it should be, over generated applications.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import npm from '../../modules/npm/npm.ts';
import { planHere } from '../modules/harness/perform.ts';
import { RUNS } from './runs.ts';

let base = '';
let registry: ChildProcess;
let port = '';
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'vrun-npm-'));
  registry = spawn(process.execPath, [fileURLToPath(new URL('npm-registry.js', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdout } = registry;
  if (stdout === null) throw new Error('the registry has no output');
  const [line] = await once(stdout, 'data');
  port = String(line).trim();
});
afterAll(() => {
  registry.kill();
  rmSync(base, { recursive: true, force: true });
});

const RANGES = ['^1.0.0', '1.0.0', '*', '>=1.1.0', '^2.0.0'];
const ASKED = fc.dictionary(fc.constantFrom('left', 'right', 'peer', 'opt', '@s/scoped'), fc.constantFrom(...RANGES), {
  maxKeys: 3,
});
const APPLICATION = fc.record(
  {
    dependencies: ASKED,
    devDependencies: ASKED,
    optionalDependencies: ASKED,
    overrides: fc.constantFrom({ left: '1.0.0' }, { right: { left: '1.0.0' } }),
    workspaces: fc.constant(['packages/*']),
  },
  { requiredKeys: ['dependencies'] },
);
type Application = typeof APPLICATION extends fc.Arbitrary<infer T> ? T : never;
type Files = Map<string, Record<string, unknown>>;

/** What happens to a release between its lock file and the host. */
const CHANGES: Readonly<Record<string, (files: Files) => void>> = {
  nothing: () => undefined,
  'a shrinkwrap beside an old lock file': (files) => {
    files.set('npm-shrinkwrap.json', files.get('package-lock.json') ?? {});
    files.set('package-lock.json', {
      lockfileVersion: 3,
      packages: { '': {}, 'node_modules/old': { version: '1.0.0' } },
    });
  },
  'one more dependency': (files) => edit(files, 'package.json', 'dependencies', { right: '^1.0.0' }),
  'another range': (files) => edit(files, 'package.json', 'dependencies', { left: '^2.0.0' }),
  'a range that the version fits': (files) => edit(files, 'package.json', 'dependencies', { left: '>=0' }),
  'one dependency less': (files) => files.set('package.json', { ...files.get('package.json'), dependencies: {} }),
  'another override': (files) =>
    files.set('package.json', { ...files.get('package.json'), overrides: { left: '2.0.0' } }),
  'no override': (files) => {
    const { overrides: _, ...rest } = files.get('package.json') ?? {};
    files.set('package.json', rest);
  },
  'a workspace that asks for more': (files) => {
    if (files.has('packages/w/package.json')) edit(files, 'packages/w/package.json', 'dependencies', { opt: '^1.0.0' });
  },
  'a lock file that lost a package': (files) => withoutEntry(files, 'node_modules/left'),
  'a lock file with another version': (files) => {
    const lock = files.get('package-lock.json');
    const packages = { ...Object(lock?.packages) };
    if (packages['node_modules/left'])
      packages['node_modules/left'] = { ...packages['node_modules/left'], version: '0.1.0' };
    files.set('package-lock.json', { ...lock, packages });
  },
};

function edit(files: Files, file: string, key: string, more: object): void {
  const before = files.get(file) ?? {};
  files.set(file, { ...before, [key]: { ...Object(before[key]), ...more } });
}

function withoutEntry(files: Files, path: string): void {
  const lock = files.get('package-lock.json') ?? {};
  const packages = Object.fromEntries(Object.entries(Object(lock.packages)).filter(([one]) => one !== path));
  files.set('package-lock.json', { ...lock, packages });
}

function write(directory: string, files: Files): void {
  for (const [path, value] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), JSON.stringify(value, undefined, 2));
  }
}

const run = (directory: string, ...words: string[]) =>
  spawnSync('npm', [...words, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, npm_config_cache: join(base, 'cache') },
  });

/** What became of an example: compared, or not to be had. */
function tryOne(application: Application, change: string, strategy: string, production: boolean): boolean {
  const directory = mkdtempSync(join(base, 'app-'));
  try {
    writeFileSync(join(directory, '.npmrc'), `registry=http://127.0.0.1:${port}/\ninstall-strategy=${strategy}\n`);
    const files: Files = new Map<string, Record<string, unknown>>([
      ['package.json', { name: 'app', version: '1.0.0', ...application }],
    ]);
    if (application.workspaces) {
      files.set('packages/w/package.json', { name: 'w', version: '1.0.0', dependencies: { right: '^1.0.0' } });
    }
    write(directory, files);
    if (run(directory, 'install', '--package-lock-only').status !== 0) return false; // they exclude each other
    files.set('package-lock.json', JSON.parse(readFileSync(join(directory, 'package-lock.json'), 'utf8')));
    CHANGES[change]?.(files);
    write(directory, files);

    const row = { params: { path: directory, production } };
    const foreseen = planHere(npm, row);
    const judge = run(directory, 'ci', ...(production ? ['--omit=dev'] : []));
    const refused = /can only install/.test(judge.stderr);
    if (judge.status !== 0 && !refused && foreseen.failure === undefined) return false; // such as a version that nobody has
    expect([foreseen.failure?.summary, judge.stderr]).toEqual([
      judge.status === 0 ? undefined : expect.stringContaining('do not agree'),
      expect.anything(),
    ]);
    if (judge.status !== 0) return true;
    expect(planHere(npm, row)).toMatchObject({ changes: [] });
    return true;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('lock files that npm ci refuses are refused beforehand, and what it made is as it should be', {
  timeout: 3_600_000,
}, () => {
  let compared = 0;
  fc.assert(
    fc.property(
      APPLICATION,
      fc.constantFrom(...Object.keys(CHANGES)),
      fc.constantFrom('hoisted', 'nested', 'shallow', 'linked'),
      fc.boolean(),
      (application, change, strategy, production) => {
        if (tryOne(application, change, strategy, production)) compared++;
      },
    ),
    {
      seed: 11,
      numRuns: RUNS.npm,
      endOnFailure: true,
      examples: [
        [{ dependencies: { left: '^1.0.0' }, optionalDependencies: { left: '^1.0.0' } }, 'nothing', 'linked', true],
        [{ dependencies: { right: '^1.0.0' }, overrides: { left: '1.0.0' } }, 'another override', 'hoisted', false],
      ],
    },
  );
  expect(compared).toBeGreaterThan(RUNS.npm / 4);
});
