// A module of a project's own as the engine sees it: what its functions throw, and an answer that isn't what the contract asks
// for, becomes a Problem with its place in the module's file. The engine's own path is the same for all modules.
import { plainSchema } from '../language/parameters/schema.ts';
import { type Problem, ProblemError } from '../language/problem/problem.ts';
import type { Module } from '../module/define.ts';
import { type Answers, answerFault } from './answers.ts';
import { exportIn, type ModuleFile, thrownAt, wordsIn } from './source.ts';

/** The same module, guarded. */
export function guarded(module: Module, file: ModuleFile): Module {
  const results = module.results && Object.keys(plainSchema(module.results).properties ?? {});
  const guard = <K extends keyof Answers>(word: K, call: () => Answers[K]): Answers[K] => {
    const answer = attempt(file, word, call);
    const fault = answerFault(word, answer);
    if (fault === undefined) return answer;
    throw unusable(file, word, `${fault}.`);
  };
  return {
    ...module,
    reads: (want) => attempt(file, 'probe', () => module.reads(want)),
    where: (want) => guard('where', () => module.where(want)),
    checkParams: (params) => guard('checkParams', () => module.checkParams(params)),
    prepare: (params, traits) => attempt(file, 'prepare', () => module.prepare(params, traits)),
    probe: (wants) => guard(module.shared ? 'probeMany' : 'probe', () => module.probe(wants)),
    input: (wants) => guard('input', () => module.input(wants)),
    parse: (out, wants) => {
      const states = guard(module.shared ? 'parseMany' : 'parse', () => module.parse(out, wants));
      if (states.length === wants.length) return states;
      throw unusable(file, 'parseMany', `It gives ${states.length} states for ${wants.length} tasks.`);
    },
    about: (given, want) => guard('about', () => module.about(given, want)),
    looksAt: (given) => guard('looksAt', () => module.looksAt(given)),
    // Without a `pending` of its own, what was read comes back; a module that reads nothing has no state.
    pending: (have, want, foreseen) =>
      module.foresees ? guard('pending', () => module.pending(have, want, foreseen)) : have,
    plan: (have, want) => {
      const plan = guard('plan', () => module.plan(have, want));
      const word = results && Object.keys({ ...plan.result, ...plan.past }).find((one) => !results.includes(one));
      if (word === undefined) return plan;
      throw unusable(file, 'plan', `Its ‹result› has ‹${word}›, and ‹results› has only ${results?.join(', ')}.`);
    },
  };
}

function attempt<T>(file: ModuleFile, word: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const summary = `‹${word}› of the module ‹${file.name}› fails`;
    const detail = error instanceof Error ? error.message : String(error);
    throw new ProblemError([bug(file, { summary, detail, at: thrownAt(file, error) })]);
  }
}

/** An answer that isn't what the contract asks for. No tool of the host has a part in it. */
function unusable(file: ModuleFile, word: string, detail: string): ProblemError {
  const summary = `‹${word}› of the module ‹${file.name}› answers what the engine can't use`;
  const at = wordsIn(file, [`${word}:`, `${word}(`]);
  return new ProblemError([bug(file, { summary, detail, at, hint: `Mend it in ${file.shown}.` })]);
}

function bug(file: ModuleFile, problem: Partial<Problem> & Pick<Problem, 'summary'>): Problem {
  const hint = `Either a tool of the host answers in a way of its own, or it is to be mended in ${file.shown}: the runbook is not to blame.`;
  return { code: 'module-bug', hint, at: exportIn(file), ...problem };
}
