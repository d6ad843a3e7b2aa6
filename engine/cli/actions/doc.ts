// `vrun doc [MODULE]`: what modules there are, and each one's parameters.
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { describeModule, pageText } from '../../module/describe.ts';
import type { Registry } from '../../module/registry.ts';
import { displayWidth, wrap } from '../../view/text/width.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { reportProblems } from '../shared/problems.ts';
import { modulesAround } from '../shared/project.ts';
import { shipped } from '../shared/shipped.ts';

export async function describe(name: string | undefined, environment: Environment): Promise<number> {
  const { modules, problems } = await modulesTold(environment);
  // What is wrong with one of the project's own keeps nobody from reading about vrun's.
  if (problems.length > 0 && name !== undefined && !shipped.names().includes(plainName(name)))
    throw new ProblemError(problems);
  const { stdout } = environment;
  stdout.write(name === undefined ? listText(modules) : fitted(moduleText(name, modules), stdout.columns));
  const isWhole = name !== undefined || !reportProblems(problems, environment);
  return isWhole ? EXIT.ok : EXIT.usage;
}

/** All modules; where one of the project's own can't be used, vrun's, and what is wrong. */
async function modulesTold(environment: Environment) {
  try {
    return { modules: await modulesAround(environment), problems: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { modules: shipped, problems: error.problems };
  }
}

function plainName(name: string): string {
  return name.replace(/^ansible\.(builtin|legacy)\./, '').replaceAll('_', '-');
}

function listText(registry: Registry): string {
  const modules = registry.names().map(registry.module);
  const width = Math.max(...modules.map(({ name }) => name.length));
  return modules.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
}

function moduleText(name: string, registry: Registry): string {
  const plain = plainName(name);
  const names = registry.names();
  if (names.includes(plain)) return pageText(describeModule(registry.module(plain)));
  const hint = didYouMean(plain, names) ?? 'vrun doc lists them all.';
  throw new ProblemError([{ code: 'unknown-module', summary: `no module ‹${name}›`, hint }]);
}

/** Lines that a terminal of so many columns doesn't break. What goes elsewhere stays as it is, and so does YAML. */
function fitted(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < 40) return text;
  const [prose = '', ...example] = text.split(/(?=\nEXAMPLE\n)/);
  const lines = prose.split('\n').flatMap((line) => {
    if (displayWidth(line) <= columns) return line;
    const [indent = ''] = /^ */.exec(line) ?? [];
    return wrap(line.trimStart(), columns - indent.length).map((part) => indent + part);
  });
  return lines.join('\n') + example.join('');
}
