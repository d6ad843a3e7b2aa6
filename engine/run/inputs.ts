// `-e` and the inputs that plays declare with `params`: text from the command line becomes what the play wants.
import { didYouMean } from '../language/nearest.ts';
import type { Problem } from '../language/problem.ts';
import type { Param, Runbook } from '../language/runbook.ts';
import { Secret } from '../language/secret.ts';
import type { Dynamic } from '../language/value.ts';

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
    const value = input.text ? coerce(input.value, param) : input.value;
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
  const literal = (converted: number | boolean): Dynamic => ({ kind: 'literal', value: converted, at: value.at });
  switch (type) {
    case 'integer':
      return /^[-+]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? literal(Number(text)) : undefined;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? literal(Number(text)) : undefined;
    case 'boolean':
      return text === 'true' || text === 'false' ? literal(text === 'true') : undefined;
    case 'list':
      return {
        kind: 'list',
        at: value.at,
        items: text.split(',').map((item) => ({ kind: 'literal', value: item.trim(), at: value.at })),
      };
    case 'map':
      return undefined;
  }
}

function hidden(value: Dynamic, param: Param): Dynamic {
  if (value.kind !== 'literal' || value.value === null || value.value instanceof Secret) return value;
  return { ...value, value: new Secret(param.name, String(value.value)) };
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
  return {
    code: 'bad-value',
    summary: `the input ‹${param.name}› has the wrong type`,
    detail: `The play declares it as ${param.type}.${shown}`,
    ...(param.type === 'map' ? { hint: `Give it as JSON:\n  -e '{"${param.name}": {…}}'` } : {}),
    at: param.at,
  };
}

function notOneOf(param: Param, value: Dynamic): Problem | undefined {
  if (!param.enum || value.kind !== 'literal') return undefined;
  const given = value.value;
  if (given === null || given instanceof Secret || param.enum.includes(given)) return undefined;
  return {
    code: 'bad-value',
    summary: `the input ‹${param.name}› can't be that`,
    detail: `‹${String(given)}› is not one of ${param.enum.map((word) => `‹${word}›`).join(' ')}.`,
    ...hintOf(didYouMean(String(given), param.enum.map(String))),
    at: param.at,
  };
}

function hintOf(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}
