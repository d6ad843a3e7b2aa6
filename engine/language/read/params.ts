// `params`: a play's declared inputs, `name: { type, default, required, enum, description, secret }`.

import type { Dynamic } from '../dynamic/dynamic.ts';
import { hidden } from '../parameters/secret-input.ts';
import { list, notAllowed, wrongType } from '../parameters/sentences.ts';
import { didYouMean } from '../problem/did-you-mean.ts';
import type { Problem } from '../problem/problem.ts';
import type { Param } from '../runbook/runbook.ts';
import { withoutText } from '../value/float.ts';
import type { YamlEntry } from '../yaml/yaml.ts';
import { Fields } from './fields.ts';
import { plainValue, type Reading } from './reading.ts';
import { checkName } from './variable-name.ts';

export const PARAM_TYPES = ['string', 'integer', 'number', 'boolean', 'list', 'map'] as const;

/** What a declared input can say, with its meaning: for messages, editors and docs. */
export const PARAM_KEYS = {
  type: 'What `-e name=value` is read as',
  default: 'Value when none is given',
  required: 'Whether it must be given',
  enum: 'The values that it takes',
  description: 'What it is for',
  secret: 'Whether it is kept out of screen and record',
} as const;

/** Reads the `params` of a play; `undefined` stands for none. */
export function readParams(entry: YamlEntry | undefined, reading: Reading): Param[] {
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
  const { value } = entry;
  if (value.kind !== 'map') {
    report(wrongType(['params'], '‹params›', [{ type: 'object' }], plainValue(value)), value.at, reading);
    return [];
  }
  return value.entries.flatMap((param) =>
    checkName(param.key, param.keyAt, reading) ? (readParam(param, reading) ?? []) : [],
  );
}

function readParam({ key, keyAt, value }: YamlEntry, reading: Reading): Param | undefined {
  if (value.kind !== 'map') {
    reading.problems.push({
      code: 'bad-value',
      summary: 'A parameter is declared with a map',
      detail: `‹${key}› says with ${list(Object.keys(PARAM_KEYS))} what it takes.`,
      hint: `Write ‹${key}: { type: string, default: … }›; a plain variable belongs under ‹vars› or ‹defaults›.`,
      at: value.kind === 'scalar' && value.value === null ? keyAt : value.at,
    });
    return undefined;
  }
  for (const inner of value.entries.filter((candidate) => !Object.hasOwn(PARAM_KEYS, candidate.key))) {
    const hint = didYouMean(inner.key, Object.keys(PARAM_KEYS));
    reading.problems.push({
      code: 'unknown-keyword',
      summary: 'Unknown keyword',
      detail: `A parameter takes ${list(Object.keys(PARAM_KEYS))}, and no ‹${inner.key}›.`,
      ...(hint ? { hint } : {}),
      at: inner.keyAt,
    });
  }
  const fields = new Fields(new Map(value.entries.map((inner) => [inner.key, inner])), value.at, reading);
  const type = fields.oneOf('type', PARAM_TYPES) ?? 'string';
  const given = fields.entry('default');
  const written = given ? reading.dynamic(given.value) : undefined;
  const secret = fields.flag('secret') ?? false;
  const fallback: Dynamic | undefined =
    written && secret ? { ...written, at: { ...written.at, confidential: true } } : written;
  const allowed = readEnum(fields.entry('enum'), reading);
  if (fallback) checkDefault(key, fallback, type, allowed, reading);
  if (secret && (type === 'list' || type === 'map')) reading.problems.push(secretsTogether(key, fields));
  return {
    name: key,
    at: keyAt,
    type,
    // A default in clear text is no less a secret on the screen and in the record.
    default: secret && fallback ? hidden(fallback, { name: key }) : fallback,
    required: fields.flag('required') ?? false,
    enum: allowed,
    description: fields.plainText('description'),
    secret,
  };
}

function secretsTogether(name: string, fields: Fields): Problem {
  return {
    code: 'bad-value',
    summary: 'A secret is one text',
    detail: `‹${name}› is a list or a map, of which nobody could tell what to hide.`,
    hint: 'Declare each secret as a parameter of its own, of type string.',
    at: fields.entry('secret')?.keyAt ?? fields.at,
  };
}

function readEnum(entry: YamlEntry | undefined, reading: Reading): Param['enum'] {
  if (!entry) return undefined;
  const words = entry.value.kind === 'list' ? entry.value.items : [];
  const values = words.flatMap((word) =>
    word.kind === 'scalar' && word.tag === undefined && word.value !== null ? [word.value] : [],
  );
  if (words.length > 0 && values.length === words.length) return values;
  report(wrongType(['enum'], '‹enum›', [{ type: 'array' }], plainValue(entry.value)), entry.value.at, reading);
  return undefined;
}

const JSON_TYPES = {
  list: 'array',
  map: 'object',
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
};

function checkDefault(
  name: string,
  value: Dynamic,
  type: Param['type'],
  allowed: Param['enum'],
  reading: Reading,
): void {
  if (value.kind === 'template' || value.kind === 'expression') return;
  const plain = value.kind === 'list' ? [] : value.kind === 'map' ? {} : withoutText(value.value);
  const fits =
    value.kind === 'literal'
      ? type === 'integer'
        ? Number.isInteger(plain)
        : type === 'string'
          ? typeof plain === 'string' || (typeof plain === 'object' && plain !== null)
          : typeof plain === type
      : value.kind === type;
  const where = `The default of ‹${name}›`;
  if (!fits) report(wrongType([name], where, [{ type: JSON_TYPES[type] }], plain), value.at, reading);
  else if (allowed && !allowed.some((word) => word === plain)) {
    report(notAllowed([name], where, allowed, plain), value.at, reading);
  }
}

function report({ path: _, ...fault }: ReturnType<typeof wrongType>, at: Dynamic['at'], reading: Reading): void {
  reading.problems.push({ ...fault, at });
}
