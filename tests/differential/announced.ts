// Which differences are meant: each stands in modules/NAME/differences.ts, where a module's page and docs/from-ansible.md have it from.
import { EVERYWHERE } from '../../engine/module/difference.ts';
import type { Difference } from './compare.ts';
import { differencesOf } from './differences.ts';
import { EVERY_MODULE } from './everywhere.ts';
import type { Refusal, Tried } from './pair.ts';
import { PHASES, type Subject } from './trial.ts';

export interface Judged {
  readonly difference: Difference;
  /** `module/key` of its announcement; undefined: it is none that was announced. */
  readonly announced: string | undefined;
  /** It comes after an announced difference in the same trial, and is taken for its consequence. */
  readonly behind: boolean;
}

/** Judges what differs. What comes after an announced difference, in the same trial, may be its consequence: it isn't judged. */
export function judge(subject: Subject, tried: Tried, differences: readonly Difference[]): readonly Judged[] {
  const own = differences.map((difference) => ({ difference, announced: announcementOf(subject, tried, difference) }));
  const causes = own.filter(({ difference, announced }) => announced !== undefined && isCause(difference));
  return own.map(({ difference, announced }) => {
    const cause = announced ? undefined : causes.find((one) => isBehind(difference, one.difference));
    return { difference, announced: announced ?? cause?.announced, behind: cause !== undefined };
  });
}

/** @throws where a rule names an announcement that isn't there */
function announcementOf(subject: Subject, tried: Tried, difference: Difference): string | undefined {
  const { module, announced = [] } = subject;
  if (difference.kind === 'refused') {
    const key = parameterKey(module, difference.refusal);
    if (key !== undefined) return `${module}/${key}`;
  }
  const rule = [...announced, ...EVERY_MODULE].find(({ is }) => is(difference, tried));
  if (!rule) return undefined;
  if (differencesOf(module).some(({ key }) => key === rule.key)) return `${module}/${rule.key}`;
  if (EVERYWHERE.some(({ key }) => key === rule.key)) return `every module/${rule.key}`;
  throw new Error(`modules/${module}/differences.ts has no ${rule.key}`);
}

/** The announcement of a parameter that the module doesn't take, where nothing else is refused. */
function parameterKey(module: string, { problems }: Refusal): string | undefined {
  const keys = problems.map(({ code, detail = '' }) => {
    const name = code === 'unknown-parameter' ? /no parameter ‹([^›]+)›/.exec(detail)?.[1] : undefined;
    return differencesOf(module).find(({ parameters = [] }) => name !== undefined && parameters.includes(name))?.key;
  });
  return keys.every((key) => key !== undefined) ? keys[0] : undefined;
}

/** A dry run changes nothing, and a result nobody's host. */
function isCause(difference: Difference): boolean {
  return (difference.kind === 'status' || difference.kind === 'state') && difference.phase !== 'dry';
}

function isBehind(difference: Difference, cause: Difference): boolean {
  if (difference.kind === 'refused' || cause.kind === 'refused') return false;
  const later = PHASES.indexOf(difference.phase) - PHASES.indexOf(cause.phase);
  if (later !== 0) return later > 0;
  if (difference.kind === 'state' || cause.kind === 'state') return difference.kind === 'state';
  return difference.index > cause.index;
}
