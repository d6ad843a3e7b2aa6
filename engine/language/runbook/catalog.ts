// What the language has to know of modules in order to read a runbook: the registry answers, tests may fake it.
import type { TSchema } from 'typebox';
import type { Problem } from '../problem/problem.ts';

/** One module as the reader sees it. */
export interface ModuleSyntax {
  readonly name: string;
  readonly summary: string;
  /** TypeBox schema of the parameters (an object). Keywords of ours: see engine/module/parameters.ts. */
  readonly params: TSchema;
  /** TypeBox schema of what its tasks give to `register` of their own; undefined when that can't be told before a run. */
  readonly results?: TSchema | undefined;
  /** What to write instead of a parameter that another tool's module of that name takes. */
  readonly instead?: ((parameter: string) => string | undefined) | undefined;
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
  /** The part of its text that is wrong. */
  readonly within?: { readonly text: string; readonly start: number; readonly end: number };
};

/** All modules that can be named. */
export interface ModuleCatalog {
  get(name: string): ModuleSyntax | undefined;
  names(): readonly string[];
}
