// `vrun init --module NAME`: a module of the project's own, with the table that tests it.
import { dirname, join, relative } from 'node:path';
import { quoted } from '../../base/shell-quote.ts';
import { nameFault } from '../../custom-modules/names.ts';
import { fail } from '../../language/problem/problem.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { shipped } from '../shared/shipped.ts';
import { moduleFiles } from './module-files.ts';
import { isThere, writeNew } from './write-new.ts';

/** What is printed once the module is there. @throws ProblemError where there is no project, or the module can't be named or written so */
export async function initModule(name: string, directory: string, environment: Environment): Promise<string> {
  const { root, modules, overrideModules } = await readConfig(directory, environment.home);
  if (modules === undefined) {
    fail({
      code: 'usage',
      summary: `There is no project in ${directory}`,
      detail: 'A module of a project lies beside its vrun.yml.',
      hint: 'Begin a project first: vrun init',
    });
  }
  const fault = nameFault(name, shipped, new Set(overrideModules.map((one) => one.name)));
  if (fault) fail({ code: 'usage', ...fault });
  const files = moduleFiles(name);
  const taken = `There is a module ‹${name}› in ${root}`;
  if (await isThere(join(modules, `${name}.ts`))) fail({ code: 'usage', summary: taken, detail: `It is ${name}.ts.` });
  await writeNew(root, files, taken);
  const near = (path: string) => relative(environment.cwd, join(root, path));
  return [
    'A module of this project, and its test:',
    '',
    ...Object.keys(files).map((path) => `  ${near(path)}`),
    '',
    'Next:',
    '',
    `  vrun doc ${name}`,
    ...(await linking(root)),
    '  node --test',
    '',
  ].join('\n');
}

/** vrun itself finds what a module imports; for `node --test`, and for editors, it has to be in node_modules. */
async function linking(root: string): Promise<readonly string[]> {
  for (let directory = root; ; directory = dirname(directory)) {
    if (await isThere(join(directory, 'node_modules/vrun'))) return [];
    if (dirname(directory) === directory) break;
  }
  const own = dirname(import.meta.dirname); // of dist/
  return [`  npm install --no-save ${quoted(own)}   # for node --test and your editor; vrun itself does without`];
}
