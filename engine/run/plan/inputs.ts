// `-e` and the inputs that plays declare with `params`: text from the command line becomes what the play wants.

import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { literal as literalOf } from '../../language/dynamic/evaluate.ts';
import { hidden } from '../../language/parameters/secret-input.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Param, Runbook } from '../../language/runbook/runbook.ts';
import { asWritten, type Float, withoutText } from '../../language/value/float.ts';
import { parseJson } from '../../language/value/json.ts';
import { Secret } from '../../language/value/secret.ts';

/** One value of `-e`: `text` came as K=V and is coerced to the declared type; otherwise it is typed already. */
export interface ExtraValue {
  readonly value: Dynamic;
  readonly text: boolean;
}

/** The inputs of a run, and what is wrong with them. `given` names what the inventory or the play sets otherwise. */
export function readInputs(
  runbooks: readonly Runbook[],
  extra: ReadonlyMap<string, ExtraValue>,
  given: (param: Param) => boolean,
): { readonly extra: ReadonlyMap<string, Dynamic>; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values = new Map([...extra].map(([name, { value }]) => [name, value]));
  const params = runbooks.flatMap((runbook) => runbook.plays.flatMap((play) => play.params));
  for (const param of params) {
    const input = extra.get(param.name);
    if (input === undefined) {
      if (param.required && param.default === undefined && !given(param)) problems.push(missing(param));
      continue;
    }
    const value = input.text ? coerce(input.value, param) : fitting(input.value, param);
    if (value === undefined) problems.push(illTyped(param, input.value));
    else {
      values.set(param.name, param.secret ? hidden(value, param) : value);
      const problem = notOneOf(param, value);
      if (problem) problems.push(problem);
    }
  }
  return { extra: values, problems };
}

function coerce(value: Dynamic, { type }: Param): Dynamic | undefined {
  const text = value.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
  if (text === undefined || type === 'string') return value;
  const literal = (converted: number | boolean | Float): Dynamic => ({
    kind: 'literal',
    value: converted,
    at: value.at,
  });
  switch (type) {
    case 'integer':
      return /^[-+]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? literal(Number(text)) : undefined;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text))
        ? literal(asWritten(Number(text), text.trim()))
        : undefined;
    case 'boolean':
      return text === 'true' || text === 'false' ? literal(text === 'true') : undefined;
    case 'list':
    case 'map':
      return structured(text, type, value.at);
  }
}

/** A list or a map as JSON; a list may also be words with commas between them. */
function structured(text: string, type: 'list' | 'map', at: Dynamic['at']): Dynamic | undefined {
  if (type === 'list' && !/^\s*\[/.test(text)) {
    return { kind: 'list', at, items: text.split(',').map((item) => ({ kind: 'literal', value: item.trim(), at })) };
  }
  try {
    const made = literalOf(parseJson(text), at);
    return made.kind === type ? made : undefined;
  } catch {
    return undefined;
  }
}

/** What is typed already, if it is of the declared type; what is computed shows its type only on a host. */
function fitting(value: Dynamic, { type }: Param): Dynamic | undefined {
  if (value.kind === 'template' || value.kind === 'expression') return value;
  if (value.kind !== 'literal') return value.kind === type ? value : undefined;
  const plain = value.value instanceof Secret ? '' : withoutText(value.value);
  const fits = type === 'integer' ? Number.isSafeInteger(plain) : typeof plain === type;
  return fits ? value : undefined;
}

function missing(param: Param): Problem {
  return {
    code: 'missing-param',
    summary: `the input ‹${param.name}› is missing`,
    detail: `The play declares it as required${param.description ? `: ${param.description}` : ''}.`,
    hint: `Give it on the command line:\n  -e ${param.name}=…`,
    at: param.at,
  };
}

function illTyped(param: Param, value: Dynamic): Problem {
  const shown = param.secret || value.kind !== 'literal' ? '' : ` ‹${String(value.value)}› is none.`;
  const hint = HINTS[param.type]?.(param.name);
  return {
    code: 'bad-value',
    summary: `the input ‹${param.name}› has the wrong type`,
    detail: `The play declares it as ${param.type}.${shown}`,
    ...hintOf(hint),
    at: param.at,
  };
}

const HINTS: Readonly<Partial<Record<Param['type'], (name: string) => string>>> = {
  string: (name) => `Put it in quotes:\n  -e '{"${name}": "…"}'`,
  boolean: (name) => `Write true or false:\n  -e ${name}=true`,
  list: (name) => `Give it with commas, or as JSON:\n  -e ${name}=one,two\n  -e '{"${name}": ["one", "two"]}'`,
  map: (name) => `Give it as JSON:\n  -e '{"${name}": {…}}'`,
};

function notOneOf(param: Param, value: Dynamic): Problem | undefined {
  if (!param.enum || value.kind !== 'literal') return undefined;
  const given = value.value;
  if (given === null || given instanceof Secret || param.enum.includes(withoutText(given))) return undefined;
  const allowed = param.enum.map((word) => `‹${word}›`).join(' ');
  return {
    code: 'bad-value',
    summary: `the input ‹${param.name}› can't be that`,
    detail: param.secret ? `It is not one of ${allowed}.` : `‹${String(given)}› is not one of ${allowed}.`,
    ...hintOf(param.secret ? undefined : didYouMean(String(given), param.enum.map(String))),
    at: param.at,
  };
}

function hintOf(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}
