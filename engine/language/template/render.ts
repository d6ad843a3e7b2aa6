// Rendering: walks a compiled template, remembering which secrets and which unknowns it met on the way.

import { MOST_STEPS, MOST_TEXT } from '../../base/limits.ts';
import { isList, isMap } from '../../base/plain-data.ts';
import type { Position } from '../problem/position.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import { Float, withoutText } from '../value/float.ts';
import { writeJson } from '../value/json.ts';
import { follow, kindOf, memberOf, type NamePath } from '../value/path.ts';
import { Secret } from '../value/secret.ts';
import { type Scope, Unknown, type Value } from '../value/value.ts';
import type { Operand, TemplateNode } from './node.ts';

/** The item of an enclosing `each` or `with`. */
interface Local {
  readonly item: Value;
  readonly index: number;
  readonly key: string | number;
  readonly first: boolean;
  readonly last: boolean;
}

/** Renders to a value: see `renderTemplate`. */
export function renderNodes(nodes: readonly TemplateNode[], single: NamePath | undefined, scope: Scope): Value {
  if (single) return follow(scope, single);
  const rendering = new Rendering(scope);
  const text = rendering.text(nodes, []);
  if (rendering.unknown) return rendering.unknown;
  return rendering.secrets.size > 0 ? joinedSecret(rendering.secrets, text) : text;
}

/** A secret made with others, named after them: `db_user+db_password`. */
export function joinedSecret(secrets: Iterable<Secret>, text: string): Secret {
  const names = new Set([...secrets].flatMap(({ name }) => name.split('+')));
  return new Secret([...names].join('+'), text);
}

/** Of two unknowns the one that must be waited for. */
export function combineUnknown(first: Unknown | undefined, second: Unknown): Unknown {
  return first === undefined || (first.until === 'apply' && second.until === 'later') ? second : first;
}

class Rendering {
  readonly secrets = new Set<Secret>();
  unknown: Unknown | undefined;
  readonly #scope: Scope;
  #steps = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  text(nodes: readonly TemplateNode[], locals: readonly Local[]): string {
    let text = '';
    for (const node of nodes) {
      this.#steps += 1;
      text += node.kind === 'text' ? node.text : this.#node(node, locals);
      if (this.#steps > MOST_STEPS || text.length > MOST_TEXT) fail(tooMuch);
    }
    return text;
  }

  #node(node: Exclude<TemplateNode, { kind: 'text' }>, locals: readonly Local[]): string {
    const value = this.#see(this.#operand(node.of, locals));
    // the text is thrown away once anything is unknown; what follows is still checked
    if (value instanceof Unknown) return '';
    switch (node.kind) {
      case 'value':
        return typeof value === 'string' ? value : plainText(value, node.at);
      case 'if':
        return this.text(isEmpty(value) === node.negate ? node.body : node.otherwise, locals);
      case 'with':
        if (isEmpty(value)) return this.text(node.otherwise, locals);
        return this.text(node.body, [...locals, { item: value, index: 0, key: '', first: true, last: true }]);
      case 'each':
        return this.#each(value, node, locals);
    }
  }

  #each(value: Value, node: Extract<TemplateNode, { kind: 'each' | 'with' }>, locals: readonly Local[]): string {
    const entries = iterable(value, node.at);
    if (entries.length === 0) return this.text(node.otherwise, locals);
    let text = '';
    for (const [index, [key, item]] of entries.entries()) {
      const last = index === entries.length - 1;
      text += this.text(node.body, [...locals, { item, index, key, first: index === 0, last }]);
      this.#steps += 1;
      if (this.#steps > MOST_STEPS || text.length > MOST_TEXT) fail(tooMuch);
    }
    return text;
  }

  #operand(of: Operand, locals: readonly Local[]): Value {
    switch (of.kind) {
      case 'literal':
        return of.value;
      case 'name':
        return follow(this.#scope, of.name);
      case 'json': {
        const value = this.#plain(this.#operand(of.of, locals));
        return value instanceof Unknown ? value : writeJson(value);
      }
      case 'local': {
        const local = locals[locals.length - 1 - of.up];
        const value = local ? local[of.part] : null;
        return this.#members(value, of);
      }
    }
  }

  #members(value: Value, of: Extract<Operand, { kind: 'local' }>): Value {
    let found = value;
    try {
      for (const [index] of of.members.entries())
        found = memberOf(found, ['this', ...of.members.slice(0, index + 1)], of.at);
    } catch (error) {
      if (error instanceof ProblemError && of.part === 'item' && this.#scope.names().includes(of.members[0] ?? '')) {
        return fail({
          code: 'undefined-variable',
          summary: `The block’s item has no ‹${of.members.join('.')}›`,
          detail: 'Inside ‹{{#each}}› and ‹{{#with}}› a name is looked for in the item.',
          hint: `For the variable write ‹@root.${of.members.join('.')}›.`,
          at: of.at,
        });
      }
      throw error;
    }
    return found;
  }

  /** Notes secrets and unknowns; a secret goes on as its text. */
  #see(value: Value): Value {
    if (value instanceof Unknown) this.unknown = combineUnknown(this.unknown, value);
    if (!(value instanceof Secret)) return value;
    this.secrets.add(value);
    return value.reveal();
  }

  /** For JSON: secrets revealed and noted at any depth; an unknown at any depth makes all of it unknown. */
  #plain(value: Value): Value {
    const seen = this.#see(value);
    if (isList(seen)) {
      const items = seen.map((item) => this.#plain(item));
      return items.find((item) => item instanceof Unknown) ?? items;
    }
    if (!isMap(seen)) return seen;
    const entries = Object.entries(seen).map(([key, member]): [string, Value] => [key, this.#plain(member)]);
    const unknown = entries.find(([, member]) => member instanceof Unknown);
    return unknown ? unknown[1] : Object.fromEntries(entries);
  }
}

const tooMuch = {
  code: 'template-value',
  summary: `This template makes a text of more than ${MOST_TEXT / 1024 / 1024} MiB, or goes through too much for it`,
  detail:
    'A list that is gone over for each item of another multiplies, and so do variables that hold another one twice.',
  hint: 'Go over a shorter list, or make the text in parts.',
} as const;

/** Handlebars' idea of empty: false, null, 0, the empty text and the empty list; not the empty map. */
function isEmpty(value: Value): boolean {
  const plain = withoutText(value);
  return !plain || (isList(plain) && plain.length === 0);
}

function plainText(value: Value, at: Position): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof Float) return String(value);
  return fail({
    code: 'template-value',
    summary: `Inside text only strings, numbers and booleans may stand, and this is ${kindOf(value)}`,
    hint:
      value === null
        ? 'Set the variable, or test it with ‹{{#if}}›.'
        : 'Write ‹{{ json name }}› for JSON, or go over it with ‹{{#each}}›.',
    at,
  });
}

function iterable(value: Value, at: Position): readonly (readonly [string | number, Value])[] {
  if (value === null) return [];
  if (isList(value)) return [...value.entries()];
  if (isMap(value)) return Object.entries(value);
  return fail({
    code: 'template-value',
    summary: `‹{{#each}}› goes over a list or a map, and this is ${kindOf(value)}`,
    hint: 'For one value use ‹{{#with}}› or its name.',
    at,
  });
}
