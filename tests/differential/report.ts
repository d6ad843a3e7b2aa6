// What came of the trials: counts by module and announcement, and what nobody has announced, the like of it together.
import type { Judged } from './announced.ts';
import type { Difference } from './compare.ts';
import type { Trial } from './trial.ts';

export interface Result {
  readonly module: string;
  readonly trial: Trial;
  readonly judged: readonly Judged[];
}

export interface Counts {
  readonly tasks: number;
  readonly alike: number;
  readonly announced: number;
  /** Differs after an announced difference in the same trial only, and may be its consequence. */
  readonly behind: number;
  readonly unannounced: number;
}

/** By task: one that differs in several ways counts once, as the worst of them. */
export function countsOf(results: readonly Result[]): Counts {
  const counts = { tasks: 0, announced: 0, behind: 0, unannounced: 0 };
  for (const { trial, judged } of results) {
    counts.tasks += trial.tasks.length;
    const counted = new Set<unknown>();
    for (const rank of ['unannounced', 'announced', 'behind'] as const) {
      const differing = tasksOf(
        trial,
        judged.filter((one) => rankOf(one) === rank),
      );
      for (const task of differing) if (!counted.has(task)) counts[rank] += 1;
      for (const task of differing) counted.add(task);
    }
  }
  return { ...counts, alike: counts.tasks - counts.announced - counts.behind - counts.unannounced };
}

function rankOf({ announced, behind }: Judged): 'unannounced' | 'announced' | 'behind' {
  if (announced === undefined) return 'unannounced';
  return behind ? 'behind' : 'announced';
}

/** What is there afterwards is the last task's doing, where none is known to differ. */
function tasksOf({ tasks }: Trial, judged: readonly Judged[]): ReadonlySet<unknown> {
  const named = judged.flatMap(({ difference }) => ('task' in difference ? [difference.task] : []));
  return new Set(named.length > 0 || judged.length === 0 ? named : [tasks.at(-1)]);
}

/** How many differences each announcement stands for, the most frequent first. */
export function announcements(results: readonly Result[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { announced, behind } of results.flatMap(({ judged }) => judged)) {
    if (announced !== undefined && !behind) counts.set(announced, (counts.get(announced) ?? 0) + 1);
  }
  return [...counts].sort(([one, many], [other, few]) => few - many || (one < other ? -1 : 1));
}

/** Each kind of difference that nobody has announced, with how often and its shortest example. */
export function unannounced(results: readonly Result[]): readonly string[] {
  const kinds = new Map<string, { times: number; example: Result; difference: Difference }>();
  for (const example of results) {
    for (const difference of firstOfEach(example)) {
      const kind = `${example.module}: ${kindOf(difference)}`;
      const known = kinds.get(kind);
      const shortest = known && sizeOf(known.example) <= sizeOf(example) ? known : { example, difference };
      kinds.set(kind, { ...shortest, times: (known?.times ?? 0) + 1 });
    }
  }
  const sorted = [...kinds].sort(([, one], [, other]) => other.times - one.times);
  return sorted.map(
    ([kind, { times, example, difference }]) => `${times} × ${kind}\n${exampleText(example, difference)}`,
  );
}

/** What comes first for each task, and for what is there afterwards: the rest follows from it. A run says more than its dry run. */
function firstOfEach({ judged }: Result): readonly Difference[] {
  const open = judged.flatMap(({ difference, announced }) => (announced === undefined ? [difference] : []));
  const inRun = open.filter((difference) => difference.kind === 'refused' || difference.phase === 'run');
  const first = new Map<unknown, Difference>();
  for (const difference of [...inRun, ...open]) {
    const about = 'task' in difference ? difference.task : difference.of;
    if (!first.has(about)) first.set(about, difference);
  }
  const outcomes = [...first.values()].filter((difference) => difference.kind !== 'state');
  return outcomes.length > 0 ? outcomes : [...first.values()];
}

function sizeOf({ trial }: Result): number {
  return trial.tasks.length * 1000 + JSON.stringify(trial).length;
}

/** Names and numbers left out, so that the like of it falls together. */
function kindOf(difference: Difference): string {
  if (difference.kind === 'refused') {
    return `refused, Ansible ${difference.ansible}: ${plain(difference.refusal.problems[0]?.summary)} ${plain(difference.refusal.problems[0]?.detail)}`;
  }
  if (difference.kind === 'state') return `state after ${difference.phase}: ${fieldsOf(difference)}`;
  const { phase, of, vrun, ansible, why } = difference;
  if (difference.kind === 'result') return `result after ${phase}: ${of}`;
  return `${phase}: vrun ${vrun}, Ansible ${ansible}: ${plain(why)}`;
}

function plain(text = ''): string {
  return text.replaceAll(/\/[^\s:;,'"]+|\d+|‹[^›]*›|'[^']*'/g, '…').slice(0, 120);
}

/** In which fields two entries differ. */
function fieldsOf({ vrun, ansible }: { readonly vrun: unknown; readonly ansible: unknown }): string {
  if (vrun === null) return 'only with Ansible';
  if (ansible === null) return 'only with vrun';
  if (typeof vrun !== 'object' || typeof ansible !== 'object') return 'output';
  const [ours, theirs] = [new Map(Object.entries(vrun)), new Map(Object.entries(ansible))];
  return [...ours.keys()].filter((key) => ours.get(key) !== theirs.get(key)).join(', ');
}

function exampleText({ trial }: Result, difference: Difference): string {
  const about =
    difference.kind === 'refused'
      ? {
          task: difference.task,
          problems: difference.refusal.problems.map(({ summary, detail }) => `${summary}. ${detail ?? ''}`),
        }
      : difference;
  const given = trial.given.split('\n').map((line) => `    ${line}`);
  const tasks = trial.tasks.map((task) => `    - ${JSON.stringify(task)}`);
  return [...given, ...tasks, `    → ${JSON.stringify(about)}`].join('\n');
}
