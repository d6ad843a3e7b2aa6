// What is wrong with a plan, for authors without a type checker: a word that isn't one would be passed over in silence, and a file
// be written with another mode than was meant.
import { isMap } from '../base/plain-data.ts';
import { isScript } from '../base/script.ts';
import { didYouMean } from '../language/problem/did-you-mean.ts';
import type { Change, Plan, ReceiveStep, RunStep, WriteStep } from '../module/change.ts';
import { Content } from '../module/content.ts';
import type { PathEffect } from '../module/effect.ts';
import { isResource, RESOURCE_KINDS } from '../module/resource.ts';

type Given = Readonly<Record<string, unknown>>;

const PLAN: readonly (keyof Plan)[] = [
  ...(['changes', 'failure', 'result', 'past', 'message', 'directive'] as const),
  ...(['wait', 'rejoin', 'doubt', 'foretold', 'after'] as const),
];
const CHANGE: readonly (keyof Change)[] = ['op', 'what', 'from', 'to', 'value', 'diff', 'steps', 'effects'];
const RUN: readonly (keyof RunStep)[] = ['run', 'stdin', 'revert', 'accept', 'timeout', 'hint', 'writes'];
const WRITE_STEP: readonly (keyof WriteStep)[] = ['write', 'restore'];
const WRITE: readonly (keyof WriteStep['write'])[] = [
  ...(['path', 'content', 'mode', 'owner', 'group', 'validate', 'backup'] as const),
];
const RECEIVE: readonly (keyof ReceiveStep['receive'])[] = ['from', 'to', 'size', 'sha256'];
const PATH_KINDS = ['nothing', 'anything', 'same', 'file', 'directory', 'link'] satisfies PathEffect['kind'][];
const PATH_EFFECT = ['path', 'kind', 'content', 'target', 'mode', 'owner', 'group'];

/** A sentence without its full stop; undefined for a plan that is right. */
export function planFault(plan: unknown): string | undefined {
  if (!isMap(plan)) return 'It is no plan: { changes: [] } says that all is as it should be';
  if (!Array.isArray(plan.changes)) return 'It has no list ‹changes›, which is empty where all is as it should be';
  const foreign = foreignIn(plan, PLAN, 'a plan');
  if (foreign !== undefined) return `It ${foreign}`;
  for (const [index, change] of plan.changes.entries()) {
    const fault = changeFault(change);
    if (fault !== undefined) return `In ‹changes›, item ${index + 1} ${fault}`;
  }
  if (plan.failure !== undefined && !hasSummary(plan.failure)) return 'Its ‹failure› has no ‹summary›';
  return plan.result === undefined || isMap(plan.result) ? undefined : 'Its ‹result› is no object';
}

/** As every failure and every problem has. */
export function hasSummary(value: unknown): boolean {
  return isMap(value) && typeof value.summary === 'string';
}

function changeFault(change: unknown): string | undefined {
  if (!isMap(change)) return 'is no change: { op, what, steps }';
  const { op, what, steps, effects } = change;
  if (typeof op !== 'string' || !['+', '~', '-', '!'].includes(op)) {
    return op === undefined
      ? "has no ‹op›: '+', '~', '-' or '!'"
      : `has the ‹op› ${shown(op)}, and '+', '~', '-' and '!' are all that there are`;
  }
  if (typeof what !== 'string' || what === '') return 'has no ‹what›: a word or two for people';
  for (const word of ['from', 'to']) {
    if (change[word] !== undefined && typeof change[word] !== 'string') return `has a ‹${word}› that is no text`;
  }
  const foreign = foreignIn(change, CHANGE, 'a change');
  if (foreign !== undefined) return foreign;
  if (!Array.isArray(steps)) return 'has no list ‹steps›';
  if (effects !== undefined && !Array.isArray(effects)) return 'has ‹effects› that are no list';
  return firstFault(steps, stepFault, 'a step') ?? firstFault(effects ?? [], effectFault, 'an effect');
}

