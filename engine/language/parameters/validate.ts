// Validation of a module's parameters: what is written before the first connection, what is bound before it is sent.
import type { ErrorObject } from 'ajv';
import type { Dynamic, DynamicMap } from '../dynamic/dynamic.ts';
import { locateInLine } from '../problem/locate.ts';
import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { ModuleSyntax } from '../runbook/catalog.ts';
import { Unknown } from '../value/value.ts';
import { paramFaults } from './faults.ts';
import { compileParams } from './schema.ts';
import type { ParamFault } from './sentences.ts';
import { isPending, unveil, type Veiled, veilLiterals, veilValues } from './veil.ts';

/** Where the value (or its key) at a path inside the parameters stands; an empty path means the task's module itself. */
export type ParamPositions = (path: readonly string[], part?: 'key' | 'value') => Position;

/** Bound parameters with their defaults filled in, or what is wrong with them. */
export interface ValidatedParams {
  readonly params: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/**
 * Validates the bound values of one task, on a copy: secrets, contents and what else the engine made pass where the
 * schema's `vrun` says so. A text that a template made is accepted for the integer, number or boolean it reads as,
 * and a number or boolean for a text (a mode apart). `values` must hold no Unknown. With problems, `params` is of no use.
 */
export function validateParams(
  syntax: ModuleSyntax,
  values: Readonly<Record<string, unknown>>,
  positions: ParamPositions,
): ValidatedParams {
  const { schema, validate } = compileParams(syntax.params);
  const veiled = veilValues(values, schema);
  const faults = [...veiled.faults, ...(validate(veiled.value) ? [] : schemaFaults(syntax, validate.errors ?? []))];
  const params = record(unveil(veiled.value, veiled.originals));
  if (faults.length === 0) faults.push(...checkFaults(syntax, params));
  return { params, problems: faults.map((fault) => toProblem(fault, positions)) };
}

/** The secrets among values, which may be partly unknown, that stand where the module takes none. */
export function misplacedSecrets(
  syntax: ModuleSyntax,
  values: Readonly<Record<string, unknown>>,
  positions: ParamPositions,
): readonly Problem[] {
  const { faults } = veilValues(values, compileParams(syntax.params).schema);
  return faults.map((fault) => toProblem(fault, positions));
}

/** Every problem of the parameters as written. Templates and expressions are taken on trust until they are bound. */
export function checkLiterals(syntax: ModuleSyntax, args: DynamicMap, module: Position): Problem[] {
  const { schema, validate } = compileParams(syntax.params);
  const veiled = veilLiterals(args, schema);
  const faults = [...veiled.faults, ...(validate(veiled.value) ? [] : schemaFaults(syntax, validate.errors ?? []))];
  if (faults.length === 0) faults.push(...literalCheckFaults(syntax, veiled));
  const positions = positionsIn(args, module);
  return faults.map((fault) => toProblem(fault, positions));
}

/** Positions inside parameters as written. A map or list stands where its key does. */
export function positionsIn(args: DynamicMap, module: Position): ParamPositions {
  return (path, part = 'value') => {
    let at = module;
    let here: Dynamic | undefined = args;
    for (const step of path) {
      if (here?.kind === 'map') {
        const entry: DynamicMap['entries'][number] | undefined = here.entries.find(({ key }) => key === step);
        if (!entry) return at;
        const { kind } = entry.value;
        at = part === 'key' || kind === 'map' || kind === 'list' ? entry.keyAt : entry.value.at;
        here = entry.value;
      } else if (here?.kind === 'list') {
        here = here.items[Number(step)];
        if (!here) return at;
        at = here.at;
      } else return at;
    }
    return at;
  };
}

/**
 * A module's own check on literals alone. It is asked twice, once without the parameters that are templates and once
 * with something in their place, and only what it says both times is certain.
 */
function literalCheckFaults(syntax: ModuleSyntax, veiled: Veiled): ParamFault[] {
  const pending = new Unknown('later', 'a template');
  const without = record(unveil(veiled.value, veiled.originals));
  const literal = Object.fromEntries(Object.entries(without).filter(([, value]) => !hasPending(value)));
  const certain = checkFaults(syntax, literal);
  if (certain.length === 0 || Object.keys(literal).length === Object.keys(without).length) return certain;
  const stood = Object.fromEntries(
    Object.entries(without).map(([key, value]) => [key, hasPending(value) ? pending : value]),
  );
  try {
    const again = checkFaults(syntax, stood);
    return certain.filter((fault) =>
      again.some((other) => other.detail === fault.detail && other.summary === fault.summary),
    );
  } catch {
    // The check looked into a value that isn't there yet: it is asked again once everything is bound.
    return [];
  }
}

function hasPending(value: unknown): boolean {
  if (isPending(value)) return true;
  if (Array.isArray(value)) return value.some(hasPending);
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).some(hasPending);
}

function schemaFaults(syntax: ModuleSyntax, errors: readonly ErrorObject[]): ParamFault[] {
  return paramFaults(syntax.name, errors).map((fault) => {
    const [parameter, ...inside] = fault.path;
    const isForeign = fault.code === 'unknown-parameter' && parameter !== undefined && inside.length === 0;
    const hint = isForeign ? syntax.instead?.(parameter) : undefined;
    return hint === undefined ? fault : { ...fault, hint };
  });
}

function checkFaults(syntax: ModuleSyntax, params: Readonly<Record<string, unknown>>): ParamFault[] {
  return (syntax.check?.(params) ?? []).map(({ parameter, ...said }) => ({
    ...said,
    code: 'bad-value',
    path: parameter === undefined ? [] : parameter.split('.'),
  }));
}

function toProblem({ path, within, ...said }: ParamFault, positions: ParamPositions): Problem {
  const at = positions(path, said.code === 'unknown-parameter' ? 'key' : 'value');
  return { ...said, at: within ? locateInLine(within.text, at)(within.start, within.end) : at };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
