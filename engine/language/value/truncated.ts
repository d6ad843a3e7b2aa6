// Texts of a registered result whose end is missing: a condition or a template that reads one fails.

import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { ValueMap } from './value.ts';

/** What a result says beside outputs that were cut off; nothing where none was. */
export function cutFields(outputs: readonly string[] = []): ValueMap {
  if (outputs.length === 0) return {};
  return { truncated: true, truncated_fields: outputs.flatMap((name) => [name, `${name}_lines`]) };
}

/** The outputs of which a result lacks the end. */
export function truncatedFields({ truncated, truncated_fields: fields }: ValueMap): readonly string[] {
  return truncated === true && Array.isArray(fields)
    ? fields.map(String).filter((name) => !name.endsWith('_lines'))
    : [];
}

/** True for a text of a result, or its lines, of which the end is missing. */
export function isTruncated({ truncated, truncated_fields: fields }: ValueMap, name: string): boolean {
  return truncated === true && Array.isArray(fields) && fields.includes(name);
}

/** Thrown inside an evaluation that reads one. */
export class ReadsTruncated extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`${field} was cut off`);
    this.field = field;
  }
}

/** The Problem of a condition or a template that reads one. */
export function truncatedProblem(name: string, at: Position): Problem {
  return {
    code: 'output-truncated',
    summary: `‹${name}› was cut off: nobody knows what stands at its end`,
    detail: 'The task that registered it printed more than is kept of an output.',
    hint: 'Let that task print less, or give it a larger ‹output_limit› (MiB). Its ‹rc› can be read.',
    at,
  };
}
