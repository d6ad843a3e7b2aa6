// Whether parsed JSON has the shape that a type of TypeBox describes, by the few keywords that vrun's own files need. TypeBox's own
// check knows all of JSON Schema, and costs every command some milliseconds to load.
import type { Static, TSchema } from 'typebox';
import { isMap } from './plain-data.ts';

/** A type of TypeBox, as the JSON Schema that it is. */
type Shape = TSchema & {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[] | undefined;
  /** Of a record: one pattern, which every name matches. */
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
};

/** What is wrong: the place as `list.0.name`, and a sentence without its subject. */
export interface ShapeFault {
  readonly at: string;
  readonly message: string;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMap,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  null: (value) => value === null,
};

/** True when parsed JSON is as `shape` says. @throws Error where `shape` has a keyword that isn't known here */
export function hasShape<T extends Shape>(shape: T, value: unknown): value is Static<T> {
  return shapeFault(shape, value) === undefined;
}

/** The first thing in parsed JSON that isn't as `shape` says. @throws Error as hasShape does */
export function shapeFault(shape: Shape, value: unknown, at: readonly string[] = []): ShapeFault | undefined {
  const { type = '', const: only, anyOf, items, properties, required, patternProperties, ...limits } = shape;
  const fault = (message: string): ShapeFault => ({ at: at.join('.'), message });
  if (anyOf) return anyOf.some((one) => hasShape(one, value)) ? undefined : fault('must match a schema in anyOf');
  const isOfType = TYPES[type];
  if (!isOfType) throw new Error(`no shape is of the type ‹${type}›`);
  if (!isOfType(value)) return fault(`must be ${type}`);
  if (only !== undefined && value !== only) return fault('must be equal to constant');
  const limit = limitFault(limits, value);
  if (limit !== undefined) return fault(limit);
  const missing = (required ?? []).filter((name) => !(isMap(value) && Object.hasOwn(value, name)));
  if (missing.length > 0) return fault(`must have required properties ${missing.join(', ')}`);
  for (const [name, part, inner] of partsOf(shape, value)) {
    const found = shapeFault(inner, part, [...at, name]);
    if (found) return found;
  }
  return undefined;
}

/** What a list or a map holds, by name, and the shape that it has to have. */
function partsOf(
  { items, properties = {}, patternProperties = {} }: Shape,
  value: unknown,
): readonly (readonly [name: string, part: unknown, shape: Shape])[] {
  if (Array.isArray(value)) return items ? value.map((part, index) => [String(index), part, items]) : [];
  if (!isMap(value)) return [];
  const [ofAny] = Object.values(patternProperties);
  if (ofAny) return Object.entries(value).map(([name, part]) => [name, part, ofAny]);
  return Object.entries(properties).flatMap(([name, inner]) =>
    Object.hasOwn(value, name) ? [[name, value[name], inner]] : [],
  );
}

function limitFault({ pattern, minLength, minimum, ...others }: Shape, value: unknown): string | undefined {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Error(`no shape has ‹${unknown}›`);
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(String(value))) return `must match pattern "${pattern}"`;
  if (minLength !== undefined && String(value).length < minLength)
    return `must not have fewer than ${minLength} characters`;
  if (minimum !== undefined && Number(value) < minimum) return `must be >= ${minimum}`;
  return undefined;
}
