// The kinds of parameters: what a schema's keyword `vrun` can say, and what follows from it. The types that a module's
// author writes are in engine/module/parameters.ts; what a module sees of each is in engine/run/bind/materialize.ts.

interface Traits {
  /** In the place of a type, on a module's page. */
  readonly word: string;
  /** Names a file of the controller, which has to be there before anything is connected to. */
  readonly isSought?: true;
  /** Once bound it is no plain data: validation doesn't look into it. */
  readonly isOpaque?: true;
  /** The module sees the value as it was bound. */
  readonly isPassedOn?: true;
}

const PARAMETER_KINDS = {
  mode: { word: 'mode', isPassedOn: true },
  'local-file': { word: 'file', isSought: true, isOpaque: true },
  'local-template': { word: 'template', isOpaque: true },
  'local-tree': { word: 'directory', isSought: true, isOpaque: true },
  'local-archive': { word: 'archive', isSought: true, isOpaque: true },
  'local-target': { word: 'path on the controller', isOpaque: true },
  'local-command': { word: 'command', isSought: true },
  text: { word: 'text' },
  expressions: { word: 'expression, or list of them', isOpaque: true, isPassedOn: true },
  expression: { word: 'expression' },
  any: { word: 'any value', isPassedOn: true },
} as const satisfies Readonly<Record<string, Traits>>;

export type ParameterKind = keyof typeof PARAMETER_KINDS;

export function isParameterKind(name: string): name is ParameterKind {
  return Object.hasOwn(PARAMETER_KINDS, name);
}

/** What follows from a kind. */
export function traitsOf(kind: ParameterKind): Traits {
  return PARAMETER_KINDS[kind];
}
