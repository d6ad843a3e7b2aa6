// The contract of a module: its parameters, how to read the host, how to understand what was read, what to change.
import type { Static, TSchema } from 'typebox';
import type { Script } from '../base/script.ts';
import type { ParameterProblem } from '../language/runbook/catalog.ts';
import type { Output, Plan } from './change.ts';
import type { Content } from './content.ts';
import type { Difference } from './difference.ts';
import type { PathEffect, Settled } from './effect.ts';
import type { Missing, Resource } from './resource.ts';
import type { Given, Thing } from './thing.ts';

/** What of the task's own keywords a module may know. */
export interface TaskTraits {
  /** `read_only: true`: the command is a probe. */
  readonly readOnly: boolean;
  /** How many hosts the task is for: those of its play, and one with `run_once`. */
  readonly hosts: number;
}

/** What the pending changes of a dry run would do before the task. */
export interface Foreseen {
  /** What is at a path then; undefined where they leave it alone. */
  at(path: string): PathEffect | undefined;
  /** Whether they change anything below a path. */
  isChangedBelow(path: string): boolean;
  /** What is at the paths below one, as far as they change it: goes through all that they do. */
  below(path: string): readonly PathEffect[];
  /** What they settle of something that is no file, such as a unit. */
  settled(resource: Resource): Settled;
}

/** What a page says that the parameters don't, a sentence or two each. */
export interface Manual {
  /** What of the host decides. */
  readonly reads: string;
  /** What is changed there and how: in one step or not. */
  readonly changes: string;
  /** What a dry run can't know. */
  readonly dryRun: string;
  /** What has to be on the host. */
  readonly needs: string;
  /** The programs and versions that it was tried with. */
  readonly tried: string;
}

interface Common<S extends TSchema, Want, State> {
  /** The file's name, and the key in a runbook. */
  readonly name: string;
  readonly summary: string;
  /** Tasks in YAML that show its use, for `vrun doc` and docs/modules/. */
  readonly example?: string;
  /** TypeBox object; every property has a description. A property with a default is not Optional. */
  readonly params: S;
  /**
   * What the module's tasks give back to `register` besides what every task does: a TypeBox object, each property with a
   * description. What an expression asks for that is neither is a Problem before the first connection.
   */
  readonly results?: TSchema;
  readonly manual?: Manual;
  /** Where it means something else than Ansible's module of the same name. */
  readonly differences?: readonly Difference[];
  /** The parameter that a plain string stands for. */
  readonly freeForm?: string;
  /** Other names of parameters. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Runs what a user wrote: never sent before its `when` is known. */
  readonly command?: boolean;
  /** Changes nothing and may fail: a failure after pending changes of a dry run is `unknown`. */
  readonly check?: boolean;
  /** Its parser takes an output that was cut off at its end. For others that is a failure before they see it. */
  readonly takesCut?: boolean;
  /** Slow to read: read ahead only while nothing has changed, and beside what else is read. */
  readonly costly?: boolean;
  /**
   * Of two of its tasks in a row that are about different things, the second is planned as if the first had been done, as a dry run
   * plans it, and comes out so: both may be changed in one message. Not where they rewrite one thing as a whole that no effect tells of.
   */
  readonly independent?: boolean;
  /** Parameters with one of which all hosts meet before the task. */
  readonly together?: readonly string[];
  /** Where probes and steps run; `controller` is a local shell there. Default `host`. */
  readonly where?: (want: Want) => 'host' | 'controller';
  /** Problems that the schema can't say. Sees literal parameters at first, all of them at the end. */
  readonly checkParams?: (params: Readonly<Record<string, unknown>>) => readonly ParameterProblem[];
  /** From parameters to what is wanted; pure. Default: the parameters themselves. */
  readonly prepare?: (params: Static<S>, traits: TaskTraits) => Want;
  /** Can't fail once its parameters are known. */
  readonly harmless?: boolean;
  /**
   * All that the task may change. Where a dry run can't tell what it does, every later task is unknown that is about the
   * same or looks at it; after a change that is foreseen, those about the same but for paths and units, whose state
   * its effects tell. `want` is undefined while not all parameters are known.
   */
  readonly about?: (given: Given, want: Want | undefined) => readonly Thing[];
  /** What decides besides whether it has anything to do. */
  readonly looksAt?: (given: Given) => readonly Thing[];
  /** The state as it will be, in a dry run, once the pending changes are made. Called where any are. */
  readonly pending?: (have: State | Missing<State>, want: Want, foreseen: Foreseen) => State | Missing<State>;
  /** What would have to change. Pure: same arguments, same answer. Never sees Missing. */
  readonly plan: (have: State, want: Want) => Plan;
}

