// A module's parameter schema as ajv gets it: plain JSON, closed, compiled once.

import { Ajv, type CodeOptions, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { isParameterKind, type ParameterKind } from './kinds.ts';

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

/**
 * What compiles parameters' schemas. It doesn't hold them against JSON Schema's own, which takes longer than to compile
 * them: a test does so with the modules'.
 */
export function makeAjv(code: CodeOptions): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    useDefaults: true,
    verbose: true,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    code,
  });
  ajv.addKeyword({
    keyword: 'vrun',
    schemaType: 'string',
    code: ({ schema: kind }) => {
      if (!isParameterKind(kind)) throw new Error(`there is no kind ‹${kind}› of parameters`);
    },
  });
  ajv.addKeyword({ keyword: 'vrunUnless', schemaType: 'string' });
  ajv.addKeyword({ keyword: 'vrunBeside', schemaType: 'object' });
  ajv.addKeyword({ keyword: 'vrunInline', schemaType: 'string' });
  return ajv;
}

let ajv: Ajv | undefined;

/** Compiles at run time. Optimizing code that runs a few times doesn't pay. */
function compile(schema: JsonSchema): ValidateFunction {
  ajv ??= makeAjv({ optimize: false });
  return ajv.compile(schema);
}

const adopted = new WeakMap<TSchema, ValidateFunction>();

/** Takes a validator of `params` that the build has compiled already (build-validators.js). */
export function adoptValidator(params: TSchema, validate: ValidateFunction): void {
  adopted.set(params, validate);
}

const compiledBefore = new WeakMap<TSchema, CompiledParams>();

/** The compiled form of a module's `params`, made at first use. Throws what ajv throws for a schema that isn't strict. */
export function compileParams(params: TSchema): CompiledParams {
  const before = compiledBefore.get(params);
  if (before) return before;
  const schema = plainSchema(params);
  const compiled = { schema, validate: adopted.get(params) ?? compile(schema) };
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
