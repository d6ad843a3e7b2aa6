// From validated parameters to what a module sees: files read, templates rendered, texts and secrets turned into
// Content. The schema's keyword `vrun` says where.

import { traitsOf } from '../../language/parameters/kinds.ts';
import { isInline, type JsonSchema, memberSchema } from '../../language/parameters/schema.ts';
import type { Position } from '../../language/problem/position.ts';
import { renderTemplate } from '../../language/template/template.ts';
import { Secret } from '../../language/value/secret.ts';
import { type Scope, Unknown } from '../../language/value/value.ts';
import { Content, type LocalSource } from '../../module/index.ts';
import { commandWords } from '../../module/shell-words.ts';
import type { Sources } from '../controller/sources.ts';

/** What `materialize` needs besides the schema and the value. */
export interface MaterialContext {
  readonly scope: Scope;
  readonly sources: Sources;
  /** The runbook file that the task stands in: paths are relative to it. */
  readonly runbook: string;
  readonly at: (path: readonly string[]) => Position;
}

/** The module's parameters; an Unknown when a template or an expression isn't known yet. */
export function materialize(schema: JsonSchema, value: unknown, context: MaterialContext): unknown {
  return visit(schema, value, [], context);
}

function visit(schema: JsonSchema, value: unknown, path: readonly string[], context: MaterialContext): unknown {
  if (value === undefined) return value;
  switch (schema.vrun) {
    case 'text':
      return value instanceof Secret ? Content.of(value) : Content.of(String(value));
    case 'local-file':
      if (isInline(schema, String(value))) return { name: '', content: Content.of(String(value)), tree: undefined };
      return context.sources.file(String(value), context.runbook, context.at(path));
    case 'local-command': {
      const words = commandWords(value);
      return { words, file: context.sources.file(words[0] ?? '', context.runbook, context.at(path)) };
    }
    case 'local-tree':
      return context.sources.tree(String(value), context.runbook, context.at(path));
    case 'local-archive':
      return context.sources.archive(String(value), context.runbook, context.at(path));
    case 'local-target':
      return context.sources.target(String(value), String(context.scope.lookup('inventory_hostname')));
    case 'local-template':
      return rendered(String(value), path, context);
  }
  const branch = schema.anyOf?.find((candidate) => mentionsMaterial(candidate));
  if (branch) return visit(branch, value, path, context);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items && mentionsMaterial(items)
      ? settle(value.map((item, index) => visit(items, item, [...path, `${index}`], context)))
      : value;
  }
  if (typeof value !== 'object' || value === null || !mentionsMaterial(schema)) return value;
  const siblings = new Map<string, unknown>(Object.entries(value));
  const members = Object.entries(value).map(([key, member]) => {
    const shape = memberSchema(schema, key);
    const spared = shape?.vrunUnless !== undefined && siblings.get(shape.vrunUnless) === true;
    return [key, shape && !spared ? visit(shape, member, [...path, key], context) : member] as const;
  });
  const pending = members.find(([, member]) => member instanceof Unknown);
  return pending ? pending[1] : Object.fromEntries([...members, ...besides(schema, siblings, context)]);
}

/** Files that aren't named and lie beside one that is. */
function besides(
  schema: JsonSchema,
  siblings: ReadonlyMap<string, unknown>,
  { sources, runbook, at }: MaterialContext,
): readonly (readonly [string, LocalSource])[] {
  const properties: Readonly<Record<string, JsonSchema>> = schema.properties ?? {};
  return Object.entries(properties).flatMap(([key, { vrunBeside }]) => {
    const name = vrunBeside && siblings.get(vrunBeside.parameter);
    if (vrunBeside === undefined || typeof name !== 'string' || siblings.has(key)) return [];
    const file = sources.fileIfAny(name + vrunBeside.suffix, runbook, at([vrunBeside.parameter]));
    return file ? [[key, file]] : [];
  });
}

function settle(items: readonly unknown[]): unknown {
  return items.find((item) => item instanceof Unknown) ?? items;
}

const mentioned = new WeakMap<JsonSchema, boolean>();

/** True when anything that the schema describes becomes material: what doesn't is passed on as it is, on every host. */
export function mentionsMaterial(schema: JsonSchema): boolean {
  let answer = mentioned.get(schema);
  if (answer === undefined) {
    const inner = [
      ...Object.values(schema.properties ?? {}),
      ...Object.values(schema.patternProperties ?? {}),
      ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
      ...(schema.items ? [schema.items] : []),
      ...(schema.anyOf ?? []),
    ];
    answer = (schema.vrun !== undefined && !traitsOf(schema.vrun).isPassedOn) || inner.some(mentionsMaterial);
    mentioned.set(schema, answer);
  }
  return answer;
}

function rendered(name: string, path: readonly string[], context: MaterialContext): LocalSource | Unknown {
  const { template, mode } = context.sources.template(name, context.runbook, context.at(path));
  const text = renderTemplate(template, context.scope);
  if (text instanceof Unknown) return text;
  return { name, content: Content.of(text instanceof Secret ? text : String(text)), mode, tree: undefined };
}