/** One task, one script. Without a probe `plan` gets `undefined` as its state. */
interface Single<Want, State> {
  /** Read-only POSIX sh; undefined when there is nothing to read. */
  readonly probe: (want: Want) => Script | undefined;
  /** Standard input of the probe: the only way for a secret into one. */
  readonly input?: (want: Want) => Content | undefined;
  readonly parse: (out: Output, want: Want) => State | Missing<State>;
}

/** Neighbouring tasks of the module share one script. */
interface Many<Want, State> {
  readonly probeMany: (wants: readonly Want[]) => Script;
  /** One state for each want, in order. */
  readonly parseMany: (out: Output, wants: readonly Want[]) => readonly (State | Missing<State>)[];
}

/** Neither: the task reads nothing (`debug`, `assert`, `set-fact`). */
interface Nothing {
  readonly probe?: undefined;
  readonly probeMany?: undefined;
}

export type ModuleDefinition<S extends TSchema, Want, State> = Common<S, Want, State> &
  (Single<Want, State> | Many<Want, State> | Nothing);

/** A module as the engine sees it: types erased, one shape for all three ways of probing. */
export interface Module {
  readonly name: string;
  readonly summary: string;
  readonly example: string | undefined;
  readonly params: TSchema;
  readonly results: TSchema | undefined;
  readonly manual: Manual | undefined;
  readonly differences: readonly Difference[];
  readonly freeForm: string | undefined;
  readonly aliases: Readonly<Record<string, string>>;
  readonly command: boolean;
  readonly check: boolean;
  readonly costly: boolean;
  readonly harmless: boolean;
  /** Whether it takes into account the effects of pending changes on paths and units. */
  readonly foresees: boolean;
  readonly takesCut: boolean;
  /** Whether neighbours of it that are about different things may be changed in one message. */
  readonly independent: boolean;
  readonly shared: boolean;
  readonly together: readonly string[];
  /** Whether there is anything to read for this want. */
  reads(want: unknown): boolean;
  where(want: unknown): 'host' | 'controller';
  checkParams(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[];
  prepare(params: unknown, traits: TaskTraits): unknown;
  /** Undefined when nothing is to be read. With `shared` false there is exactly one want. */
  probe(wants: readonly unknown[]): Script | undefined;
  /** Standard input of that probe. */
  input(wants: readonly unknown[]): Content | undefined;
  parse(out: Output, wants: readonly unknown[]): readonly unknown[];
  about(given: Given, want: unknown): readonly Thing[];
  looksAt(given: Given): readonly Thing[];
  pending(have: unknown, want: unknown, foreseen: Foreseen): unknown;
  plan(have: unknown, want: unknown): Plan;
}

/** Checks nothing at run time: it gives types to the author and one shape to the engine. */
export function defineModule<S extends TSchema, Want = Static<S>, State = undefined>(
  definition: ModuleDefinition<S, Want, State>,
): Module & { readonly definition: ModuleDefinition<S, Want, State> } {
  // The engine passes back only what `prepare` and `parse` of this same definition made: hence the casts below.
  const want = (value: unknown) => value as Want;
  const {
    name,
    summary,
    example,
    params,
    results,
    manual,
    differences = [],
    freeForm,
    aliases = {},
    command = false,
    check = false,
    costly = false,
    harmless = false,
    takesCut = false,
    independent = false,
    together = [],
  } = definition;
  return {
    definition,
    name,
    summary,
    example,
    params,
    results,
    manual,
    differences,
    freeForm,
    aliases,
    command,
    check,
    costly,
    harmless,
    foresees: definition.pending !== undefined,
    takesCut,
    independent,
    together,
    shared: 'probeMany' in definition && definition.probeMany !== undefined,
    reads: (value) =>
      ('probeMany' in definition && definition.probeMany !== undefined) ||
      ('probe' in definition && definition.probe?.(want(value)) !== undefined),
    where: (value) => definition.where?.(want(value)) ?? 'host',
    checkParams: (values) => definition.checkParams?.(values) ?? [],
    prepare: (values, traits) => (definition.prepare ? definition.prepare(values as Static<S>, traits) : values),
    probe: (wants) => {
      if ('probeMany' in definition && definition.probeMany) return definition.probeMany(wants.map(want));
      return 'probe' in definition ? definition.probe?.(want(wants[0])) : undefined;
    },
    input: (wants) => ('input' in definition ? definition.input?.(want(wants[0])) : undefined),
    parse: (out, wants) => {
      if ('parseMany' in definition && definition.parseMany) return definition.parseMany(out, wants.map(want));
      return 'parse' in definition ? [definition.parse(out, want(wants[0]))] : [undefined];
    },
    about: (given, value) => definition.about?.(given, value === undefined ? undefined : want(value)) ?? [],
    looksAt: (given) => definition.looksAt?.(given) ?? [],
    pending: (have, value, foreseen) =>
      definition.pending ? definition.pending(have as State | Missing<State>, want(value), foreseen) : have,
    plan: (have, value) => definition.plan(have as State, want(value)),
  };
}
