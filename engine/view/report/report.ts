// The Markdown report that is kept with the record of a run.
import type { PlayStopped } from '../../event/event.ts';
import type { GivenOptions } from '../../event/given.ts';
import { checklistText } from '../summary/checklist.ts';
import { differences, type PredictionCheck } from '../summary/prediction.ts';
import { stopLines, stopTitle } from '../summary/stopped-play.ts';
import type { HostSummary, RunSummary } from '../summary/summary.ts';
import { verdictOf, wroteNothing } from '../summary/verdict.ts';
import { count, duration, oneLine } from '../text/phrases.ts';
import { changeSections, failureSections, messageSections, unknownRows } from './hosts.ts';
import { code, fence, inline, table } from './markdown.ts';

/** The signed entries have all of them. */
const MOST_FILES = 500;

/** A file that the run was made of, as it was read. */
export interface ReportSource {
  readonly path: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** The git commit that it was read at; left out where there is none or the file differs from it. */
  readonly commit?: string;
}

/** What the report says beside the events. */
export interface ReportContext {
  readonly runbooks: readonly ReportSource[];
  readonly inventory: readonly ReportSource[];
  /** Every file that was read, by name and digest. */
  readonly files?: readonly { readonly name: string; readonly sha256: string }[];
  /** Of the last dry run of the same runbook and inventory. */
  readonly prediction?: PredictionCheck;
  /** Commands that verify the record, as a person types them. */
  readonly verify: readonly string[];
}

