// A module's parameter schema as ajv gets it: plain JSON, closed, with a validator that is made once.
import type { ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import type { ParameterKind } from './kinds.ts';

/** The JSON Schema words that parameters use, with our own keyword `vrun` (engine/module/parameters.ts). */
export interface JsonSchema {
  readonly [word: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly vrun?: ParameterKind;
  /** A boolean sibling; where it is true, what `vrun` says doesn't hold: `remote_src` of copy. */
  readonly vrunUnless?: string;
  /** Of a local file that isn't named: it is sought beside the one that a sibling names. */
  readonly vrunBeside?: { readonly parameter: string; readonly suffix: string };
  /** Of a `local-file`: a text that matches this pattern is the content itself and no file's name. */
  readonly vrunInline?: string;
}

/** A schema and the validator made of it. The validator fills in defaults in place. */
export interface CompiledParams {
  readonly schema: JsonSchema;
  readonly validate: ValidateFunction;
}

const adopted = new WeakMap<TSchema, () => ValidateFunction>();

/** Takes a validator of `params` that the build has compiled already (build-validators.js). It is asked for at its first use. */
export function adoptValidator(params: TSchema, validator: () => ValidateFunction): void {
  adopted.set(params, validator);
}

let compile: ((schema: JsonSchema) => ValidateFunction) | undefined;

/** How a schema is compiled whose validator wasn't adopted: see compile.ts. */
export function compileWith(compiler: (schema: JsonSchema) => ValidateFunction): void {
  compile = compiler;
}

function validatorOf(params: TSchema, schema: JsonSchema): ValidateFunction {
  const known = adopted.get(params);
  if (known) return known();
  if (compile === undefined) throw new Error('a schema without a validator, and nobody to make one');
  return compile(schema);
}

const compiledBefore = new WeakMap<TSchema, CompiledParams>();

/** The compiled form of a module's `params`, made at first use. Throws what ajv throws for a schema that isn't strict. */
export function compileParams(params: TSchema): CompiledParams {
  const before = compiledBefore.get(params);
  if (before) return before;
  const schema = plainSchema(params);
  let validate: ValidateFunction | undefined;
  const compiled: CompiledParams = {
    schema,
    get validate() {
      validate ??= validatorOf(params, schema);
      return validate;
    },
  };
  compiledBefore.set(params, compiled);
  return compiled;
}

/**
 * TypeBox's schema as plain JSON. A map with named members takes no others unless it says so, and defaults inside
 * `anyOf` are dropped: ajv can't fill them in and its strict mode refuses them.
 */
export function plainSchema(params: TSchema): JsonSchema {
  const clone: JsonSchema = JSON.parse(JSON.stringify(params));
  return close(clone, false);
}

function close(schema: JsonSchema, inUnion: boolean): JsonSchema {
  const { default: fallback, ...rest } = schema;
  return {
    ...rest,
    ...(fallback !== undefined && !inUnion ? { default: fallback } : {}),
    ...(schema.properties ? { properties: closeAll(schema.properties, inUnion) } : {}),
    ...(schema.properties && schema.additionalProperties === undefined && !schema.patternProperties
      ? { additionalProperties: false }
      : {}),
    ...(schema.patternProperties ? { patternProperties: closeAll(schema.patternProperties, inUnion) } : {}),
    ...(typeof schema.additionalProperties === 'object'
      ? { additionalProperties: close(schema.additionalProperties, inUnion) }
      : {}),
    ...(schema.items ? { items: close(schema.items, inUnion) } : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map((branch) => close(branch, true)) } : {}),
  };
}

function closeAll(schemas: Readonly<Record<string, JsonSchema>>, inUnion: boolean): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, close(schema, inUnion)]));
}

/** Whether a text is the content itself, where the name of a file is usual. */
export function isInline({ vrunInline }: JsonSchema, text: string): boolean {
  return vrunInline !== undefined && new RegExp(vrunInline, 'u').test(text);
}

/** The schema of member `key` of a map that `schema` describes, if it says anything about it. */
export function memberSchema(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  if (!schema) return undefined;
  const named = schema.properties?.[key];
  if (named) return named;
  for (const [pattern, member] of Object.entries(schema.patternProperties ?? {})) {
    if (new RegExp(pattern, 'u').test(key)) return member;
  }
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}
