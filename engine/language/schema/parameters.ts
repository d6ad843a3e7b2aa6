// A module's parameters for editors: what validation wants, widened so that a template may stand for any value.

import { type JsonSchema, plainSchema } from '../parameters/schema.ts';
import type { ModuleSyntax } from '../runbook/catalog.ts';

/** A text with a template in it, where something else than text is wanted. */
export const TEMPLATE: JsonSchema = { type: 'string', pattern: '\\{\\{' };

/** What stands after a module's name in a task: its parameters, or the text that stands for one of them. */
export function moduleSchema(syntax: ModuleSyntax): JsonSchema {
  const { properties = {}, required = [], patternProperties, additionalProperties } = plainSchema(syntax.params);
  const needed = withoutDefault(required, properties);
  const others = Object.entries(syntax.aliases);
  const map: JsonSchema = {
    type: 'object',
    properties: {
      ...mapValues(properties, widened),
      ...Object.fromEntries(others.map(([alias, name]) => [alias, aliasSchema(alias, name, properties[name])])),
    },
    ...(patternProperties ? { patternProperties: mapValues(patternProperties, widened) } : {}),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object' ? widened(additionalProperties) : additionalProperties,
        }),
    ...requiredSchema(needed, others),
  };
  const free = syntax.freeForm === undefined ? undefined : properties[syntax.freeForm];
  const forms = [map, ...(free ? [widened(free)] : []), ...(needed.length === 0 ? [{ type: 'null' }] : [])];
  return forms.length === 1 ? { ...map, description: syntax.summary } : { description: syntax.summary, anyOf: forms };
}

/** The schema with templates allowed wherever it doesn't take any text anyway. */
export function widened(schema: JsonSchema): JsonSchema {
  const { description, default: fallback, ...rest } = schema;
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  const inner = inside(rest);
  if (takesAnyText(inner)) return { ...about, ...inner };
  const branches = inner.anyOf && Object.keys(inner).length === 1 ? inner.anyOf : [inner];
  return { ...about, anyOf: [...branches.filter((branch) => branch !== TEMPLATE), TEMPLATE] };
}

function inside(schema: JsonSchema): JsonSchema {
  const { vrun: _, vrunUnless: __, vrunInline: ___, vrunBeside: _____, ...rest } = schema;
  const words = rest.anyOf?.map((branch) => branch.const);
  if (words?.every((word) => typeof word === 'string')) {
    const { anyOf: ____, ...outer } = rest;
    return { ...outer, type: 'string', enum: words };
  }
  return {
    ...rest,
    ...(rest.required ? { required: withoutDefault(rest.required, rest.properties ?? {}) } : {}),
    ...(rest.properties ? { properties: mapValues(rest.properties, widened) } : {}),
    ...(rest.patternProperties ? { patternProperties: mapValues(rest.patternProperties, widened) } : {}),
    ...(typeof rest.additionalProperties === 'object'
      ? { additionalProperties: widened(rest.additionalProperties) }
      : {}),
    ...(rest.items ? { items: widened(rest.items) } : {}),
    ...(rest.anyOf ? { anyOf: rest.anyOf.map(inside) } : {}),
  };
}

/** TypeBox requires what has a default; whoever writes the file need not. */
function withoutDefault(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): string[] {
  return required.filter((name) => properties[name]?.default === undefined);
}

function takesAnyText(schema: JsonSchema): boolean {
  if (schema.anyOf) return schema.anyOf.some(takesAnyText);
  if (schema.type === undefined) return schema.enum === undefined && schema.const === undefined;
  return schema.type === 'string' && schema.pattern === undefined && !schema.enum && schema.const === undefined;
}

function aliasSchema(alias: string, name: string, schema: JsonSchema | undefined): JsonSchema {
  return { ...widened(schema ?? {}), description: `${alias}: the same as ${name}` };
}

/** Required parameters; one that has another name may be given under either. */
function requiredSchema(needed: readonly string[], aliases: readonly (readonly [string, string])[]): JsonSchema {
  const plain = needed.filter((name) => !aliases.some(([, target]) => target === name));
  const either = needed
    .filter((name) => !plain.includes(name))
    .map((name) => {
      const names = [name, ...aliases.flatMap(([alias, target]) => (target === name ? [alias] : []))];
      return { anyOf: names.map((one) => ({ required: [one] })) };
    });
  return {
    ...(plain.length > 0 ? { required: plain } : {}),
    ...(either.length > 0 ? { allOf: either } : {}),
  };
}

function mapValues(
  schemas: Readonly<Record<string, JsonSchema>>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, change(schema)]));
}
