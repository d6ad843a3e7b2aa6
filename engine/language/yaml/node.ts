// YAML as the readers see it: scalars with their resolved value, lists and maps, each with its position.

import type { Locate } from '../problem/locate.ts';
import type { Position } from '../problem/position.ts';
import type { Float } from '../value/float.ts';

export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** Of a number whose text would be lost: `8.0` where `value` is 8. */
  readonly float?: Float;
  /** The text of the scalar as written, without quotes: `0644` where `value` is 644. Empty for a secret. */
  readonly raw: string;
  /** Quoted or a block scalar: a string whatever it looks like. */
  readonly quoted: boolean;
  readonly tag: '!secret' | '!expr' | undefined;
  /** `!unsafe`, as Ansible has it: text that is no template, whatever is in it. */
  readonly unsafe?: boolean;
  readonly at: Position;
  /** From a place in `value` to the place in the file. */
  readonly locate: Locate;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly at: Position;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly at: Position;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: YamlNode;
}
