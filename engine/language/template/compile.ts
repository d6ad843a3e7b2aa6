// Handlebars' syntax tree → our nodes. Names are resolved here, so that rendering needs no code generation and every
// free name is known before a run. What the language doesn't have (partials, helpers of one's own) is refused.

import { didYouMean } from '../problem/did-you-mean.ts';
import type { Locate } from '../problem/locate.ts';
import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { NamePath } from '../value/path.ts';
import type { LocalPart, Operand, TemplateNode } from './node.ts';

/** A block that has an item: `each` or `with`, and the names after `as |…|`. */
interface Frame {
  readonly kind: 'each' | 'with';
  readonly params: readonly string[];
}

type Block = hbs.AST.BlockStatement;

const BLOCKS = ['if', 'unless', 'each', 'with'];

export class TemplateCompiler {
  readonly paths: NamePath[] = [];
  readonly problems: Problem[] = [];
  readonly #locate: Locate;
  readonly #starts: readonly number[];
  #frames: readonly Frame[] = [];

  /** `locate` turns offsets of `source` into positions. */
  constructor(source: string, locate: Locate) {
    this.#locate = locate;
    this.#starts = [0, ...[...source.matchAll(/\r\n?|\n/g)].map((match) => match.index + match[0].length)];
  }

  nodes(statements: readonly hbs.AST.Statement[]): TemplateNode[] {
    return statements.flatMap((statement) => this.#statement(statement));
  }

  #statement(statement: hbs.AST.Statement): TemplateNode[] {
    // hbs.AST has no discriminated union: `type` decides what each of these casts says
    switch (statement.type) {
      case 'ContentStatement': {
        const text = (statement as hbs.AST.ContentStatement).value;
        return text === '' ? [] : [{ kind: 'text', text }];
      }
      case 'CommentStatement':
        return [];
      case 'MustacheStatement': {
        const of = this.#mustache(statement as hbs.AST.MustacheStatement);
        return of ? [{ kind: 'value', of, at: this.at(statement.loc) }] : [];
      }
      case 'BlockStatement':
        return this.#block(statement as Block);
      case 'PartialStatement':
      case 'PartialBlockStatement':
        return this.#refuse(statement, 'Partials (‹{{> …}}›) are not part of the language', 'Write the text here.');
      default:
        return this.#refuse(statement, 'Decorators (‹{{* …}}›) are not part of the language', 'Remove it.');
    }
  }

