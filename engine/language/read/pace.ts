// `serial` and `max_fail_percentage`: how many hosts of a play at a time, and how many may fail.

import type { Dynamic } from '../dynamic/dynamic.ts';
import type { Problem } from '../problem/problem.ts';
import type { YamlNode } from '../yaml/yaml.ts';
import type { Fields } from './fields.ts';

/** The batches of a play, as they are written. */
export function readSerial(fields: Fields): Dynamic[] {
  const entry = fields.entry('serial');
  if (!entry) return [];
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) fields.reading.problems.push(badSerial(entry.value));
  return nodes.flatMap((node): Dynamic[] => {
    const value = fields.reading.dynamic(node);
    if (value.kind === 'template' || value.kind === 'expression') return [value];
    if (value.kind === 'literal' && batchSize(value.value)) return [value];
    fields.reading.problems.push(badSerial(node));
    return [];
  });
}

/** A share of hosts, in percent. */
export function readPercentage(fields: Fields): Dynamic | undefined {
  const node = fields.entry('max_fail_percentage')?.value;
  const signed = node?.kind === 'scalar' && node.tag === undefined ? percentage(node.value) : undefined;
  if (node && signed !== undefined) return { kind: 'literal', value: signed, at: node.at };
  const value = fields.number('max_fail_percentage', 0);
  if (value?.kind !== 'literal' || Number(value.value) <= 100) return value;
  fields.reading.problems.push(badPercentage(value));
  return undefined;
}

/** How many hosts a batch has, or which share of all: an entry of `serial`. */
export type BatchSize =
  | { readonly unit: 'hosts'; readonly number: number }
  | { readonly unit: 'percent'; readonly number: number };

/** Undefined for what is neither a number of hosts nor a percentage. */
export function batchSize(value: unknown): BatchSize | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (/^[1-9]\d{0,8}$/.test(text)) return { unit: 'hosts', number: Number(text) };
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (percent === undefined || Number(percent) <= 0 || Number(percent) > 100) return undefined;
  return { unit: 'percent', number: Number(percent) };
}

/** Undefined for what isn't from 0 to 100, with or without a sign behind it. */
export function percentage(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const number = /^(\d{1,3}(?:\.\d+)?)\s*%?$/.exec(text)?.[1];
  return number === undefined || Number(number) > 100 ? undefined : Number(number);
}

/** The Problem of a batch that is none. */
export function badSerial({ at }: Pick<YamlNode, 'at'>): Problem {
  return {
    code: 'bad-value',
    summary: 'Not a number of hosts',
    detail: '‹serial› takes a number of hosts from 1, a percentage of them up to 100%, or a list of these.',
    hint: 'Write ‹serial: 2›, ‹serial: 25%› or ‹serial: [1, 100%]›.',
    at,
  };
}

/** The Problem of a percentage that is none. */
export function badPercentage({ at }: Pick<Dynamic, 'at'>): Problem {
  return {
    code: 'bad-value',
    summary: 'Not a percentage',
    detail: '‹max_fail_percentage› is a number from 0 to 100.',
    at,
  };
}
