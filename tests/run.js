// `npm test`: builds, checks types and style, runs the unit tests on this Node and those that are about Node on Node 24, then those on the
// lab's hosts, system by system.
// The last line is the sum: `N passed, N failed, N skipped`. A check that fails counts as one failed test.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { available, down, prepareImages, running } from './lab/lab-api.js';
import { tryLock } from './lab/lock.js';
import { SUITES } from './lab/plan.js';
import { testsOn } from './lab/try.js';
import { installNatsServers } from './nats-server/install.js';
import { installNode24 } from './node24/install.js';
import { installPrograms } from './programs.js';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ title: string, counts: Counts, seconds: number, failures?: string[] }} Step */
/** @typedef {{ name: string, status: string, assertionResults: { fullName: string, status: string, failureMessages: string[] }[] }} TestFile  as vitest's JSON report has them */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules/.bin');
const IN_CI = process.env.CI === 'true';
/** A test more than there are cores would miss its deadlines. */
const UNIT = ['--project', 'unit', '--maxWorkers', String(availableParallelism())];
/** What may be otherwise on another Node: everything that talks to it, and not what modules decide. */
const OF_NODE = [
  'archive',
  'audit',
  'base',
  'cli',
  'dispatch',
  'event',
  'pattern',
  'proof',
  'run',
  'signature',
  'transport',
  'view',
];
/** Of these, what is about shells and the stock ssh, and what takes long without being about Node. */
const NOT_OF_NODE = [
  'tests/run/session/host-lock.test.ts',
  'tests/run/session/lock-epoch.test.ts',
  'tests/run/resume/law.test.ts',
  'tests/transport/as-ssh*.test.ts',
];
const scratch = mkdtempSync(join(tmpdir(), 'vrun-test-'));

/** @type {Step[]} */
const steps = [];
const ranBefore = new Set((await running()).map(({ name }) => name));
try {
  if (await check('build', process.execPath, ['build.js'])) await testEverything();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
conclude();

async function testEverything() {
  installPrograms({ ci: IN_CI, say });
  installNatsServers(say);
  // Mostly waits for packages to come: meanwhile there is enough to do.
  const images = available().ok ? prepareImages(say).catch(() => {}) : undefined; // whoever needs one tells why it isn't there
  await check('types', join(BIN, 'tsc'), ['--noEmit', '--project', '.']);
  await check('format and lint', join(BIN, 'biome'), ['check']);
  await suite('unit tests', process.execPath, UNIT);
  await onNode24();
  await images;
  await onTheLab();
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}

async function onNode24() {
  const node = await installNode24();
  const files = [
    ...OF_NODE.map((room) => `tests/${room}/`),
    ...NOT_OF_NODE.flatMap((pattern) => ['--exclude', pattern]),
  ];
  if (node) await suite('unit tests on Node 24', node, [...files, ...UNIT]);
  else missing('unit tests on Node 24', `there is no Node 24 for ${process.platform}-${process.arch}`);
}

async function onTheLab() {
  const lab = available();
  if (!lab.ok) {
    missing('tests on hosts', lab.reason);
    return;
  }
  for (const [name, { release }] of Object.entries(SUITES)) {
    await suite(`tests on ${release}`, process.execPath, testsOn(name), { VRUN_LAB_SUITE: name });
  }
  await stopWhatStarted();
}

/** Stops the hosts that ran only for these tests, unless somebody else has borrowed one meanwhile. */
async function stopWhatStarted() {
  const started = (await running()).map(({ name }) => name).filter((name) => !ranBefore.has(name));
  const free = [];
  for (const name of started) if (await tryLock(`loan/${name}`)) free.push(name);
  if (free.length > 0) await down(ranBefore.size === 0 && free.length === started.length ? undefined : free);
}

/**
 * What can't run here: a notice, and in CI a failure.
 * @param {string} title
 * @param {string} reason
 */
function missing(title, reason) {
  const rule = '─'.repeat(80);
  process.stdout.write(`\n${rule}\nSKIPPED: ${title}, since ${reason}.\n${rule}\n`);
  steps.push({ title, counts: { passed: 0, failed: IN_CI ? 1 : 0, skipped: IN_CI ? 0 : 1 }, seconds: 0 });
}

/**
 * A command that passes or fails as a whole; it counts only when it fails.
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 */
async function check(title, command, args) {
  const { status, seconds } = await run(title, command, args);
  steps.push({ title, counts: { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0 }, seconds });
  return status === 0;
}

/**
 * A run of vitest under the given Node.
 * @param {string} title
 * @param {string} node
 * @param {string[]} args
 * @param {Record<string, string>} [env]  besides this process's
 */
async function suite(title, node, args, env) {
  const file = join(scratch, `${steps.length}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status, seconds } = await run(title, node, [vitest, 'run', ...args, ...reporters], env);
  const report = reportIn(file);
  const failures = failuresIn(report);
  steps.push({ title, counts: countsOf(report, failures.length, status), seconds, failures });
}

/**
 * @param {ReturnType<typeof reportIn>} report
 * @param {number} failed
 * @param {number} status  vitest's exit status
 * @returns {Counts}
 */
function countsOf(report, failed, status) {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  return { passed, failed: failed === 0 && (status !== 0 || passed === 0) ? 1 : failed, skipped };
}

/**
 * @param {string} file  vitest's JSON report
 * @returns {{ numPassedTests: number, numPendingTests: number, numTodoTests: number, testResults: TestFile[] } | undefined}
 */
function reportIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // vitest died before it wrote one: its exit status tells
  }
}

/**
 * @param {ReturnType<typeof reportIn>} report
 * @returns {string[]}  a line for each test that failed, its file, its name and the first line of why, and for each file that didn't load
 */
function failuresIn(report) {
  return (report?.testResults ?? [])
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status === 'failed');
      const why = failed.map((test) => `${test.fullName}: ${test.failureMessages[0]?.split('\n', 1)[0]}`);
      return (why.length > 0 ? why : ['did not load']).map((text) => `${relative(ROOT, name)}: ${text}`);
    });
}

/**
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ status: number, seconds: number }>}
 */
function run(title, command, args, env) {
  process.stdout.write(`\n── ${title}\n`);
  const before = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ status: code ?? 1, seconds: (performance.now() - before) / 1000 }));
  });
}

function conclude() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  process.stdout.write('\n');
  for (const { title, counts, seconds } of steps) {
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) sum[key] += counts[key];
    const { passed, failed, skipped } = counts;
    const what = passed + skipped === 0 ? (failed === 0 ? 'ok' : 'FAILED') : line(counts);
    process.stdout.write(`${title.padEnd(45)}${seconds.toFixed(1).padStart(7)} s   ${what}\n`);
  }
  for (const { title, failures = [] } of steps)
    for (const failure of failures) process.stdout.write(`\nFAILED in ${title}: ${failure}`);
  process.stdout.write(`\n${line(sum)}\n`);
  process.exitCode = sum.failed === 0 ? 0 : 1;
}

/** @param {Counts} counts */
function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
