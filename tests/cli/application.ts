// A small application in a git repository of its own, for `vrun build`: two packages in tarballs of its own, so that nothing is asked of a registry.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '../proof/build.ts';

const PACKAGE = {
  name: 'shop',
  version: '1.0.0',
  scripts: {
    start: 'node dist/server.js',
    build: 'node build.cjs',
    lint: 'node lint.cjs',
    test: 'node test.cjs',
  },
  dependencies: { next: 'file:vendor/next-1.0.0.tgz' },
  devDependencies: { prisma: 'file:vendor/prisma-1.0.0.tgz', checker: 'file:vendor/checker-1.0.0.tgz' },
};

const FILES = {
  'build.cjs': `const { mkdirSync, copyFileSync } = require('node:fs');
mkdirSync('dist', { recursive: true });
copyFileSync('server.js', 'dist/server.js');
`,
  // As linters do with --fix, and test runners with their reports.
  'lint.cjs': `require('node:fs').writeFileSync('server.js', 'mended();\\n');\n`,
  'test.cjs': `require('node:fs').writeFileSync('coverage.json', '{}');\n`,
  'server.js': 'serve();\n',
  'prisma/schema.prisma': 'datasource db { provider = "sqlite" }\n',
  '.gitignore': 'dist\ncoverage.json\nnode_modules\n',
};

const GIT = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
const AUTHOR = ['-c', 'user.name=Lab', '-c', 'user.email=lab@lab.test', '-c', 'init.defaultBranch=main'];

/** Runs git in a directory. */
export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', [...AUTHOR, ...args], { cwd, env: { ...process.env, ...GIT }, encoding: 'utf8' });
}

export interface Application {
  /** A project to run vrun in, which is its home, too. */
  readonly project: string;
  /** The application's repository, beside it. */
  readonly directory: string;
  readonly commit: string;
}

/** `files` replace those of the application, `scripts` those of its package.json. */
export function makeApplication({
  files = {},
  scripts = {},
}: {
  readonly files?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string | undefined>>;
} = {}): Application {
  const root = temporaryDirectory();
  const directory = join(root, 'shop');
  const project = join(root, 'project');
  mkdirSync(project);
  const all = {
    ...FILES,
    'package.json': `${JSON.stringify({ ...PACKAGE, scripts: { ...PACKAGE.scripts, ...scripts } }, undefined, 2)}\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) write(directory, path, text);
  for (const name of ['next', 'prisma', 'checker']) vendor(directory, name);
  const npm = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', npm, { cwd: directory, stdio: 'ignore' });
  git(directory, 'init', '--quiet');
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message', 'The shop');
  return { project, directory, commit: git(directory, 'rev-parse', 'HEAD').trim() };
}

/** Writes a file, with the directories above it. */
export function write(directory: string, path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

/** A package in a tarball of the application's own, with a command of its name. */
function vendor(directory: string, name: string): void {
  const source = join(directory, 'vendor', name, 'package');
  write(source, 'package.json', JSON.stringify({ name, version: '1.0.0', bin: { [name]: 'command.js' } }));
  write(source, 'command.js', '#!/usr/bin/env node\n');
  chmodSync(join(source, 'command.js'), 0o755);
  const archive = join(directory, 'vendor', `${name}-1.0.0.tgz`);
  execFileSync('tar', ['czf', archive, '-C', join(directory, 'vendor', name), 'package']);
  rmSync(join(directory, 'vendor', name), { recursive: true });
}
