// `vrun init [DIR]`: a project that lints and runs as it is. Nothing that is there is written over.

import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { hasCode } from '../../base/file-error.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/problems.ts';
import { IGNORED, PROJECT_FILES } from './files.ts';

export function initCommand({ environment, ended }: CommandContext): Command {
  return new Command('init')
    .description('begin a project that runs as it is')
    .argument('[directory]', 'where; made when it is not there', '.')
    .action(async (name: string) => {
      const directory = resolve(environment.cwd, name);
      await writeProject(directory).catch((error: unknown) => refused(directory, error));
      const near = relative(environment.cwd, directory);
      environment.stdout.write(welcome(near));
      ended(EXIT.ok);
    });
}

/** @throws ProblemError when one of the files is there, and then writes nothing */
async function writeProject(directory: string): Promise<void> {
  const paths = Object.keys(PROJECT_FILES);
  const there = await Promise.all(paths.map((path) => isThere(join(directory, path))));
  const taken = paths.filter((_, index) => there[index]);
  if (taken.length > 0) {
    fail({
      code: 'usage',
      summary: `There is a project in ${directory}`,
      detail: `It has ${taken.join(', ')}, and nothing is written over.`,
      hint: 'Name another directory: vrun init DIR',
    });
  }
  for (const [path, text] of Object.entries(PROJECT_FILES)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
  }
  await ignore(join(directory, '.gitignore'));
}

/** What the operating system forbids is told as such. */
function refused(directory: string, error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return fail({
    code: 'usage',
    summary: `No project can be made in ${directory}`,
    detail: error.message,
    hint: 'Name a directory that you may write to: vrun init DIR',
  });
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Adds the record and its keys to what git ignores; the lines that are there stay. */
async function ignore(file: string): Promise<void> {
  const before = (await isThere(file)) ? await readPlainText(file) : '';
  if (before.split(/\r?\n/).includes(IGNORED)) return;
  await writeFile(file, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${IGNORED}\n`);
}

function welcome(near: string): string {
  const made = [...Object.keys(PROJECT_FILES), '.gitignore'].map((path) => `  ${join(near, path)}`);
  const enter = near === '' ? [] : [`  cd ${/[^\w./-]/.test(near) ? `'${near.replaceAll("'", `'\\''`)}'` : near}`];
  return [
    'A project that runs on this machine, to begin with:',
    '',
    ...made,
    '',
    'Next:',
    '',
    ...enter,
    '  vrun lint runbooks/site.yml',
    '  vrun runbooks/site.yml --check     # what would change',
    '  vrun runbooks/site.yml             # now it happens',
    '',
    'Then name your servers in inventory/hosts.yml; vrun trust pins their keys.',
    '',
  ].join('\n');
}
