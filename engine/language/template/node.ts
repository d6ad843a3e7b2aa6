// A compiled template: what is left of Handlebars' syntax once every name is resolved to where its value comes from.

import type { Position } from '../problem/position.ts';
import type { NamePath, Path } from '../value/path.ts';

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly of: Operand; readonly at: Position }
  | {
      readonly kind: 'if';
      readonly of: Operand;
      /** `unless`. */
      readonly negate: boolean;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  | {
      readonly kind: 'each' | 'with';
      readonly of: Operand;
      readonly at: Position;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** A variable. */
  | { readonly kind: 'name'; readonly name: NamePath }
  /** A member of an enclosing block's item; `up` counts blocks outwards from the innermost. */
  | {
      readonly kind: 'local';
      readonly up: number;
      readonly part: LocalPart;
      readonly members: Path;
      readonly text: string;
      readonly at: Position;
    }
  | { readonly kind: 'json'; readonly of: Operand };

/** What of a block: its item, `@index`, `@key` (of a map; the index of a list), `@first`, `@last`. */
export type LocalPart = 'item' | 'index' | 'key' | 'first' | 'last';
