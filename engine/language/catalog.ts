// What the language has to know of modules in order to read a runbook: the registry answers, tests may fake it.
import type { TSchema } from 'typebox';
import type { Problem } from './problem.ts';

/** One module as the reader sees it. */
export interface ModuleSyntax {
  readonly name: string;
  readonly summary: string;
  /** TypeBox schema of the parameters (an object). Keywords of ours: see engine/module/parameters.ts. */
  readonly params: TSchema;
  /** The parameter that a plain string stands for: `command: uptime`. */
  readonly freeForm: string | undefined;
  /** Other names of parameters: `{ name: 'unit' }` for systemd. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Commands of the user's: never probed ahead of their `when`. */
  readonly command: boolean;
  /** Problems that a schema can't say, on literal parameters (those that are templates are left out of `params`). */
  readonly check: ((params: Readonly<Record<string, unknown>>) => readonly ParameterProblem[]) | undefined;
}

/** A problem of one parameter; the reader adds the position. */
export type ParameterProblem = Pick<Problem, 'summary' | 'detail' | 'hint'> & {
  readonly parameter: string | undefined;
};

/** All modules that can be named. */
export interface ModuleCatalog {
  get(name: string): ModuleSyntax | undefined;
  names(): readonly string[];
}