function firstFault(
  items: readonly unknown[],
  faultOf: (item: unknown) => string | undefined,
  name: string,
): string | undefined {
  const faults = items.map(faultOf);
  const at = faults.findIndex((fault) => fault !== undefined);
  return at < 0 ? undefined : `has ${name} ${at + 1} that ${faults[at]}`;
}

function stepFault(step: unknown): string | undefined {
  const isNone = 'is neither { run: sh`…` } nor { write: { path, content } }';
  if (!isMap(step)) return isNone;
  if ('run' in step) {
    if (!isScript(step.run)) return isNone;
    if (step.revert !== undefined && !isScript(step.revert)) return 'has a ‹revert› that is no sh`…`';
    return foreignIn(step, RUN, 'a step with ‹run›');
  }
  if ('receive' in step) return isMap(step.receive) ? foreignIn(step.receive, RECEIVE, '‹receive›') : isNone;
  const { write } = step;
  if (!isMap(write) || typeof write.path !== 'string' || !(write.content instanceof Content)) return isNone;
  const wrong = ['mode', 'owner', 'group'].find((word) => write[word] !== undefined && typeof write[word] !== 'string');
  if (wrong === 'mode') return `writes with the mode ${shown(write.mode)}, which is no text: '0640'`;
  if (wrong !== undefined) return `writes with ‹${wrong}›, which is no text`;
  return foreignIn(write, WRITE, '‹write›') ?? foreignIn(step, WRITE_STEP, 'a step with ‹write›');
}

function effectFault(effect: unknown): string | undefined {
  if (isMap(effect)) {
    if ('makes' in effect) return resourceFault('makes', effect.makes) ?? foreignIn(effect, ['makes'], 'it');
    if ('settles' in effect) return settlingFault(effect);
    if ('path' in effect || 'kind' in effect) return pathEffectFault(effect);
  }
  return "is none of { makes: 'user:app' }, { path: '/srv/app', kind: 'directory' } and { settles: 'unit:app.service', as: { active: 'active' } }";
}

function settlingFault(effect: Given): string | undefined {
  const { settles, as } = effect;
  const areTexts = isMap(as) && Object.values(as).every((word) => typeof word === 'string');
  return (
    resourceFault('settles', settles) ??
    (areTexts ? foreignIn(effect, ['settles', 'as'], 'it') : 'has no ‹as›, an object of texts')
  );
}

function pathEffectFault(effect: Given): string | undefined {
  const { path, kind, content, target, mode } = effect;
  if (typeof path !== 'string' || !path.startsWith('/')) return `has the path ${shown(path)}, which is not absolute`;
  if (!PATH_KINDS.some((one) => one === kind))
    return `has the kind ${shown(kind)}, and not one of ${PATH_KINDS.join(', ')}`;
  if (kind === 'file' && !(content instanceof Content)) return 'is a file without its ‹content›: Content.of(text)';
  if (kind === 'link' && typeof target !== 'string') return 'is a link without its ‹target›';
  if (mode !== undefined && typeof mode !== 'number') return `has the mode ${shown(mode)}, which is no number: 0o640`;
  return foreignIn(effect, PATH_EFFECT, 'an effect on a path');
}

function resourceFault(word: string, resource: unknown): string | undefined {
  if (typeof resource === 'string' && isResource(resource)) return undefined;
  return `${word} ${shown(resource)}, which is no KIND:NAME with one of the kinds ${RESOURCE_KINDS.join(', ')}`;
}

/** A word that the engine would pass over in silence: mistyped, or of another version. */
function foreignIn(given: Given, words: readonly string[], whole: string): string | undefined {
  const word = Object.keys(given).find((one) => !words.includes(one));
  if (word === undefined) return undefined;
  const [, meant] = /‹(.*)›/.exec(didYouMean(word, words) ?? '') ?? [];
  return `has ‹${word}›${meant === undefined ? '' : ` (for ‹${meant}›?)`}, and ${whole} has only ${words.join(', ')}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `‹${value}›` : `${JSON.stringify(value) ?? value}`;
}
