// A module tried without a host: from parameters as a runbook has them, and what the probe would print, to what it would change.
import { checkedModule } from '../custom-modules/definition.ts';
import { guarded } from '../custom-modules/guarded.ts';
import type { ModuleFile } from '../custom-modules/source.ts';
import { compileAtRunTime } from '../language/parameters/compile.ts';
import { compileParams } from '../language/parameters/schema.ts';
import { validateParams } from '../language/parameters/validate.ts';
import { type Problem, ProblemError } from '../language/problem/problem.ts';
import { Content, Missing, type Module, type Output, type Plan, type TaskTraits } from '../module/index.ts';
import { planLines } from './plan-lines.ts';

/** A host, and what is wanted of it. */
export interface Rehearsal {
  /** As in a runbook; defaults are filled in. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** What the probe prints; a status of 0 and nothing else unless given. */
  readonly output?: Partial<Output>;
  readonly traits?: TaskTraits;
}

/**
 * What the module would change there, in lines: `~ file /etc/motd: FROM → TO`, then its steps, indented: `$ SCRIPT`,
 * `> PATH MODE OWNER:GROUP CONTENT`, and `= path:/x` for what it makes. None: all is as it should be. A thing that the
 * host lacks is `? user:anna`, and a failure of the plan `✘ SUMMARY`.
 * @throws ProblemError for a definition, an answer of the module or parameters that a run would refuse
 */
export function rehearse(definition: Module, rehearsal: Rehearsal): readonly string[] {
  compileAtRunTime();
  refuseForeign(rehearsal, ['params', 'output', 'traits'], 'a rehearsal');
  const { params = {}, output = {}, traits } = rehearsal;
  refuseForeign(output, Object.keys(NOTHING_PRINTED), '‹output›');
  const module = checked(definition);
  const at = { file: 'rehearsal', line: 1, column: 1, length: 1, text: '' };
  const syntax = { ...module, check: (values: Readonly<Record<string, unknown>>) => module.checkParams(values) };
  const { params: bound, problems } = validateParams(syntax, params, () => at);
  if (problems.length > 0) throw new ProblemError(problems);
  const want = module.prepare(withContents(module, bound), traits ?? { readOnly: false, hosts: 1 });
  const stdoutBytes = Buffer.from(output.stdout ?? '');
  const [have] = module.parse({ ...NOTHING_PRINTED, stdoutBytes, ...output }, [want]);
  if (have instanceof Missing && have.without) return told(module.plan(have.without.state, want));
  if (have instanceof Missing) {
    const lacking = have.needs.map((resource) => `? ${resource}`);
    return have.fresh === undefined ? lacking : [...lacking, ...told(module.plan(have.fresh, want))];
  }
  return told(module.plan(have, want));
}

const NOTHING_PRINTED: Required<Output> = {
  status: 0,
  stdout: '',
  stderr: '',
  stdoutBytes: Buffer.alloc(0),
  truncated: false,
  cut: [],
  timedOut: false,
};

/** As a run takes it: its definition held against the contract, its answers looked at. */
function checked(given: Module): Module {
  const name = typeof given?.name === 'string' ? given.name : '?';
  const file: ModuleFile = { name, shown: `the module ${name}`, text: '', url: 'rehearsal:', format: 'module' };
  const problems: Problem[] = [];
  const module = checkedModule(file, given, problems);
  if (module === undefined) throw new ProblemError(problems);
  return guarded(module, file);
}

function refuseForeign(given: object, words: readonly string[], whole: string): void {
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`${whole} is an object with ${words.join(', ')}`);
  const word = Object.keys(given).find((one) => !words.includes(one));
  if (word !== undefined) throw new TypeError(`${whole} has only ${words.join(', ')}, and no ‹${word}›`);
}

/** A text that may hold a secret comes to a module as Content. */
function withContents(module: Module, params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { properties } = compileParams(module.params).schema;
  const members = Object.entries(params).map(([key, value]) =>
    properties?.[key]?.vrun === 'text' && typeof value === 'string' ? [key, Content.of(value)] : [key, value],
  );
  return Object.fromEntries(members);
}

function told(plan: Plan): readonly string[] {
  return plan.failure === undefined ? planLines(plan) : [...planLines(plan), `✘ ${plan.failure.summary}`];
}
