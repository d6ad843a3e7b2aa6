// docs/benchmark.md and its charts, made from the results of a run and from nothing else.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CASES, CHAPTERS, WHO } from './cases.js';
import { chart } from './chart.js';
import { digits, figureOf, goalsOf, roundTrips } from './figures.js';
import { QUIET } from './load.js';
import { PAGE, PAGE_FILES } from './place.js';

/**
 * @typedef {object} Results  of a run
 * @property {string} date  ISO 8601
 * @property {{ cpu: string, cores: number, memoryGiB: number, kernel: string }} machine
 * @property {string} hosts  what they run
 * @property {Record<string, string>} versions  by program or package
 * @property {readonly import('./runner.js').Measured[]} cases
 */

/** Writes the page, its charts, and beside them the results that they are made from. */
export async function writePage(/** @type {Results} */ results) {
  await mkdir(PAGE_FILES, { recursive: true });
  const old = (await readdir(PAGE_FILES)).filter((name) => name.endsWith('.svg'));
  await Promise.all(old.map((name) => rm(join(PAGE_FILES, name))));
  await writeFile(join(PAGE_FILES, 'results.json'), `${JSON.stringify(results, undefined, 1)}\n`);
  for (const [name, svg] of chartsOf(results)) await writeFile(join(PAGE_FILES, name), svg);
  await writeFile(PAGE, pageOf(results));
}

/** @returns {Promise<Results>} those that the page was made from */
export async function resultsOfPage() {
  return JSON.parse(await readFile(join(PAGE_FILES, 'results.json'), 'utf8'));
}

/** The charts, by the name of their file. */
export function chartsOf(/** @type {Results} */ results) {
  return new Map(
    chaptersOf(results).map(({ name, title, logarithmic, cases }) => [
      `${name}.svg`,
      chart({
        title,
        ...(logarithmic === undefined ? {} : { logarithmic }),
        groups: cases.map(({ title, samples }) => ({
          title,
          bars: Object.entries(samples).map(([label, figures]) => ({
            label,
            values: figures.map(({ seconds = NaN }) => seconds),
          })),
        })),
      }),
    ]),
  );
}

/** The page, as Markdown. */
export function pageOf(/** @type {Results} */ results) {
  const chapters = chaptersOf(results);
  const sides = Object.entries(WHO).filter(([name]) =>
    results.cases.some(({ samples }) => Object.hasOwn(samples, name)),
  );
  return [
    '# How fast it is',
    [
      '    npm run bench                                # all of it, on a machine that has nothing else to do',
      '    npm run bench -- --only converged,lint       # these chapters or cases',
      '    npm run bench -- --runs 1 --ansible 0        # each once, without Ansible and Mitogen',
      '    npm run bench -- --page                      # this page again, from the last run of all',
    ].join('\n'),
    'All sides of a case are run in turn, on the same hosts of [the lab](../tests/lab/README.md), and what is told are medians. What counts are ratios, each of two medians of one run: seconds depend on the machine. A side that fails, or doesn’t reach the state that all have to reach, ends its case, and the benchmark fails. All samples are in [results.json](benchmark/results.json).',
    '## Goals',
    goalsTable(results),
    ...chapters.flatMap((chapter) => [
      `## ${chapter.title}`,
      chapter.text,
      `![${chapter.title}: medians of each side; the table below has the figures](benchmark/${chapter.name}.svg)`,
      timesTable(chapter.cases),
      ...(chapter.name === 'latency' ? roundTripsText(results) : []),
      ...(chapter.remainder === undefined ? [] : [chapter.remainder]),
    ]),
    '## Who is who',
    table([['who', 'what it is'], ...sides.map(([name, what]) => [name, what])]),
    '_Processor_ is what the side’s own process used on the controller, together with those that it waited for; what hosts used isn’t in it, nor are connections that Ansible leaves open. The round-trip time is made by a process that forwards each connection and delays what passes (`tests/bench/forwarder.js`), TCP’s greeting included: not every kernel has netem. It has no limit of bandwidth and loses nothing.',
    'Debian 12’s `ansible-mitogen` 0.3.3 works with its `ansible` 7.7 (core 2.14) as they are, and on hosts of Debian 13, whose Python is 3.13, too: `ANSIBLE_STRATEGY=mitogen_linear` is all that it needs.',
    '## The machine',
    machineText(results),
    '<!-- Made by `npm run bench -- --page` from benchmark/results.json and tests/bench/cases.js; change it there. -->',
    '',
  ].join('\n\n');
}

