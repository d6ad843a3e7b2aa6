// npm run bench: how long a server's set-up takes with vrun, by hand and with Ansible, side by side in one run.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { available, borrow, chosenSuite, SUITES } from '../lab/lab-api.js';
import { measureMany } from './many.js';
import { measure } from './measure.js';
import { BENCH, ROOT } from './place.js';
import { run } from './program.js';
import { manyTable, ratiosOf, tables } from './table.js';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1,8' },
    first: { type: 'string', default: '3' },
    converged: { type: 'string', default: '9' },
    ansible: { type: 'string', default: '3' },
    many: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '1' },
  },
});
const say = (/** @type {string} */ line) => process.stderr.write(`bench: ${line}\n`);

const lab = available();
if (!lab.ok) {
  say(`not possible here: ${lab.reason}`);
  process.exit(1);
}
process.chdir(ROOT);
const runs = { first: Number(values.first), converged: Number(values.converged), ansible: Number(values.ansible) };
const many = { count: Number(values.many), rounds: Number(values.rounds) };
if (runs.ansible > 0) await installed('ansible-playbook', 'ansible');
if (many.count > 0) await installed('parallel-ssh', 'pssh');
await run(process.execPath, ['build.js']);

const directory = await mkdtemp(join(tmpdir(), 'vrun-bench-'));
const rounds = [];
/** @type {import('./many.js').Many[]} */
let crowd = [];
try {
  for (const count of values.hosts.split(',').filter(Boolean).map(Number)) {
    say(`waiting for ${count} hosts`);
    const { names, release } = await lend(count);
    rounds.push({ hosts: count, samples: await measure(names, { directory, say, ...runs }) });
    release();
  }
  if (many.count > 0) {
    const { names, release } = await lend(1);
    crowd = await measureMany(names[0] ?? '', { directory, say, ...many });
    release();
  }
} finally {
  await rm(directory, { recursive: true });
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
const results = join(BENCH, 'results');
await mkdir(results, { recursive: true });
const kept = {
  date: new Date().toISOString(),
  machine,
  system: SUITES[chosenSuite()]?.release,
  rounds: rounds.map((round) => ({ ...round, ratios: ratiosOf(round.samples) })),
  many: { hosts: many.count, samples: crowd },
};
await writeFile(join(results, 'latest.json'), `${JSON.stringify(kept, undefined, 2)}\n`);
if (rounds.length > 0) process.stdout.write(`${tables(rounds)}\n`);
if (crowd.length > 0) process.stdout.write(`${manyTable(many.count, crowd)}\n`);

/** Installs a package of Debian whose program isn't there. */
async function installed(/** @type {string} */ program, /** @type {string} */ name) {
  await run(program, ['--version']).catch(async () => {
    say(`installing ${name}`);
    await run('apt-get', ['-q', 'update']);
    await run('apt-get', ['-q', '-y', 'install', name], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  });
}

/** Few hosts are those that tests borrow. More are taken one by one as they become free: together they never would be. */
async function lend(/** @type {number} */ count) {
  if (count <= 5) return borrow(count);
  const all = Array.from({ length: 8 }, (_, index) => `lab${index + 1}`);
  const loans = [];
  const names = () => loans.flatMap((loan) => loan.names);
  while (loans.length < count) {
    loans.push(await borrow(1, { among: all.filter((name) => !names().includes(name)) }));
  }
  return { names: names().sort(), release: () => loans.forEach(({ release }) => void release()) };
}
