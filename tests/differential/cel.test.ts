// Expressions against the conformance tests of the CEL specification, as the package @bufbuild/cel-spec has them.

import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import type { SerializedIncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { describe, expect, test } from 'vitest';
import { compileExpression, evaluateExpression } from '../../engine/language/expression/expression.ts';
import { ProblemError } from '../../engine/language/problem/problem.ts';
import { Float } from '../../engine/language/value/float.ts';
import type { Value } from '../../engine/language/value/value.ts';
import { DIFFERENCES, NOT_OURS } from './cel-differences.ts';

interface Case {
  readonly id: string;
  readonly expr: string;
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly fails: boolean;
  readonly wanted: unknown;
}

/** What is read of a test. */
interface Original {
  readonly name?: string;
  readonly expr: string;
  readonly value?: unknown;
  readonly evalError?: unknown;
  readonly bindings?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly checkOnly?: boolean;
  readonly container?: string;
}

const at = { file: 'cel', line: 1, column: 1, length: 1, text: '' };

/** What a value of the tests is in the language; undefined for messages, bytes and types, which it doesn't have. */
function inLanguage(given: unknown): Value | undefined {
  const [[kind, value] = ['nullValue', null]] = Object.entries(Object(given)) as [string, unknown][];
  switch (kind) {
    case 'int64Value':
    case 'uint64Value':
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
    case 'doubleValue':
      return new Float(Number(value), String(value));
    case 'stringValue':
    case 'boolValue':
      return value as Value;
    case 'nullValue':
      return null;
    case 'listValue':
      return whole((Object(value).values ?? []).map(inLanguage));
    case 'mapValue': {
      const entries: { key: unknown; value: unknown }[] = Object(value).entries ?? [];
      const made = entries.map((entry) => [String(inLanguage(entry.key)), inLanguage(entry.value)] as const);
      return made.some(([, member]) => member === undefined) ? undefined : (Object.fromEntries(made) as Value);
    }
    default:
      return undefined;
  }
}

function whole(items: readonly (Value | undefined)[]): readonly Value[] | undefined {
  return items.every((item) => item !== undefined) ? (items as readonly Value[]) : undefined;
}

function casesOf(suite: SerializedIncrementalTestSuite, path: readonly string[]): readonly Case[] {
  const own = (suite.tests ?? []).flatMap(({ original }): Case[] => {
    const { name = '', expr, value, evalError, bindings = {}, checkOnly, container } = original as Original;
    const bound = Object.entries(bindings as object).map(
      ([key, given]) => [key, inLanguage(Object(given).value)] as const,
    );
    const wanted = value === undefined ? true : inLanguage(value);
    const odd =
      checkOnly || container || bound.some(([, one]) => one === undefined) || (!evalError && wanted === undefined);
    if (odd) return [];
    const id = [...path, name].join('/');
    return [{ id, expr, bindings: Object.fromEntries(bound), fails: evalError !== undefined, wanted }];
  });
  return [...own, ...(suite.suites ?? []).flatMap((inner) => casesOf(inner, [...path, inner.name]))];
}

function answer({ expr, bindings }: Case): { readonly value: unknown } | { readonly refused: string } {
  try {
    const scope = { lookup: (name: string) => bindings[name] as Value, names: () => Object.keys(bindings) };
    return { value: evaluateExpression(compileExpression(expr, at), scope) };
  } catch (error) {
    if (error instanceof ProblemError) return { refused: error.problems[0]?.summary ?? '' };
    throw error;
  }
}

/** Maps without an order, numbers by what they are. */
const text = (value: unknown) =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );

function holds(one: Case): boolean {
  const given = answer(one);
  if (one.fails) return 'refused' in given;
  return 'value' in given && text(given.value) === text(one.wanted);
}

const relevant = casesOf(tests, []).filter(
  ({ id, expr }) => !NOT_OURS.suites.some((suite) => id.startsWith(`${suite}/`)) && !NOT_OURS.words.test(expr),
);
const differing = relevant.filter((one) => !holds(one)).map(({ id }) => id);

describe('CEL', () => {
  test('what differs from its specification is known, each with its reason', () => {
    expect(differing.filter((id) => !DIFFERENCES.some(({ ids }) => ids.test(id)))).toEqual([]);
    expect(
      DIFFERENCES.filter(({ ids, byNode }) => !byNode && !differing.some((id) => ids.test(id))).map(({ why }) => why),
    ).toEqual([]);
  });

  test('what is relevant is most of it', () => {
    expect(relevant.length).toBeGreaterThan(900);
    expect(relevant.length - differing.length).toBeGreaterThan(800);
  });
});