/** The goals of all cases that were measured, as a table. */
export function goalsTable(/** @type {Pick<Results, 'cases'>} */ results) {
  const rows = chaptersOf(results).flatMap(({ title, cases }) =>
    cases.flatMap((each) =>
      goalsOf(each, each.samples).map(({ what, measured, aim, met }) => [
        title,
        each.title,
        what,
        digits(measured),
        aim,
        met ? 'met' : '**missed**',
      ]),
    ),
  );
  return table([['', '', 'of medians', 'measured', 'goal', ''], ...rows]);
}

/** What all sides of some cases took, as a table. */
export function timesTable(
  /** @type {readonly (import('./cases.js').Case & import('./runner.js').Measured)[]} */ cases,
) {
  const rows = cases.flatMap(({ title, samples }) =>
    Object.entries(samples).map(([name, figures]) => {
      const seconds = figures.map((each) => each.seconds ?? NaN);
      const other = (/** @type {string} */ measure) => {
        const figure = figureOf(figures, measure);
        return figure === undefined ? '' : measure === 'failed' ? `${figure}` : digits(figure);
      };
      const spread = `${digits(Math.min(...seconds))} … ${digits(Math.max(...seconds))}`;
      return [
        title,
        name,
        other('seconds'),
        spread,
        `${seconds.length}`,
        other('cpu'),
        other('megabytes'),
        other('failed'),
      ];
    }),
  );
  const head = ['', 'who', 'median, s', 'from … to', 'runs', 'processor, s', 'MB', 'hosts failed'];
  // A column that says nothing, or only that nothing failed, is left out.
  const told = head.map((_, column) => column < 6 || rows.some((row) => !['', '0'].includes(row[column] ?? '')));
  const last = told.map((is, column) => is || (column === 7 && (told[6] ?? false)));
  return table([head, ...rows].map((row) => row.filter((_, column) => last[column])));
}

/** How often each side waits for a round trip. */
function roundTripsText(/** @type {Results} */ { cases }) {
  const places = CASES.flatMap(({ name, delay }) => {
    const found = cases.find((each) => each.name === name);
    return delay && found ? [{ delay, samples: found.samples }] : [];
  });
  const rows = Object.keys(places[0]?.samples ?? {}).flatMap((side) => {
    const trips = roundTrips(places.map(({ delay, samples }) => ({ delay, samples: samples[side] })));
    return trips === undefined ? [] : [[side, trips.toFixed(1)]];
  });
  if (rows.length === 0) return [];
  return [
    'How many round trips a side waits for, from how much longer it takes at 200 ms than at 30 ms:',
    table([['who', 'round trips'], ...rows]),
  ];
}

function machineText(/** @type {Results} */ { date, machine, hosts, versions, cases }) {
  const day = new Date(date).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const loads = cases.map(({ load }) => load);
  const share = (/** @type {readonly number[]} */ shares) => {
    const [least, most] = [Math.min(...shares), Math.max(...shares)].map((one) => Math.round(one * 100));
    return least === most ? `${least} %` : `${least} to ${most} %`;
  };
  const busy = cases.filter(({ load }) => load.before.idle < QUIET).map(({ name }) => name);
  return [
    `${day}; ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GB, Linux ${machine.kernel}; hosts of ${hosts}, on the same cores. ${Object.entries(
      versions,
    )
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    `_How busy it was._ In the second before each case, with its hosts up, the processors were idle for ${share(loads.map(({ before }) => before.idle))} of their time (load average ${digits(Math.min(...loads.map(({ before }) => before.average)))} to ${digits(Math.max(...loads.map(({ before }) => before.average)))}); while cases ran, for ${share(loads.map(({ idle }) => idle))}. ${
      busy.length === 0
        ? 'So nothing else of weight was at work.'
        : `**Something else was at work** before ${busy.join(', ')}: their seconds are too many, and their ratios less sure.`
    }`,
  ].join('\n\n');
}

/** Chapters with those of their cases that were measured. */
function chaptersOf(/** @type {Pick<Results, 'cases'>} */ results) {
  return CHAPTERS.map((chapter) => ({
    ...chapter,
    cases: chapter.cases.flatMap((each) => {
      const measured = results.cases.find(({ name }) => name === each.name);
      return measured ? [{ ...each, ...measured }] : [];
    }),
  })).filter(({ cases }) => cases.length > 0);
}

/** A Markdown table, its columns aligned; the first row is the head. */
function table(/** @type {readonly string[][]} */ words) {
  const rows = words.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
