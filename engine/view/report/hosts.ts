// The parts of the report that speak of single hosts. Hosts to which the same happened share a section.
import type { ChangeData, FailureData } from '../../event/event.ts';
import { renderProblem } from '../../language/problem/render.ts';
import { groupOutcomes, hostsText } from '../summary/group-outcomes.ts';
import { changesMade, halfWayText } from '../summary/half-way.ts';
import type { HostSummary, RunSummary, TaskOutcome } from '../summary/summary.ts';
import { outcomeTitle } from '../terminal/event-block.ts';
import { hunkLines, unifiedDiff } from '../text/diff.ts';
import { changeText, count, placeText } from '../text/phrases.ts';
import { code, fence, inline } from './markdown.ts';

const MOST_DIFF_LINES = 1000;

/** What changed, task by task, with the diffs that the events carry. */
export function changeSections(summary: RunSummary): string[] {
  return sections(
    summary,
    (outcome) => changesMade(outcome).length > 0,
    (outcome) => fence(changesMade(outcome).flatMap(changeLines), 'diff'),
  );
}

/** Failures in full, those that were ignored too, and why a host left the run. */
export function failureSections(summary: RunSummary): string[] {
  const groups = [...groupOutcomes(summary, ['failed', 'unreachable']), ...groupOutcomes(summary, ['ignored'])];
  const all = [...summary.hosts.keys()];
  const ofTasks = groups.flatMap(({ of, hosts }) => [
    `### ${names(hosts, all)}: ${taskTitle(of)}`,
    '',
    ...(of.rescued ? ['The runbook rescues this failure.', ''] : []),
    ...(of.status === 'ignored' ? ['The runbook ignores this failure.', ''] : []),
    ...left(of),
    ...reason(of),
    '',
  ]);
  const ofHosts = [...summary.hosts.values()].flatMap(({ host, failure }) => {
    if (!failure) return [];
    return [`### ${inline(host)}`, '', ...problem(failure), ''];
  });
  return [...ofTasks, ...ofHosts].slice(0, -1);
}

function left(outcome: TaskOutcome): string[] {
  const text = halfWayText(outcome);
  return text === undefined ? [] : [`${inline(`It ${text}`)}.`, ''];
}

function reason({ failure, raises }: TaskOutcome): string[] {
  if (raises) return [`It raises the failure of ${inline(raises.name)} again.`];
  return failure ? problem(failure) : ['No reason was given.'];
}

function problem(failure: FailureData): string[] {
  const lines = renderProblem(failure, { color: false }).split('\n');
  return fence(
    lines.map((line) => line.trimEnd()),
    'text',
  );
}

/** What `debug` said. */
export function messageSections(summary: RunSummary): string[] {
  return sections(
    summary,
    ({ message }) => message !== undefined,
    ({ message = '' }) => fence([message], 'text'),
  );
}

/** What a dry run couldn't know, or what was unknown in a run. */
export function unknownRows(summary: RunSummary): string[] {
  const all = [...summary.hosts.keys()];
  return groupOutcomes(summary, ['unknown']).map(({ of, hosts }) => {
    const why = of.reason === undefined ? '' : `: ${inline(of.reason)}`;
    return `- ${taskTitle(of)} on ${names(hosts, all)}${why}`;
  });
}

function sections(
  summary: RunSummary,
  tells: (outcome: TaskOutcome) => boolean,
  body: (outcome: TaskOutcome) => readonly string[],
): string[] {
  const alike = new Map<string, HostSummary[]>();
  for (const host of summary.hosts.values()) {
    const told = host.outcomes.filter(tells);
    if (told.length === 0) continue;
    const text = told.flatMap((outcome) => [`#### ${taskTitle(outcome)}`, '', ...body(outcome), '']).join('\n');
    alike.set(text, [...(alike.get(text) ?? []), host]);
  }
  const all = [...summary.hosts.keys()];
  const lines = [...alike].flatMap(([text, hosts]) => {
    const heading = names(
      hosts.map(({ host }) => host),
      all,
    );
    return [`### ${heading}`, '', ...text.split('\n')];
  });
  return lines.slice(0, -1);
}

/** `Users (item: deploy)` and where it stands, as Markdown. */
function taskTitle(outcome: TaskOutcome): string {
  const notes = [
    ...(outcome.handler ? ['handler'] : []),
    ...(outcome.effect === 'half-way' ? ['failed half-way'] : []),
    ...(outcome.checkMode === undefined ? [] : [outcome.checkMode ? 'only foreseen' : 'done in the dry run']),
    code(placeText(outcome.task)),
  ];
  return `${inline(outcomeTitle(outcome))} (${notes.join(', ')})`;
}

/** Every name where they are few; a record must be able to name them all. */
function names(hosts: readonly string[], all: readonly string[]): string {
  const short = hostsText(hosts, all);
  return hosts.length === all.length && all.length > 1 ? short : hosts.map(inline).join(', ');
}

function changeLines(change: ChangeData): string[] {
  const { what, values } = changeText(change);
  const line = `${change.op} ${what}${values ? `  ${values}` : ''}`;
  if (!change.diff) return [line];
  const lines = unifiedDiff(change.diff.before, change.diff.after).flatMap(hunkLines);
  const more = lines.length - MOST_DIFF_LINES;
  const rest = more > 0 ? [`… ${count(more, 'more line')} of this diff`] : [];
  return [line, ...lines.slice(0, MOST_DIFF_LINES), ...rest];
}
