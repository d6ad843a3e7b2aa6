// What a module's functions may answer, for authors without a type checker.
import { isMap } from '../base/plain-data.ts';
import type { Change, Plan } from '../module/change.ts';
import { Content } from '../module/content.ts';
import type { Module } from '../module/define.ts';
import type { PathEffect } from '../module/effect.ts';
import { isResource } from '../module/resource.ts';
import { isScript } from '../module/script.ts';

/** The functions whose answers have a shape, and that shape. */
export interface Answers {
  readonly where: ReturnType<Module['where']>;
  readonly checkParams: ReturnType<Module['checkParams']>;
  readonly probe: ReturnType<Module['probe']>;
  readonly probeMany: ReturnType<Module['probe']>;
  readonly input: ReturnType<Module['input']>;
  readonly parse: ReturnType<Module['parse']>;
  readonly parseMany: ReturnType<Module['parse']>;
  readonly about: ReturnType<Module['about']>;
  readonly looksAt: ReturnType<Module['looksAt']>;
  readonly plan: ReturnType<Module['plan']>;
}

/** What is wrong with an answer, a sentence without its full stop; undefined for one that is right. */
export function answerFault(word: keyof Answers, answer: unknown): string | undefined {
  if (answer instanceof Promise) return 'It is a promise, and nothing is waited for: no module does I/O';
  switch (word) {
    case 'where':
      return answer === 'host' || answer === 'controller' ? undefined : 'It is ‹host› or ‹controller›';
    case 'probe':
    case 'probeMany':
      return answer === undefined || isScript(answer) ? undefined : 'It is no script made with sh`…`';
    case 'input':
      return answer === undefined || answer instanceof Content
        ? undefined
        : 'It is no Content: Content.of(text) makes one';
    case 'checkParams':
      return listFault(answer, hasSummary, 'a problem with a ‹summary›');
    case 'about':
    case 'looksAt':
      return listFault(answer, (item) => typeof item === 'string' && item.includes(':'), "a name such as 'user:anna'");
    case 'parse':
    case 'parseMany':
      return statesFault(answer);
    case 'plan':
      return planFault(answer);
  }
}

/** A state may be anything but what would have to be waited for. */
function statesFault(answer: unknown): string | undefined {
  if (!Array.isArray(answer)) return 'It is no list of states';
  return answer.some((state) => state instanceof Promise)
    ? 'It is a promise, and nothing is waited for: no module does I/O'
    : undefined;
}

function listFault(answer: unknown, isGood: (item: unknown) => boolean, what: string): string | undefined {
  if (!Array.isArray(answer)) return `It is no list: each item is ${what}`;
  const wrong = answer.findIndex((item) => !isGood(item));
  return wrong < 0 ? undefined : `Item ${wrong + 1} is not ${what}`;
}

function planFault(plan: unknown): string | undefined {
  if (!isMap(plan)) return 'It is no plan: { changes: [] } says that all is as it should be';
  if (!Array.isArray(plan.changes)) return 'It has no list ‹changes›, which is empty where all is as it should be';
  for (const [index, change] of plan.changes.entries()) {
    const fault = changeFault(change);
    if (fault !== undefined) return `In ‹changes›, item ${index + 1} ${fault}`;
  }
  const foreign = foreignWord(plan, PLAN_WORDS);
  if (foreign !== undefined) return `It has ‹${foreign}›, and a plan has only ${PLAN_WORDS.join(', ')}`;
  if (plan.failure !== undefined && !hasSummary(plan.failure)) return 'Its ‹failure› has no ‹summary›';
  return plan.result === undefined || isMap(plan.result) ? undefined : 'Its ‹result› is no object';
}

function changeFault(change: unknown): string | undefined {
  if (!isMap(change)) return 'is no change: { op, what, steps }';
  if (typeof change.op !== 'string' || !['+', '~', '-', '!'].includes(change.op))
    return "has no ‹op›: '+', '~', '-' or '!'";
  if (typeof change.what !== 'string' || change.what === '') return 'has no ‹what›: a word or two for people';
  for (const word of ['from', 'to']) {
    if (change[word] !== undefined && typeof change[word] !== 'string') return `has a ‹${word}› that is no text`;
  }
  if (!Array.isArray(change.steps)) return 'has no list ‹steps›';
  const wrong = change.steps.findIndex((step) => !isStep(step));
  if (wrong >= 0) return `has a step ${wrong + 1} that is neither { run: sh\`…\` } nor { write: { path, content } }`;
  const foreign = foreignWord(change, CHANGE_WORDS);
  if (foreign !== undefined) return `has ‹${foreign}›, and a change has only ${CHANGE_WORDS.join(', ')}`;
  return change.effects === undefined ? undefined : effectsFault(change.effects);
}

const CHANGE_WORDS: readonly (keyof Change)[] = ['op', 'what', 'from', 'to', 'value', 'diff', 'steps', 'effects'];
const PLAN_WORDS: readonly (keyof Plan)[] = [
  ...(['changes', 'failure', 'result', 'past', 'message'] as const),
  ...(['directive', 'wait', 'rejoin', 'doubt', 'foretold', 'after'] as const),
];

/** A word that the engine would pass over in silence: mistyped, or of another version. */
function foreignWord(given: Readonly<Record<string, unknown>>, words: readonly string[]): string | undefined {
  return Object.keys(given).find((word) => !words.includes(word));
}

function effectsFault(effects: unknown): string | undefined {
  if (!Array.isArray(effects)) return 'has ‹effects› that are no list';
  const wrong = effects.findIndex((effect) => !isEffect(effect));
  return wrong < 0
    ? undefined
    : `has an effect ${wrong + 1} that is none of { makes: 'user:app' }, { path: '/srv/app', kind: 'directory' } and { settles: 'unit:app.service', as: { active: 'active' } }`;
}

const PATH_KINDS = ['nothing', 'anything', 'same', 'file', 'directory', 'link'] satisfies PathEffect['kind'][];

function isEffect(effect: unknown): boolean {
  if (!isMap(effect)) return false;
  if ('makes' in effect) return typeof effect.makes === 'string' && isResource(effect.makes);
  if ('settles' in effect) {
    const isNamed = typeof effect.settles === 'string' && isResource(effect.settles);
    return isNamed && isMap(effect.as) && Object.values(effect.as).every((word) => typeof word === 'string');
  }
  const { path, kind, content, target } = effect;
  if (typeof path !== 'string' || !path.startsWith('/') || !PATH_KINDS.some((one) => one === kind)) return false;
  return kind === 'file' ? content instanceof Content : kind !== 'link' || typeof target === 'string';
}

function isStep(step: unknown): boolean {
  if (!isMap(step)) return false;
  if ('run' in step) return isScript(step.run) && (step.revert === undefined || isScript(step.revert));
  if ('receive' in step) return isMap(step.receive);
  return isMap(step.write) && typeof step.write.path === 'string' && step.write.content instanceof Content;
}

function hasSummary(value: unknown): boolean {
  return isMap(value) && typeof value.summary === 'string';
}
