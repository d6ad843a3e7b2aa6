// The free names of a CEL expression, found on its syntax tree.
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Locate } from '../problem/locate.ts';
import { CEL_WORDS } from '../value/names.ts';
import { type NamePath, type Path, startsWith } from '../value/path.ts';
import { LOOPS } from './nodes.ts';

const words = new Set<string>(CEL_WORDS);

/** Free names with the members asked of them; those that a `has(…)` of the expression covers are `guarded`. */
export function expressionPaths(ast: ASTNode, locate: Locate): { paths: NamePath[]; guards: Path[] } {
  const walk = new Walk(locate);
  walk.node(ast, new Set());
  const paths = walk.paths.map((name) =>
    walk.guards.some((guard) => startsWith(name.path, guard)) ? { ...name, guarded: true } : name,
  );
  return { paths, guards: walk.guards };
}

class Walk {
  readonly paths: NamePath[] = [];
  readonly guards: Path[] = [];
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  node(node: ASTNode, bound: ReadonlySet<string>): void {
    switch (node.op) {
      case 'value':
        break;
      case 'id':
      case '.':
      case '.?':
      case '[]':
      case '[?]':
        this.#access(node, bound);
        break;
      case 'call':
        if (node.args[0] === 'has') this.#has(node.args[1], bound);
        else this.#all(node.args[1], bound);
        break;
      case 'rcall':
        this.#method(node.args, bound);
        break;
      case 'map':
        this.#all(node.args.flat(), bound);
        break;
      case '!_':
      case '-_':
        this.node(node.args, bound);
        break;
      default:
        this.#all(node.args, bound);
    }
  }

  #all(nodes: readonly ASTNode[], bound: ReadonlySet<string>): void {
    for (const node of nodes) this.node(node, bound);
  }

  #method([name, receiver, args]: [string, ASTNode, ASTNode[]], bound: ReadonlySet<string>): void {
    const [first, ...rest] = args;
    const binds = first?.op === 'id' && (LOOPS.has(name) ? args.length >= 2 : name === 'bind' && isCel(receiver));
    if (!binds || !first) {
      this.node(receiver, bound);
      this.#all(args, bound);
      return;
    }
    const inner = new Set([...bound, first.args]);
    if (LOOPS.has(name)) {
      this.node(receiver, bound);
      this.#all(rest, inner);
    } else {
      this.#all(rest.slice(0, 1), bound);
      this.#all(rest.slice(1), inner);
    }
  }

  #access(node: ASTNode, bound: ReadonlySet<string>): void {
    const chain = this.#chain(node, bound);
    if (!chain) return;
    const path = chain[0] === 'vars' && chain.length > 1 ? chain.slice(1) : chain;
    this.paths.push({ path, at: this.#locate(node.start, node.end) });
  }

  /** The static path of a chain of members; what is computed in it is walked, and ends it. */
  #chain(node: ASTNode, bound: ReadonlySet<string>): Path | undefined {
    if (node.op === 'id') return bound.has(node.args) || words.has(node.args) ? undefined : [node.args];
    if (node.op === '.' || node.op === '.?') return this.#step(node.args[0], node.args[1], bound);
    if (node.op === '[]' || node.op === '[?]') {
      const [object, key] = node.args;
      if (key.op === 'value' && (typeof key.args === 'string' || typeof key.args === 'bigint')) {
        return this.#step(object, String(key.args), bound);
      }
      this.node(key, bound);
      this.node(object, bound);
      return undefined;
    }
    this.node(node, bound);
    return undefined;
  }

  #step(object: ASTNode, member: string, bound: ReadonlySet<string>): Path | undefined {
    const chain = this.#chain(object, bound);
    return chain && [...chain, member];
  }

  /** `has(vars.x)` guards x; `has(a.b)` needs a and guards a.b. */
  #has([node]: readonly ASTNode[], bound: ReadonlySet<string>): void {
    const chain = node && this.#chain(node, bound);
    if (!node || !chain) return;
    const path = chain[0] === 'vars' && chain.length > 1 ? chain.slice(1) : chain;
    const at = this.#locate(node.start, node.end);
    if (path.length > 1) this.paths.push({ path: path.slice(0, -1), at });
    this.paths.push({ path, at, guarded: true });
    this.guards.push(path);
  }
}

function isCel(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'cel';
}
