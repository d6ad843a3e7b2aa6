// From values to what ajv can look at: templates not yet known, secrets and contents are hidden behind symbols.

import type { Dynamic } from '../dynamic/dynamic.ts';
import { Float } from '../value/float.ts';
import { Secret } from '../value/secret.ts';
import { type ParameterKind, traitsOf } from './kinds.ts';
import { type JsonSchema, memberSchema } from './schema.ts';
import { type ParamFault, pathText } from './sentences.ts';

/** A copy in which symbols stand for what validation must not see. `originals` has what they stand for. */
export interface Veiled {
  readonly value: unknown;
  readonly originals: ReadonlyMap<symbol, unknown>;
  /** Secrets in a place that doesn't take one. */
  readonly faults: readonly ParamFault[];
}

/** Veils bound values. Texts that templates made become the number or boolean that the schema wants, and the reverse. */
export function veilValues(values: Readonly<Record<string, unknown>>, schema: JsonSchema): Veiled {
  return veil(values, schema, true);
}

/** Veils what is written in the file: only literals stay visible, and nothing is converted. */
export function veilLiterals(args: Dynamic, schema: JsonSchema): Veiled {
  return veil(plain(args), schema, false);
}

/** What a template or an expression will make: not known while reading. */
const PENDING = new (class Pending {})();

function plain(dynamic: Dynamic): unknown {
  switch (dynamic.kind) {
    case 'literal':
      return dynamic.value;
    case 'list':
      return dynamic.items.map(plain);
    case 'map':
      return Object.fromEntries(dynamic.entries.map((entry) => [entry.key, plain(entry.value)]));
    case 'template':
    case 'expression':
      return PENDING;
  }
}

/** True for what stands for a template or an expression. */
export function isPending(original: unknown): boolean {
  return original === PENDING;
}

function veil(root: unknown, rootSchema: JsonSchema, convert: boolean): Veiled {
  const originals = new Map<symbol, unknown>();
  const faults: ParamFault[] = [];
  const hide = (original: unknown) => {
    const symbol = Symbol('veiled');
    originals.set(symbol, original);
    return symbol;
  };
  const copy = (value: unknown, schema: JsonSchema | undefined, path: readonly string[]): unknown => {
    if (value instanceof Secret) {
      if (!takesSecret(schema)) faults.push(misplaced(path));
      return hide(value);
    }
    if (value instanceof Float) return floatFor(value, schema, convert) ?? hide(value);
    if (typeof value !== 'object' || value === null) return convert ? converted(value, schema) : value;
    if (kinds(schema).some((kind) => traitsOf(kind).isOpaque) && convert) return hide(value);
    if (Array.isArray(value)) {
      const items = branchFor(schema, 'array')?.items;
      return value.map((item, index) => copy(item, items, [...path, String(index)]));
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return hide(value);
    const map = branchFor(schema, 'object');
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, copy(member, memberSchema(map, key), [...path, key])]),
    );
  };
  return { value: copy(root, rootSchema, []), originals, faults };
}

/** Puts the originals back, in place; `value` must be a veiled copy. */
export function unveil(value: unknown, originals: ReadonlyMap<symbol, unknown>): unknown {
  if (typeof value === 'symbol') return originals.get(value);
  if (originals.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unveil(item, originals));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unveil(member, originals)]));
}

function branches(schema: JsonSchema | undefined): readonly JsonSchema[] {
  if (!schema) return [];
  return schema.anyOf ? schema.anyOf.flatMap(branches) : [schema];
}

function branchFor(schema: JsonSchema | undefined, type: string): JsonSchema | undefined {
  return branches(schema).find((branch) => branch.type === type);
}

function kinds(schema: JsonSchema | undefined): readonly ParameterKind[] {
  if (!schema) return [];
  return [schema, ...branches(schema)].flatMap(({ vrun }) => (vrun === undefined ? [] : [vrun]));
}

function takesSecret(schema: JsonSchema | undefined): boolean {
  return kinds(schema).includes('text');
}

function misplaced(path: readonly string[]): ParamFault {
  return {
    path,
    code: 'secret-misplaced',
    summary: 'A secret in a place that would show it',
    detail: `‹${pathText(path)}› ends up in a command line or in the record, so it can't hold a secret.`,
    hint: 'A secret travels only in the content of a file or on standard input: put it in a file with ‹template› or ‹copy›, or give it as ‹stdin›.',
  };
}

/** As the schema wants it: a number, or its text; undefined where it may stay what it is. */
function floatFor(value: Float, schema: JsonSchema | undefined, convert: boolean): number | string | undefined {
  const wanted = branches(schema);
  if (wanted.some(({ type }) => type === 'number' || type === 'integer')) return value.number;
  if (wanted.some(({ type, vrun }) => type === 'string' && vrun !== 'mode')) return convert ? value.text : value.number;
  return wanted.every(({ type }) => type === undefined || type === 'object') ? undefined : value.number;
}

const INTEGER = /^[-+]?\d+$/;
const NUMBER = /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/;

/** `value` as the first of the wanted types that it can be read as; itself when it fits already or can't be. */
function converted(value: unknown, schema: JsonSchema | undefined): unknown {
  const wanted = branches(schema);
  if (wanted.length === 0 || wanted.some((branch) => fits(value, branch))) return value;
  for (const branch of wanted) {
    if (typeof value === 'string') {
      if (branch.type === 'integer' && INTEGER.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
      if (branch.type === 'number' && NUMBER.test(value)) return Number(value);
      if (branch.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      // Not for a mode: the number 644 may have been written 0644, which is another mode than "0644".
      if (branch.type === 'string' && branch.vrun !== 'mode') return String(value);
    }
  }
  return value;
}

function fits(value: unknown, { type }: JsonSchema): boolean {
  if (type === undefined) return true;
  if (typeof value === 'number') return type === 'number' || (type === 'integer' && Number.isInteger(value));
  return typeof value === type;
}
