// What the tests of the language share: reading a text, plain views of nodes, and what a problem points at.
import { type Position, SourceText } from '../../engine/language/problem/position.ts';
import { type Problem, ProblemError } from '../../engine/language/problem/problem.ts';
import type { Scope, Value } from '../../engine/language/value/value.ts';
import { readYaml, type YamlNode } from '../../engine/language/yaml/yaml.ts';

export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

export function read(
  text: string,
  version: '1.1' | '1.2' = '1.2',
): { node: YamlNode | undefined; problems: Problem[] } {
  const problems: Problem[] = [];
  const node = readYaml(new SourceText('site.yml', text), { version, problems });
  return { node, problems };
}

/** The bare values of a node; tags are left out. */
export function plain(node: YamlNode | undefined): Plain | undefined {
  switch (node?.kind) {
    case undefined:
      return undefined;
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map((item) => plain(item) ?? null);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value) ?? null]));
  }
}

/** `3:7 word`: line, column and the marked text of a problem. */
export function pointed({ at }: Problem): string {
  return at ? `${at.line}:${at.column} ${at.text.slice(at.column - 1, at.column - 1 + at.length)}` : 'nowhere';
}

/** The only problem of what `run` throws. */
export function problemOf(run: () => unknown): Problem {
  const problems = problemsOf(run);
  const [problem, more] = problems;
  if (!problem || more) throw new Error(`one problem was expected, not ${problems.length}`);
  return problem;
}

/** Everything that `run` throws, which must be Problems. */
export function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error('it threw nothing');
}

/** The position of a value that stands alone in its line. */
export function standing(text: string): Position {
  return new SourceText('site.yml', text).at(0, text.length);
}

export function scopeOf(values: Readonly<Record<string, Value>>): Scope {
  return {
    lookup: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    names: () => Object.keys(values),
  };
}
