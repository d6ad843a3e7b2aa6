// A module tried without a host: from parameters as a runbook has them, and what the probe would print, to what it would change.
import { compileParams } from '../language/parameters/schema.ts';
import { validateParams } from '../language/parameters/validate.ts';
import { ProblemError } from '../language/problem/problem.ts';
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
 * `> PATH MODE OWNER:GROUP CONTENT`, and `= path:/x` for what it provides. None: all is as it should be. A thing that the
 * host lacks is `? user:anna`, and a failure of the plan `✘ SUMMARY`.
 * @throws ProblemError for parameters that are refused
 */
export function rehearse(module: Module, { params = {}, output = {}, traits }: Rehearsal): readonly string[] {
  const at = { file: 'rehearsal', line: 1, column: 1, length: 1, text: '' };
  const syntax = { ...module, check: (values: Readonly<Record<string, unknown>>) => module.checkParams(values) };
  const { params: bound, problems } = validateParams(syntax, params, () => at);
  if (problems.length > 0) throw new ProblemError(problems);
  const want = module.prepare(withContents(module, bound), traits ?? { readOnly: false, hosts: 1 });
  const stdout = output.stdout ?? '';
  const printed = {
    status: 0,
    stdout,
    stderr: '',
    stdoutBytes: Buffer.from(stdout),
    truncated: false,
    timedOut: false,
  };
  const [have] = module.parse({ ...printed, ...output }, [want]);
  if (have instanceof Missing && have.without) return told(module.plan(have.without.state, want));
  if (have instanceof Missing) {
    const lacking = have.needs.map((resource) => `? ${resource}`);
    return have.fresh === undefined ? lacking : [...lacking, ...told(module.plan(have.fresh, want))];
  }
  return told(module.plan(have, want));
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
