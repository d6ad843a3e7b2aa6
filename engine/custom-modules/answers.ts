// What a module's functions may answer, for authors without a type checker.
import { isScript } from '../base/script.ts';
import { Content } from '../module/content.ts';
import type { Module } from '../module/define.ts';
import { hasSummary, planFault } from './plan-fault.ts';

/** The functions whose answers have a shape, and that shape. */
export interface Answers {
  readonly where: ReturnType<Module['where']>;
  readonly checkParams: ReturnType<Module['checkParams']>;
  readonly probe: ReturnType<Module['probe']>;
  readonly probeMany: ReturnType<Module['probe']>;
  readonly input: ReturnType<Module['input']>;
  readonly parse: ReturnType<Module['parse']>;
  readonly parseMany: ReturnType<Module['parse']>;
  readonly pending: ReturnType<Module['pending']>;
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
      return (
        listFault(answer, (item) => typeof item === 'string' && item.includes(':'), "a name such as 'user:anna'") ??
        unknownName(answer)
      );
    case 'parse':
    case 'parseMany':
      return statesFault(answer);
    case 'pending':
      return answer === undefined
        ? 'It gives no state: where nothing is foreseen, it is the one that it got'
        : undefined;
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

/** A value that isn't known yet, put into a text, would be the name of something else. */
function unknownName(names: unknown): string | undefined {
  const isPasted = Array.isArray(names) && names.some((name) => String(name).includes('[object '));
  return isPasted ? "It puts a value that isn't known yet into a text: named`…` makes names of parameters" : undefined;
}

function listFault(answer: unknown, isGood: (item: unknown) => boolean, what: string): string | undefined {
  if (!Array.isArray(answer)) return `It is no list: each item is ${what}`;
  const wrong = answer.findIndex((item) => !isGood(item));
  return wrong < 0 ? undefined : `Item ${wrong + 1} is not ${what}`;
}
