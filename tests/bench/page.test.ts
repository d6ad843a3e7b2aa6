// The benchmark's page is what its results say, and says it right. Nothing here is timed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chart } from './chart.js';
import { digits, figureOf, goalsOf, median, roundTrips } from './figures.js';
import { chartsOf, pageOf, resultsOfPage } from './page.js';

const DOCS = join(import.meta.dirname, '../../docs');

describe('docs/benchmark.md', async () => {
  const results = await resultsOfPage();
  const charts = chartsOf(results);

  test('is made from docs/benchmark/results.json: `npm run bench -- --page`', () => {
    expect(readFileSync(join(DOCS, 'benchmark.md'), 'utf8')).toBe(pageOf(results));
  });

  test('has its charts beside it, and no others', () => {
    const files = readdirSync(join(DOCS, 'benchmark')).filter((name) => name.endsWith('.svg'));
    expect(files.sort()).toEqual([...charts.keys()].sort());
    for (const [name, svg] of charts) expect(readFileSync(join(DOCS, 'benchmark', name), 'utf8'), name).toBe(svg);
  });

  test.each([...charts])('%s is well-formed and has a title and a description', (_, svg) => {
    expect(unbalanced(svg)).toEqual([]);
    expect(svg).toMatch(/<svg [^>]*role="img" aria-labelledby="title desc"/);
    expect(svg).toMatch(/<title id="title">.+<\/title>\n<desc id="desc">.+<\/desc>/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('a case that was not measured is left out', () => {
    const some = { ...results, cases: results.cases.filter(({ name }) => name === 'start') };
    expect([...chartsOf(some).keys()]).toEqual(['controller.svg']);
    expect(pageOf(some)).not.toContain('## Converged');
  });
});

describe('figures', () => {
  test.each([
    { values: [3], wanted: 3 },
    { values: [9, 1, 5], wanted: 5 },
    { values: [4, 1, 2, 10], wanted: 3 },
  ])('the median of $values is $wanted', ({ values, wanted }) => expect(median(values)).toBe(wanted));

  test('of what failed the worst counts; what was not measured is undefined', () => {
    const samples = [{ failed: 0 }, { failed: 2 }, { failed: 0 }];
    expect(figureOf(samples, 'failed')).toBe(2);
    expect(figureOf(samples, 'megabytes')).toBeUndefined();
    expect(figureOf(undefined, 'seconds')).toBeUndefined();
  });

  const samples = {
    vrun: [
      { seconds: 2, cpu: 0.5 },
      { seconds: 4, cpu: 0.7 },
      { seconds: 3, cpu: 0.6 },
    ],
    floor: [{ seconds: 4, cpu: 0.1 }],
  };

  test.each([
    { goal: { of: 'vrun', over: 'floor', atMost: 0.8 }, what: 'vrun / floor', measured: 0.75, aim: '≤ 0.8', met: true },
    {
      goal: { of: 'vrun', over: 'floor', atMost: 0.7 },
      what: 'vrun / floor',
      measured: 0.75,
      aim: '≤ 0.7',
      met: false,
    },
    { goal: { of: 'floor', over: 'vrun', atLeast: 1 }, what: 'floor / vrun', measured: 4 / 3, aim: '≥ 1', met: true },
    { goal: { of: 'floor', over: 'vrun', atLeast: 2 }, what: 'floor / vrun', measured: 4 / 3, aim: '≥ 2', met: false },
    { goal: { of: 'floor', beyond: 'vrun', atMost: 1 }, what: 'floor − vrun, s', measured: 1, aim: '≤ 1', met: true },
    {
      goal: { of: 'vrun', measure: 'cpu' as const, atMost: 0.5 },
      what: 'vrun, s of processor',
      measured: 0.6,
      aim: '≤ 0.5',
      met: false,
    },
  ])('$what $aim: $met', ({ goal, ...wanted }) => expect(goalsOf({ goals: [goal] }, samples)).toEqual([wanted]));

  test('a goal about a side that was not run is left out', () => {
    expect(goalsOf({ goals: [{ of: 'Ansible', over: 'vrun', atLeast: 45 }] }, samples)).toEqual([]);
  });

  test('round trips are what each second more of round-trip time costs', () => {
    const places = [
      { delay: 0, samples: [{ seconds: 0.5 }] },
      { delay: 200, samples: [{ seconds: 1.5 }] },
    ];
    expect(roundTrips(places)).toBe(5);
    expect(roundTrips(places.slice(1))).toBeUndefined();
  });

  test.each([
    [0.0216, '0.022'],
    [0.495, '0.49'],
    [9.994, '9.99'],
    [53.92, '53.9'],
    [217.2, '217'],
    [0, '0'],
  ])('%s is written %s', (value, written) => expect(digits(value)).toBe(written));
});

describe('a chart', () => {
  const bars = [
    { label: 'vrun', values: [0.4, 0.5, 0.6] },
    { label: 'a & b', values: [20] },
  ];

  test.each([true, false])('a longer time is a longer bar; logarithmic: %s', (logarithmic) => {
    const svg = chart({ title: 'One <chart>', groups: [{ title: '1 host', bars }], logarithmic });
    expect(unbalanced(svg)).toEqual([]);
    expect(svg).toContain('One &lt;chart&gt;');
    expect(svg).toContain('1 host: vrun 0.50 s, a &amp; b 20.0 s.');
    const [short = NaN, long = NaN] = [...svg.matchAll(/class="(?:own|bar)"[^>]* width="(\d+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(long).toBeGreaterThan(short);
    expect(short).toBeGreaterThan(0);
  });
});

/** What is wrong with the tags of an XML document without comments. */
function unbalanced(xml: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, closing, name = '', single] of xml.matchAll(
    /<(\/?)([a-z]+)(?:\s+[a-zA-Z:-]+="[^"<]*")*\s*(\/?)>/g,
  )) {
    if (closing && open.pop() !== name) wrong.push(tag);
    if (!closing && !single) open.push(name);
  }
  const rest = xml.replaceAll(/<\/?[a-z]+(?:\s+[a-zA-Z:-]+="[^"<]*")*\s*\/?>/g, '');
  return [...wrong, ...open, ...(/[<]|&(?!amp;|lt;|gt;)/.test(rest) ? [`stray: ${rest}`] : [])];
}
