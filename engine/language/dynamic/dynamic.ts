// Values as they are written: the tree of literals, templates and expressions that is evaluated on each host.
import type { Expression } from '../expression/expression.ts';
import type { Position } from '../problem/position.ts';
import type { Template } from '../template/template.ts';
import type { Float } from '../value/float.ts';
import type { Secret } from '../value/secret.ts';

/** A value as written, with its position: evaluated against a scope, once for each host. */
export type Dynamic =
  | {
      readonly kind: 'literal';
      readonly value: null | boolean | number | Float | string | Secret;
      readonly at: Position;
    }
  | { readonly kind: 'template'; readonly template: Template; readonly at: Position }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly at: Position }
  | { readonly kind: 'list'; readonly items: readonly Dynamic[]; readonly at: Position }
  | DynamicMap;

export interface DynamicMap {
  readonly kind: 'map';
  readonly entries: readonly DynamicEntry[];
  readonly at: Position;
}

export interface DynamicEntry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: Dynamic;
}