/** The report as Markdown text. Nothing that a host printed can become a link, HTML or a table in it. */
export function reportMarkdown(summary: RunSummary, context: ReportContext): string {
  // What somebody wants to know who is called at night comes first.
  const sections = [
    [`# ${title(summary)}`],
    verdict(summary),
    section('Checklist', checklist(summary)),
    section('Failures', failureSections(summary)),
    section('Stopped', stops(summary)),
    section('Hosts', hostsTable(summary)),
    section(summary.check ? 'Would change' : 'Changes', changeSections(summary)),
    section('Known only after apply', unknownRows(summary)),
    section('Messages', messageSections(summary)),
    section('In flight when it died', inFlight(summary)),
    section('Left by interrupted runs', recovered(summary)),
    section('Warnings', warnings(summary)),
    section('What the dry run foresaw', predicted(summary, context)),
    section('What ran', runTable(summary, context)),
    section('What was read', filesRead(context)),
    section('Verify this record', verify(context)),
  ];
  const lines = sections.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, '']);
  return `${lines.slice(0, -1).join('\n')}\n`;
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${heading}`, '', ...lines];
}

function title({ check, runbooks, status }: RunSummary): string {
  const outcome = status === 'running' ? 'not finished' : status;
  return `${check ? 'Dry run' : 'Run'} of ${runbooks.map(inline).join(', ')}: ${outcome}`;
}

/** `Failed after 6.9 s: 1 host failed (web1), 2 not begun (web2, web3).`, what was changed before, and whose run it was. */
function verdict(summary: RunSummary): string[] {
  const { outcome, trouble, changed, doubts } = verdictOf(summary);
  const went = trouble.length === 0 ? outcome : `${outcome}: ${trouble.join(', ')}`;
  const written = wroteNothing(summary) ? ['Nothing was written.'] : [];
  const lines = [[sentence(went), sentence(changed), ...doubts.map(sentence), ...written].join(' ')];
  if (summary.operator === '') return lines;
  const begun = summary.started === undefined ? '' : `, begun ${new Date(summary.started).toISOString()}`;
  const resumed = summary.resumed.map(
    ({ operator, at }) => ` It died, and was resumed by ${inline(operator)}, ${new Date(at).toISOString()}.`,
  );
  return [...lines, '', `By ${inline(summary.operator)}${begun}.${resumed.join('')}`];
}

function sentence(text: string): string {
  return `${inline(text.charAt(0).toUpperCase() + text.slice(1))}.`;
}

function runTable(summary: RunSummary, { runbooks, inventory }: ReportContext): string[] {
  const source = ({ path, sha256, commit }: ReportSource) =>
    `${code(path)} sha256 ${code(sha256)}${commit === undefined ? '' : ` commit ${code(commit)}`}`;
  const { started, ms } = summary;
  return table(
    ['Run', code(summary.run)],
    [
      ['Mode', modeText(summary)],
      ['Operator', inline(summary.operator)],
      ['vrun', inline(summary.version)],
      ...givenRows(summary.given),
      ...(started === undefined ? [] : [['Began', new Date(started).toISOString()]]),
      ...summary.resumed.map(({ operator, version, at }) => [
        'Resumed',
        `${new Date(at).toISOString()} by ${inline(operator)}, vrun ${inline(version)}`,
      ]),
      ...(started === undefined || ms === undefined ? [] : [['Ended', new Date(started + ms).toISOString()]]),
      ...(ms === undefined ? [] : [['Took', duration(ms)]]),
      ...runbooks.map((file) => ['Runbook', source(file)]),
      ...inventory.map((file) => ['Inventory', source(file)]),
      ...(inventory.length > 0 ? [] : summary.inventory.map((path) => ['Inventory', code(path)])),
    ],
  );
}

function modeText(summary: RunSummary): string {
  if (!summary.check) return 'run';
  return wroteNothing(summary) ? 'dry run: nothing was written' : 'dry run';
}

/** What the command line said. */
function givenRows({ options = [], extraVars = [], sudoUser }: GivenOptions): string[][] {
  const words = options.map(({ option, value }) => (value === undefined ? option : `${option} ${value}`));
  const variables = extraVars.map(({ name, value, json, file }) => {
    const text = value ?? json;
    return text === undefined ? `${name} (of ${file ?? ''})` : `${name}=${text}`;
  });
  return [
    ...(sudoUser === undefined ? [] : [['By sudo for', inline(sudoUser)]]),
    ...(words.length === 0 ? [] : [['Options', words.map(code).join(' ')]]),
    ...variables.map((text) => ['Variable', code(text)]),
  ];
}

/** As sha256sum prints them, so that it can check them. */
function filesRead({ files = [] }: ReportContext): string[] {
  const shown = files.slice(0, MOST_FILES).map(({ name, sha256 }) => `${sha256}  ${oneLine(name)}`);
  const more = files.length - shown.length;
  return files.length === 0 ? [] : fence([...shown, ...(more > 0 ? [`… ${count(more, 'more file')}`] : [])], 'text');
}

/** Who acted beside the hosts of the plays. */
function delegatesLine({ delegates = {} }: RunSummary): string[] {
  const parts = Object.entries(delegates).map(
    ([name, { messages }]) => `${inline(name)} (${count(messages, 'message')})`,
  );
  return parts.length === 0 ? [] : ['', `Tasks were delegated to ${parts.join(', ')}.`];
}

function hostsTable(summary: RunSummary): string[] {
  const changed = summary.check ? 'would change' : 'changed';
  const figures = ['ok', changed, 'unknown', 'skipped', 'failed', 'ignored', 'messages', 'time'];
  const rows = table(
    ['host', ...figures, 'outcome', 'address', 'host key'],
    [...summary.hosts.values()].map((host) => hostRow(host, summary)),
    figures.map((_, index) => index + 1),
  );
  return [...rows, ...delegatesLine(summary)];
}

function hostRow({ host, totals, first, last, address, user, hostKey, phase }: HostSummary, run: RunSummary): string[] {
  const { ok, changed, unknown, skipped, failed, ignored, unreachable, messages } = totals;
  const outcome = unreachable ? 'unreachable' : outcomeWord(phase, run);
  return [
    inline(host),
    ...[ok, changed, unknown, skipped, failed, ignored, messages ?? '–'].map(String),
    first === undefined || last === undefined ? '–' : duration(last - first),
    outcome,
    address === undefined ? '–' : code(user === undefined ? address : `${user}@${address}`),
    hostKey === undefined ? '–' : code(`${hostKey.type} ${hostKey.fingerprint}`),
  ];
}

/** A host's phase once nothing moves any more. */
function outcomeWord(phase: HostSummary['phase'], run: RunSummary): string {
  if (phase === 'finished') return 'ok';
  if (phase === 'waiting') return 'not begun';
  if (phase === 'running') return run.status === 'interrupted' ? 'interrupted' : 'not finished';
  return phase === 'untouched' ? 'not begun' : phase;
}

function stops({ stops }: RunSummary): string[] {
  const all = (stop: PlayStopped) => [stopTitle(stop), ...stopLines(stop)];
  return stops.flatMap((stop) => [`Play ${inline(stop.play)}: ${all(stop).map(inline).join('; ')}.`]);
}

/** What nobody could tell the outcome of: those tasks came again, unless their host was out by then. */
function inFlight({ resumed }: RunSummary): string[] {
  return resumed.flatMap((one) =>
    one.inFlight.map(({ host, task, item, at }) => {
      const what = item === undefined ? inline(task) : `${inline(task)} (${inline(item)})`;
      return `- ${inline(host)}: ${what}, ${code(at)}`;
    }),
  );
}

function recovered({ hosts }: RunSummary): string[] {
  return [...hosts.values()].flatMap(({ host, recovered }) => {
    if (!recovered) return [];
    const { handlers, staleLock } = recovered;
    const left = handlers.length > 0 ? [`handlers to run: ${handlers.map(inline).join(', ')}`] : [];
    const lock = staleLock === null ? [] : [`a lock: ${code(staleLock)}`];
    return [`- ${inline(host)}: ${[...left, ...lock].join('; ')}`];
  });
}

function checklist({ checklist }: RunSummary): string[] {
  const lines = checklist.map((entry) => oneLine(checklistText(entry)));
  return lines.length === 0 ? [] : fence(lines, 'text');
}

function warnings({ warnings }: RunSummary): string[] {
  return warnings.map(({ host, problem }) => {
    const parts = [problem.summary, problem.detail, problem.hint].filter((part) => part !== undefined);
    return `- ${host === null ? '' : `${inline(host)}: `}${parts.map(inline).join(' · ')}`;
  });
}

function predicted(summary: RunSummary, { prediction }: ReportContext): string[] {
  if (prediction === undefined || summary.check) return [];
  const found = differences(prediction, summary);
  const compared = [...summary.hosts.keys()].filter((host) => prediction.hosts.has(host)).length;
  const which = `Dry run ${code(prediction.run)}, ${compared} of ${summary.hosts.size} hosts compared:`;
  if (found.length === 0) return [`${which} the run did what it had said.`];
  return [
    `${which} the run differed.`,
    '',
    ...table(
      ['host', 'task', 'the dry run said', 'the run did'],
      found.map(({ host, task, predicted, actual }) => [inline(host), inline(task), predicted ?? '–', actual]),
    ),
  ];
}

function verify({ verify }: ReportContext): string[] {
  return verify.length === 0 ? [] : fence(verify, 'sh');
}
