// `vrun init [DIR]`: a project that lints and runs as it is. Nothing that is there is written over.

import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { readPlainText } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { IGNORED, PROJECT_FILES } from './files.ts';
import { initModule } from './module.ts';
import { isThere, writeNew } from './write-new.ts';

/** @param name  the directory, @param module  a module to add there; without it a project is made */
export async function init(name: string, module: string | undefined, environment: Environment): Promise<number> {
  const directory = resolve(environment.cwd, name);
  if (module !== undefined) {
    const made = initModule(module, directory, environment);
    environment.stdout.write(await made.catch((error: unknown) => refused(directory, error)));
    return EXIT.ok;
  }
  await writeProject(directory).catch((error: unknown) => refused(directory, error));
  environment.stdout.write(welcome(relative(environment.cwd, directory)));
  return EXIT.ok;
}

async function writeProject(directory: string): Promise<void> {
  await writeNew(
    directory,
    PROJECT_FILES,
    `There is a project in ${directory}`,
    'Name another directory, vrun init DIR, or add a module: vrun init --module NAME',
  );
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

/** Adds the record and its keys to what git ignores; the lines that are there stay. */
async function ignore(file: string): Promise<void> {
  const before = (await isThere(file)) ? await readPlainText(file) : '';
  const lines = before.split(/\r?\n/);
  const missing = IGNORED.filter((line) => !lines.includes(line));
  if (missing.length === 0) return;
  await writeFile(file, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`);
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
