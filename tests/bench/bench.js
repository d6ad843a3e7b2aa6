// npm run bench: how long vrun takes, and others for the same, side by side in one run.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { available, chosenSuite, SUITES } from '../lab/lab-api.js';
import { CASES, CHAPTERS, casesNamed, SLOW } from './cases.js';
import { goalsTable, resultsOfPage, timesTable, writePage } from './page.js';
import { LATEST, ROOT } from './place.js';
import { run } from './program.js';
import { measure } from './runner.js';
import { machine, programsOf } from './versions.js';

const USAGE = `usage: npm run bench -- [OPTIONS]

  --only NAME,…     these chapters or cases, else all
  --hosts N,…       only cases with so many hosts (0, 1, 8 or 1000)
  --runs N          so many runs of each side, else as many as each case says
  --ansible N       at most so many runs of Ansible and Mitogen; else 3
  --page            run nothing: write docs/benchmark.md again from the last run of all cases
  --help

Results are in tests/bench/results/latest.json. Where all cases were measured, docs/benchmark.md is written, too.

${CHAPTERS.map(({ name, title, cases }) => `  ${name.padEnd(12)} ${title}: ${cases.map((each) => each.name).join(', ')}`).join('\n')}
`;

const say = (/** @type {string} */ line) => process.stderr.write(`bench: ${line}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      hosts: { type: 'string' },
      runs: { type: 'string' },
      ansible: { type: 'string', default: '3' },
      page: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values.page) {
    const latest = await readFile(LATEST, 'utf8').then(JSON.parse, () => undefined);
    const whole = latest?.cases.length === CASES.length;
    if (latest && !whole) say('the last run was not of all cases: the page is made from the results that it has');
    await writePage(whole ? latest : await resultsOfPage());
    return 0;
  }
  const named = values.only === undefined ? CASES : casesNamed(values.only.split(','));
  const sizes = values.hosts?.split(',').map(Number);
  const slow = Number(values.ansible);
  const chosen = named
    .filter(({ hosts, addresses }) => sizes?.includes(addresses ?? hosts) ?? true)
    .map((each) => ({ ...each, sides: each.sides.filter((side) => slow > 0 || !SLOW.includes(side)) }));
  const lab = available();
  if (!lab.ok) throw new Error(`not possible here: ${lab.reason}`);

  process.chdir(ROOT);
  const versions = await programsOf(
    chosen.flatMap((each) => each.sides),
    say,
  );
  await run(process.execPath, ['build.js']);
  const directory = await mkdtemp(join(tmpdir(), 'vrun-bench-'));
  /** @type {import('./runner.js').Measured[]} */
  const cases = [];
  const date = new Date().toISOString();
  try {
    for (const each of chosen) {
      say(each.name);
      const runs = Number(values.runs ?? each.runs);
      await measure(each, { directory, runs, slow, say }).then(
        (measured) => cases.push(measured),
        (error) => say(`${each.name} FAILED: ${error.message}`),
      );
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  const results = { date, machine: machine(), hosts: SUITES[chosenSuite()]?.release ?? '', versions, cases };
  await mkdir(dirname(LATEST), { recursive: true });
  await writeFile(LATEST, `${JSON.stringify(results, undefined, 2)}\n`);
  const measured = chosen.flatMap((each) => {
    const found = cases.find(({ name }) => name === each.name);
    return found ? [{ ...each, ...found, title: each.name }] : [];
  });
  process.stdout.write(`${timesTable(measured)}\n\n${goalsTable(results)}\n`);
  if (cases.length === CASES.length) await writePage(results);
  return cases.length === chosen.length ? 0 : 1;
}
