// Templates: Handlebars' syntax, rendered by our own small interpreter. So an undefined name is an error wherever it
// stands, a secret stays a secret, what isn't known yet stays unknown, and no code is ever generated from a runbook.

import { parse } from 'handlebars/dist/cjs/handlebars/compiler/base.js';
import { DEEPEST } from '../../base/limits.ts';
import { type Locate, locateInFile, locateInLine } from '../problem/locate.ts';
import type { Position, SourceText } from '../problem/position.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import type { NamePath } from '../value/path.ts';
import type { Scope, Value } from '../value/value.ts';
import { TemplateCompiler } from './compile.ts';
import { tooDeep } from './depth.ts';
import { jinjaBlocks } from './jinja-blocks.ts';
import type { TemplateNode } from './node.ts';
import { renderNodes } from './render.ts';
import { templateSyntaxProblem } from './syntax.ts';

export type { NamePath, Path } from '../value/path.ts';

/** A compiled template: names resolved, nothing evaluated. */
export interface Template {
  readonly source: string;
  readonly at: Position;
  /** Free names only: what belongs to `{{#each}}` and `{{#with}}` (`this`, `@index`, `as |x|`) is not among them. */
  readonly paths: readonly NamePath[];
  /** Set when the whole value is one path, white space around it aside: the result then keeps its type. */
  readonly single: NamePath | undefined;
  readonly nodes: readonly TemplateNode[];
}

/** True when a string is to be read as a template. */
export function isTemplate(text: string): boolean {
  return text.includes('{{');
}

/**
 * Compiles a string value. `locate` tells positions inside of it; without it they are found in `at`'s line.
 * @throws ProblemError `template-syntax`, or `jinja` for a filter.
 */
export function compileTemplate(source: string, at: Position, locate: Locate = locateInLine(source, at)): Template {
  const { nodes, paths } = compile(source, locate);
  return { source, at, paths, single: singlePath(nodes), nodes };
}

/**
 * Compiles a template file; its result is always text. White space is Handlebars': a line that holds only a block tag,
 * `else` or a comment leaves nothing behind, `{{~ … ~}}` eats the white space on its side, and all else, the last line
 * break included, stays as it is.
 * @throws ProblemError as `compileTemplate`, and `jinja` for Jinja’s blocks and comments.
 */
export function compileTemplateFile(source: SourceText): Template {
  const locate = locateInFile(source);
  const blocks = jinjaBlocks(source.text, locate);
  if (blocks.length > 0) throw new ProblemError(blocks);
  const { nodes, paths } = compile(source.text, locate);
  return { source: source.text, at: source.at(0), paths, single: undefined, nodes };
}

/**
 * The template's value for one scope. A Secret when any secret was reached, named after all of them; an Unknown when
 * anything that isn't known was reached, `later` before `apply`.
 * @throws ProblemError `undefined-variable`, `template-value`, and what evaluating a variable throws.
 */
export function renderTemplate(template: Template, scope: Scope): Value {
  return renderNodes(template.nodes, template.single, scope);
}

function compile(source: string, locate: Locate): { nodes: TemplateNode[]; paths: NamePath[] } {
  const deep = tooDeep(source, DEEPEST);
  if (deep !== undefined) {
    const summary = `This template is nested more than ${DEEPEST} levels deep`;
    const hint = 'Make parts of it in variables of their own.';
    fail({ code: 'template-syntax', summary, hint, at: locate(deep, deep + 2) });
  }
  let program: hbs.AST.Program;
  try {
    program = parse(source);
  } catch (error) {
    throw new ProblemError([templateSyntaxProblem(source, error, locate)]);
  }
  const compiler = new TemplateCompiler(source, locate);
  const nodes = compiler.nodes(program.body);
  if (compiler.problems.length > 0) throw new ProblemError(compiler.problems);
  return { nodes, paths: compiler.paths };
}

function singlePath(nodes: readonly TemplateNode[]): NamePath | undefined {
  const [only, ...rest] = nodes.filter((node) => node.kind !== 'text' || node.text.trim() !== '');
  return only?.kind === 'value' && only.of.kind === 'name' && rest.length === 0 ? only.of.name : undefined;
}
