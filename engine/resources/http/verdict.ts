// Whether an answer is the expected one, and in words what isn't.

import { lastLines } from '../../base/last-lines.ts';
import { isMap } from '../../base/plain-data.ts';
import { type JsonValue, parseJson } from '../../language/value/json.ts';
import type { Plan } from '../../module/change.ts';
import type { Failure } from '../../module/failure.ts';
import { BadPattern, type LinearPattern, linearPattern } from '../../pattern/linear.ts';
import type { HttpAnswer } from './answer.ts';
import { blockedByPolicy } from './page-policy.ts';

export interface HttpExpectation {
  readonly statuses: readonly number[];
  /** By name: a text, a pattern between slashes, or true for any value and false for none. */
  readonly headers: Readonly<Record<string, string | boolean>>;
  /** A text that must occur in it, or a pattern between slashes. */
  readonly body: string | undefined;
  /** Members that must be there with these values; a key with dots is a path. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly minDays: number | undefined;
  /** Whether the body is a page of which its Content-Security-Policy must block nothing. */
  readonly csp: boolean;
}

/** Larger bodies are not registered. In characters. */
const BODY_LIMIT = 65_536;

/** What `register` sees, and the failure when the answer isn't the expected one. */
export function judgeAnswer(
  answer: HttpAnswer,
  want: HttpExpectation,
  method: string,
  url: string,
): Pick<Plan, 'failure' | 'result'> {
  const json = parsed(answer.body);
  const { status, headers, seconds } = answer;
  const result = {
    status,
    url: answer.url || url, // what is refused before it is sent has none
    headers,
    seconds,
    content: answer.body.length > BODY_LIMIT ? null : answer.body,
    json: answer.body.length > BODY_LIMIT || json === undefined ? null : json,
    ...(answer.daysLeft === undefined ? {} : { days_left: answer.daysLeft }),
  };
  const failure = answer.curl === 0 ? mismatch(answer, want, json, method, url) : noAnswer(answer, method, url);
  return failure ? { failure, result } : { result };
}

/** Why there is no answer, in curl’s words, and what to do. */
export function noAnswer({ curl, said, status }: HttpAnswer, method: string, url: string): Failure {
  return {
    summary: `${method} ${url} got no ${status === 0 ? '' : 'whole '}answer`,
    detail: `curl says:\n${lastLines(said) || `  status ${curl}`}`,
    hint: HINTS[curl],
  };
}

const HINTS: Readonly<Record<number, string>> = {
  6: 'The name is not known where the request is made; say with `resolve` which address it has, or set `from: controller`.',
  7: 'Nothing listens there, or a firewall is between.',
  28: 'It took longer than `timeout`.',
  60: 'The certificate is not trusted: give its authority with `ca_path`, or set `validate_certs: false`.',
};

function mismatch(
  answer: HttpAnswer,
  want: HttpExpectation,
  json: JsonValue | undefined,
  method: string,
  url: string,
): Failure | undefined {
  const wrong = [
    ...(want.statuses.includes(answer.status) ? [] : [`status is ${answer.status}, not ${want.statuses.join(' or ')}`]),
    ...Object.entries(want.headers).flatMap(([name, expected]) => headerFault(name, expected, answer.headers)),
    ...(want.body === undefined ? [] : bodyFault(want.body, answer.body)),
    ...jsonFaults(answer, want.json, json),
    ...expiryFault(answer, want.minDays),
    ...(want.csp && want.statuses.includes(answer.status) ? policyFaults(answer) : []),
  ];
  if (wrong.length === 0) return undefined;
  const body = lastLines(answer.body.split('\n').slice(0, 8).join('\n'));
  const shown = want.statuses.includes(answer.status) || body === '' ? '' : `\nIts body begins:\n${body}`;
  return {
    summary: `${method} ${url} is not as expected`,
    detail: wrong.map((line) => `  ${line}`).join('\n') + shown,
  };
}

function headerFault(name: string, expected: string | boolean, headers: HttpAnswer['headers']): readonly string[] {
  const value = headers[name.toLowerCase()];
  if (expected === false) return value === undefined ? [] : [`header ${name} is ${value}, and should not be there`];
  if (value === undefined) return [`header ${name} is missing`];
  if (expected === true || value === expected || (pattern(expected)?.test(value) ?? false)) return [];
  return [`header ${name} is ${value}, not ${expected}`];
}

function jsonFaults(answer: HttpAnswer, want: HttpExpectation['json'], json: JsonValue | undefined): readonly string[] {
  if (want === undefined) return [];
  if (json === undefined)
    return [answer.truncated ? 'the body is too large to be read as JSON' : 'the body is no JSON'];
  return Object.entries(want).flatMap(([path, expected]) => compare(path, at(json, path), expected));
}

/** Maps need the named members only; everything else must be equal. */
function compare(path: string, have: unknown, want: unknown): readonly string[] {
  if (isMap(want)) {
    if (!isMap(have)) return [`json ${path} is ${shown(have)}, not a map`];
    return Object.entries(want).flatMap(([key, value]) => compare(`${path}.${key}`, have[key], value));
  }
  return JSON.stringify(have) === JSON.stringify(want) ? [] : [`json ${path} is ${shown(have)}, not ${shown(want)}`];
}

/** A member of that very name, else along the dots; lists by index. */
function at(json: unknown, path: string): unknown {
  if (isMap(json) && Object.hasOwn(json, path)) return json[path];
  return path.split('.').reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, json);
}

function expiryFault({ daysLeft, openssl }: HttpAnswer, minDays: number | undefined): readonly string[] {
  if (minDays === undefined) return [];
  if (!openssl) return ['the certificate cannot be read without openssl'];
  if (daysLeft === undefined) return ['no certificate was shown'];
  return daysLeft >= minDays ? [] : [`the certificate ends in ${daysLeft} days, less than ${minDays}`];
}

function policyFaults({ headers, body, truncated, url }: HttpAnswer): readonly string[] {
  const type = headers['content-type'] ?? '';
  if (!/^(text\/html|application\/xhtml\+xml)\b/i.test(type))
    return [`it is no page, but ${type || 'of no known type'}`];
  if (truncated) return ['the page is too large to be judged by its policy'];
  const policy = headers['content-security-policy'];
  return policy === undefined
    ? ['the page came without a Content-Security-Policy']
    : blockedByPolicy(body, policy, url);
}

/** `/…/` is a pattern, all else a text. @throws BadPattern */
export function pattern(text: string): LinearPattern | undefined {
  return text.length > 2 && text.startsWith('/') && text.endsWith('/') ? linearPattern(text.slice(1, -1)) : undefined;
}

function bodyFault(expected: string, text: string): readonly string[] {
  try {
    const found = pattern(expected)?.test(text) ?? text.includes(expected);
    return found ? [] : [`the body does not hold ${expected}`];
  } catch (error) {
    if (!(error instanceof BadPattern)) throw error;
    return [`the body can’t be searched for ${expected}: ${error.message}`];
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
