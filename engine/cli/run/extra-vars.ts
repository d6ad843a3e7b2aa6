// `-e`: K=V pairs as text, JSON or YAML maps and @files with their types.

import { resolve } from 'node:path';
import type { FilesRead } from '../../base/files-read.ts';
import { NotPlain, readPlain, textOf } from '../../base/plain-file.ts';
import { toDynamic } from '../../language/dynamic/evaluate.ts';
import { SourceText } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import { isBroken } from '../../language/read/files.ts';
import { reservedName } from '../../language/value/names.ts';
import type { SecretOpener } from '../../language/yaml/age.ts';
import { readYaml } from '../../language/yaml/yaml.ts';
import type { ExtraValue } from '../../run/plan/inputs.ts';

/** The values of all `-e`, later ones over earlier ones. What is wrong is added to `problems`. */
export async function readExtraVars(
  args: readonly string[],
  context: {
    readonly cwd: string;
    readonly secrets: SecretOpener;
    readonly problems: Problem[];
    readonly read?: FilesRead;
  },
): Promise<ReadonlyMap<string, ExtraValue>> {
  const values = new Map<string, ExtraValue>();
  for (const [index, argument] of args.entries()) {
    const name = args.length > 1 ? `-e (${index + 1})` : '-e';
    if (argument.startsWith('@')) await addFile(argument.slice(1), values, context);
    else if (/^\s*[{[]/.test(argument)) await addMap(new SourceText(name, argument, true), values, context);
    else addPairs(new SourceText(name, argument, true), values, context.problems);
  }
  return values;
}

type Context = Parameters<typeof readExtraVars>[1];

async function addFile(path: string, values: Map<string, ExtraValue>, context: Context): Promise<void> {
  try {
    const file = resolve(context.cwd, path);
    const bytes = await readPlain(file);
    context.read?.file(file, bytes);
    await addMap(new SourceText(path, textOf(bytes), true), values, context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const code = error instanceof NotPlain ? 'file-unreadable' : 'file-missing';
    context.problems.push({ code, summary: `can't read the variables file ‹${path}›`, detail: why });
  }
}

async function addMap(source: SourceText, values: Map<string, ExtraValue>, context: Context): Promise<void> {
  const { problems } = context;
  const before = problems.length;
  const node = readYaml(source, { version: '1.2', problems });
  if (node === undefined || isBroken(problems.slice(before))) return;
  if (node.kind !== 'map') {
    problems.push({ code: 'usage', summary: '-e takes a map of variables', at: node.at });
    return;
  }
  const secrets = await context.secrets.open([node], problems);
  for (const { key, keyAt, value } of node.entries) {
    if (usable(key, keyAt, problems)) values.set(key, { value: toDynamic(value, problems, secrets), text: false });
  }
}

/** `a=1 b="two words"`, as Ansible splits them. The values are data: never templates. */
function addPairs(source: SourceText, values: Map<string, ExtraValue>, problems: Problem[]): void {
  const pairs = [...source.text.matchAll(/(?<![^\s="'])([^\s=]+)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)];
  const rest = source.text.replace(/(?<![^\s="'])([^\s=]+)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g, '').trim();
  if (pairs.length === 0 || rest !== '') {
    problems.push({
      code: 'usage',
      summary: '-e takes K=V, a JSON map, or @file',
      at: source.at(0, source.text.length),
    });
    return;
  }
  for (const pair of pairs) {
    const [whole, key = '', quoted = ''] = pair;
    const at = source.at(pair.index, pair.index + whole.length);
    const text = /^".*"$/s.test(quoted)
      ? quoted.slice(1, -1).replace(/\\(["\\])/g, '$1')
      : quoted.replace(/^'(.*)'$/s, '$1');
    if (usable(key, at, problems)) values.set(key, { value: { kind: 'literal', value: text, at }, text: true });
  }
}

function usable(name: string, at: Problem['at'], problems: Problem[]): boolean {
  const why = reservedName(name);
  if (why === undefined) return true;
  const position = at ? { at } : {};
  problems.push({
    code: 'reserved-name',
    summary: 'Not a name for a variable',
    detail: `‹${name}› can't be a variable: ${why}.`,
    ...position,
  });
  return false;
}
