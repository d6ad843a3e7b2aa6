// Data that didn't come as YAML (an INI value, a script's JSON) as nodes, so that all variables go one way.

import { isList } from '../../base/plain-data.ts';
import { locateInLine } from '../../language/problem/locate.ts';
import type { Position } from '../../language/problem/position.ts';
import { Float } from '../../language/value/float.ts';
import type { YamlNode } from '../../language/yaml/node.ts';
import type { Literal } from '../python/literal.ts';

/** The node of `value`; everything in it stands at `at`. */
export function literalNode(value: Literal, at: Position): YamlNode {
  if (isList(value)) return { kind: 'list', items: value.map((item) => literalNode(item, at)), at };
  if (typeof value === 'object' && value !== null && !(value instanceof Float)) {
    const entries = Object.entries(value).map(([key, member]) => ({ key, keyAt: at, value: literalNode(member, at) }));
    return { kind: 'map', entries, at };
  }
  const locate = typeof value === 'string' ? locateInLine(value, at) : () => at;
  const plain = {
    kind: 'scalar',
    raw: String(value),
    quoted: typeof value === 'string',
    tag: undefined,
    at,
    locate,
  } as const;
  return value instanceof Float ? { ...plain, value: value.number, float: value } : { ...plain, value };
}