  #mustache(mustache: hbs.AST.MustacheStatement | hbs.AST.SubExpression): Operand | undefined {
    const { path } = mustache;
    if (!isPath(path)) {
      this.#refuse(path, 'A literal needs no braces', 'Write the text itself; a literal ‹{{› is written ‹\\{{›.');
      return undefined;
    }
    const called =
      mustache.params.length > 0 || (mustache.hash?.pairs.length ?? 0) > 0 || mustache.type === 'SubExpression';
    if (isWord(path, 'json')) return this.#json(mustache);
    if (!called) return this.#path(path);
    const name = path.original;
    const inline = BLOCKS.includes(name) ? `‹${name}› is a block: ‹{{#${name} …}} … {{/${name}}}›.` : undefined;
    this.#refuse(
      path,
      `There is no helper ‹${name}›`,
      inline ?? didYouMean(name, ['json']) ?? 'Templates have ‹json›; compute values with ‹!expr "…"› in a variable.',
    );
    return undefined;
  }

  #json(mustache: hbs.AST.MustacheStatement | hbs.AST.SubExpression): Operand | undefined {
    const [param] = mustache.params;
    if (!param || mustache.params.length > 1 || (mustache.hash?.pairs.length ?? 0) > 0) {
      this.#refuse(mustache, '‹json› takes one value', 'Write ‹{{ json name }}›.');
      return undefined;
    }
    const of = this.#operand(param);
    return of && { kind: 'json', of };
  }

  #operand(expression: hbs.AST.Expression): Operand | undefined {
    switch (expression.type) {
      case 'PathExpression':
        return this.#path(expression as hbs.AST.PathExpression);
      case 'SubExpression':
        return this.#mustache(expression as hbs.AST.SubExpression);
      case 'StringLiteral':
      case 'NumberLiteral':
      case 'BooleanLiteral':
        return { kind: 'literal', value: (expression as hbs.AST.StringLiteral | hbs.AST.NumberLiteral).value };
      default:
        return { kind: 'literal', value: null };
    }
  }

  #path(path: hbs.AST.PathExpression): Operand | undefined {
    const at = this.at(path.loc);
    if (path.data) return this.#data(path, at);
    const [head] = path.parts;
    const scoped = /^(\.|this\b)/.test(path.original);
    if (path.depth === 0 && !scoped && head !== undefined) {
      for (let up = 0; up < this.#frames.length; up++) {
        const index = this.#frame(up)?.params.indexOf(head) ?? -1;
        const part: LocalPart = index === 1 ? 'key' : 'item';
        if (index >= 0) return { kind: 'local', up, part, members: path.parts.slice(1), text: path.original, at };
      }
    }
    if (path.depth < this.#frames.length) {
      return { kind: 'local', up: path.depth, part: 'item', members: path.parts, text: path.original, at };
    }
    if (path.depth > this.#frames.length) {
      this.#refuse(path, '‹../› leads out of the template', 'One ‹../› for each block that the name stands in.');
      return undefined;
    }
    return this.#free(path.parts, path, at);
  }

  #data(path: hbs.AST.PathExpression, at: Position): Operand | undefined {
    const [name = '', ...members] = path.parts;
    if (name === 'root') return this.#free(members, path, at);
    if (name === 'index' || name === 'key' || name === 'first' || name === 'last') {
      let skip = path.depth;
      for (let up = 0; up < this.#frames.length; up++) {
        if (this.#frame(up)?.kind !== 'each') continue;
        if (skip-- === 0) return { kind: 'local', up, part: name, members, text: path.original, at };
      }
      this.#refuse(path, `‹@${name}› stands in ‹{{#each}}› only`, 'Move it into the block.');
      return undefined;
    }
    this.#refuse(
      path,
      `There is no ‹@${name}›`,
      didYouMean(name, ['index', 'key', 'first', 'last', 'root']) ?? 'There are ‹@index @key @first @last @root›.',
    );
    return undefined;
  }

  #free(parts: readonly string[], path: hbs.AST.PathExpression, at: Position): Operand | undefined {
    if (parts.length === 0) {
      this.#refuse(path, '‹this› stands in ‹{{#each}}› and ‹{{#with}}› only', 'Name the variable.');
      return undefined;
    }
    // `vars.x` is x
    const name = { path: parts[0] === 'vars' && parts.length > 1 ? parts.slice(1) : parts, at };
    this.paths.push(name);
    return { kind: 'name', name };
  }

  #block(block: Block): TemplateNode[] {
    const name = block.path.type === 'PathExpression' ? block.path.original : '';
    const [param] = block.params;
    if (!BLOCKS.includes(name)) {
      return this.#refuse(
        block.path,
        `There is no block ‹${name}›`,
        didYouMean(name, BLOCKS) ?? 'There are ‹{{#if}} {{#unless}} {{#each}} {{#with}}›.',
      );
    }
    const extra = block.hash?.pairs[0];
    if (!param || block.params.length > 1 || extra) {
      return this.#refuse(
        extra ?? block.path,
        `‹{{#${name}}}› takes one value`,
        `Write ‹{{#${name} name}} … {{/${name}}}›.`,
      );
    }
    const of = this.#operand(param);
    const at = this.at(param.loc);
    if (name === 'if' || name === 'unless') {
      const [body, otherwise] = [this.#program(block.program), this.#program(block.inverse)];
      return of ? [{ kind: 'if', of, negate: name === 'unless', body, otherwise }] : [];
    }
    const kind = name === 'each' ? 'each' : 'with';
    const outside = this.#frames;
    this.#frames = [...outside, { kind, params: block.program?.blockParams ?? [] }];
    const body = this.#program(block.program);
    this.#frames = outside;
    const otherwise = this.#program(block.inverse);
    return of ? [{ kind, of, at, body, otherwise }] : [];
  }

  #program(program: hbs.AST.Program | undefined): TemplateNode[] {
    return program ? this.nodes(program.body) : [];
  }

  #frame(up: number): Frame | undefined {
    return this.#frames[this.#frames.length - 1 - up];
  }

  #refuse(node: hbs.AST.Node, summary: string, hint: string): [] {
    this.problems.push({ code: 'template-syntax', summary, hint, at: this.at(node.loc) });
    return [];
  }

  /** Handlebars counts lines from 1 and columns from 0. */
  at({ start, end }: hbs.AST.SourceLocation): Position {
    const offset = ({ line, column }: hbs.AST.Position) => (this.#starts[line - 1] ?? 0) + column;
    return this.#locate(offset(start), offset(end));
  }
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

function isWord(path: hbs.AST.PathExpression, word: string): boolean {
  return !path.data && path.depth === 0 && path.original === word;
}
