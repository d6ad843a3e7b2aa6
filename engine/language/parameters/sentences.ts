// The sentences about parameters and keywords of the wrong kind: what came, what is wanted, how to write it.
import { didYouMean } from '../problem/did-you-mean.ts';
import type { Problem } from '../problem/problem.ts';
import type { JsonSchema } from './schema.ts';

/** A problem of one parameter, at a path inside the parameters; whoever reports it knows the position. */
export interface ParamFault extends Pick<Problem, 'code' | 'summary' | 'detail' | 'hint'> {
  readonly path: readonly string[];
  /** The part of the value's text that is wrong. */
  readonly within?: { readonly text: string; readonly start: number; readonly end: number };
}

export function missing(path: readonly string[], where: string, schema: JsonSchema, name: string): ParamFault {
  const description = schema.properties?.[name]?.description;
  return {
    path,
    code: 'missing-parameter',
    summary: 'A parameter is missing',
    detail: `${where} needs ‹${name}›${description ? `: ${lowerFirst(description)}` : ''}.`,
  };
}

export function unknownMember(path: readonly string[], where: string, schema: JsonSchema, name: string): ParamFault {
  const known = Object.keys(schema.properties ?? {});
  const [form] = Object.keys(schema.patternProperties ?? {});
  if (known.length === 0 && form !== undefined) {
    const detail = `‹${name}› can't be a name in ${where}: it must match ${form}.`;
    return { path: [...path, name], code: 'bad-value', summary: 'A name of the wrong form', detail };
  }
  return {
    path: [...path, name],
    code: 'unknown-parameter',
    summary: 'Unknown parameter',
    detail: `${where} has no parameter ‹${name}›.`,
    hint: didYouMean(name, known) ?? `It takes ${list(known)}.`,
  };
}

export function notAllowed(
  path: readonly string[],
  where: string,
  words: readonly unknown[],
  value: unknown,
): ParamFault {
  const suggestion = typeof value === 'string' ? didYouMean(value, words.map(String)) : undefined;
  return {
    path,
    code: 'bad-value',
    summary: 'Not one of the values that it takes',
    detail: `${where} is one of ${list(words.map(String))}, and not ${show(value)}.`,
    ...(suggestion ? { hint: suggestion } : {}),
  };
}

export function wrongType(
  path: readonly string[],
  where: string,
  wanted: readonly JsonSchema[],
  value: unknown,
): ParamFault {
  const name = path.at(-1) ?? '';
  const types = wanted.flatMap(({ type }) => (type === undefined ? [] : [type])).flat();
  if (typeof value === 'number' && wanted.some((schema) => schema.vrun === 'mode'))
    return unquotedMode(path, where, value);
  if (typeof value === 'string' && types.includes('boolean')) return notBoolean(path, where, name, value);
  const hint = quotesHint(types, value);
  return {
    path,
    code: 'bad-value',
    summary: 'Wrong type of value',
    detail: `${where} wants ${either([...new Set(types.map(typeName))])}, and ${came(value)}.`,
    ...(hint ? { hint } : {}),
  };
}

/** A text where a boolean is wanted: YAML 1.2 has no `yes`. Shared with the keywords of tasks and plays. */
export function notBoolean(path: readonly string[], where: string, name: string, value: string): ParamFault {
  const meant = /^(yes|y|on|true)$/i.test(value) ? 'true' : /^(no|n|off|false)$/i.test(value) ? 'false' : undefined;
  return {
    path,
    code: 'not-boolean',
    summary: 'Not a boolean',
    detail: `${where} wants ‹true› or ‹false›, and ${show(value)} is text: in YAML 1.2 only the words true and false, unquoted, are booleans.`,
    ...(meant ? { hint: `Write ‹${name}: ${meant}›.` } : {}),
  };
}

function unquotedMode(path: readonly string[], where: string, value: number): ParamFault {
  const digits = String(value).padStart(4, '0');
  return {
    path,
    code: 'octal-mode',
    summary: 'A mode without quotes',
    detail: `${where} is a number here: YAML 1.2 reads 0644 as the decimal number 644, and ${value} isn't the mode that it looks like.`,
    hint: `Put it in quotes: ‹${path.at(-1)}: "${/^[0-7]{4}$/.test(digits) ? digits : '0644'}"›.`,
  };
}

export function badMode(path: readonly string[], where: string, value: unknown): ParamFault {
  return {
    path,
    code: 'bad-value',
    summary: 'Not a mode',
    detail: `${where} wants permissions, and ${show(value)} isn't any.`,
    hint: 'Write three or four octal digits ("0640") or symbols ("u=rw,g=r,o=").',
  };
}

export function badForm(path: readonly string[], where: string, schema: JsonSchema, value: unknown): ParamFault {
  return {
    path,
    code: 'bad-value',
    summary: 'A value of the wrong form',
    detail: `${show(value)} can't be ${where}${schema.description ? ` (${lowerFirst(schema.description)})` : ''}: it must match ${String(schema.pattern)}.`,
  };
}

/** Anything else that ajv says, `message` being ajv's. */
export function otherFault(
  path: readonly string[],
  where: string,
  message: string | undefined,
  value: unknown,
): ParamFault {
  const what = value === '' ? `${where} is empty.` : `${where} ${message ?? 'is wrong'}, and ${show(value)} came.`;
  return { path, code: 'bad-value', summary: 'A value that it cannot take', detail: what };
}

function quotesHint(types: readonly string[], value: unknown): string | undefined {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return `Write it without quotes: ${value}.`;
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) {
    return `Put it in quotes: "${value}".`;
  }
  return types.includes('array') && !Array.isArray(value) ? 'Write a list, one item even: ‹[…]›.' : undefined;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '‹true› or ‹false›',
  array: 'a list',
  object: 'a map',
  null: 'nothing',
};

function typeName(type: string): string {
  return TYPE_NAMES[type] ?? type;
}

function came(value: unknown): string {
  if (value === null || value === undefined) return 'nothing came';
  if (Array.isArray(value)) return 'a list came';
  if (typeof value === 'object') return 'a map came';
  return `${show(value)} is ${{ string: 'text', number: 'a number', boolean: 'a boolean' }[typeof value as string] ?? typeof value}`;
}

/** `rules[0].port` */
export function pathText(path: readonly string[]): string {
  return path.reduce((text, step) => (/^\d+$/.test(step) ? `${text}[${step}]` : text ? `${text}.${step}` : step), '');
}

/** A value as a sentence shows it, short. */
export function show(value: unknown): string {
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'this list';
  if (typeof value === 'object') return 'this map';
  const text = String(value);
  return `‹${text.length > 60 ? `${text.slice(0, 57)}…` : text}›`;
}

/** "`a`, `b` or `c`" without the or: names for a sentence. */
export function list(words: readonly string[]): string {
  return words.map((word) => `‹${word}›`).join(', ');
}

function either(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? 'another value');
}

function lowerFirst(text: string): string {
  const trimmed = text.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(trimmed) ? trimmed.charAt(0).toLowerCase() + trimmed.slice(1) : trimmed;
}
