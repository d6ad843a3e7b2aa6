// Names that a variable can't have, and why.

/** Names that the engine gives to every host. */
export const ALWAYS_THERE = [
  'inventory_hostname',
  'groups',
  'group_names',
  'hostvars',
  'facts',
  'run',
  'playbook_dir',
] as const;

/** Names that the engine gives in some places: a loop, a rescue, `has(vars.x)`. */
export const SOMETIMES_THERE = ['item', 'loop_index', 'failed_task', 'failed_result', 'vars', 'inventory_dir'] as const;

/** Helpers of templates. */
export const HELPERS = ['if', 'unless', 'each', 'with', 'json', 'else', 'this', 'log', 'lookup'] as const;

/** Words of CEL: reserved by its grammar, literals, its type names and its functions that are called bare. */
export const CEL_WORDS = [
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import'],
  ...['let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while', 'prototype'],
  ...['int', 'uint', 'double', 'string', 'bool', 'bytes', 'list', 'map', 'type', 'null_type', 'dyn', 'google'],
  ...['timestamp', 'duration', 'cel', 'has', 'size', 'optional'],
] as const;

const given = new Set<string>([...ALWAYS_THERE, ...SOMETIMES_THERE]);
const helpers = new Set<string>(HELPERS);
const words = new Set<string>(CEL_WORDS);
const prototype = new Set(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf']);

/** Why `name` can't be a variable, as the end of a sentence; undefined when it can. */
export function reservedName(name: string): string | undefined {
  if (given.has(name)) return `‹${name}› is set by vrun itself`;
  if (helpers.has(name)) return `‹${name}› is a word of templates`;
  if (words.has(name)) return `‹${name}› is a word of expressions`;
  if (prototype.has(name)) return `‹${name}› is not a usable name`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return `a name is letters, digits and underscores, and starts with no digit`;
  return undefined;
}
