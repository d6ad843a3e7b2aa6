// What `vrun inventory --host NAME --explain` shows: where each variable's value came from and what it won over.
import type { Position } from '../language/problem/position.ts';
import { type Json, variableAsWritten } from './list.ts';
import { byCodePoint } from './model/directory.ts';
import type { Host, Variable } from './model/inventory.ts';

export interface Explanation {
  readonly name: string;
  readonly winner: ExplainedValue;
  /** What it won over, strongest first. */
  readonly beaten: readonly ExplainedValue[];
}

export interface ExplainedValue {
  /** As written; a secret is its mask. */
  readonly value: Json;
  /** "group web", "host_vars/web1.yml" … */
  readonly from: string;
  readonly at: Position;
}

/** Every variable of `host`, by name. */
export function explainHost(host: Host): readonly Explanation[] {
  const names = [...host.history.keys()].sort(byCodePoint);
  return names.flatMap((name) => {
    const [winner, ...beaten] = [...(host.history.get(name) ?? [])].reverse().map(explained);
    return winner ? [{ name, winner, beaten }] : [];
  });
}

function explained({ name, value, origin }: Variable): ExplainedValue {
  return { value: variableAsWritten(name, value), from: origin.from, at: origin.at };
}
