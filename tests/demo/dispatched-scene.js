// The same hosts, reached by two workers through a broker on this machine: a real nats-server and processes of their own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installNatsServers, RELEASES, serverOf } from '../nats-server/install.js';
import { dim, heading, note, say } from './print.js';
import { ROOT } from './scene.js';

const WORKERS = ['worker-1', 'worker-2'];
const VRUN = join(ROOT, 'dist/vrun.js');

/**
 * @param {import('./scene.js').Scene} scene
 * @returns {Promise<import('./scene.js').Scene>}
 */
export async function dispatchedScene(scene) {
  heading('Workers');
  installNatsServers(note);
  const program = Object.keys(RELEASES)
    .map(serverOf)
    .find((path) => existsSync(path));
  if (program === undefined) throw new Error('There is no nats-server here: apt-get could not fetch one.');
  const directory = mkdtempSync(join(tmpdir(), 'vrun-demo-workers-'));
  const env = { ...process.env, XDG_CONFIG_HOME: join(directory, 'config') };
  const vrun = (/** @type {string[]} */ ...args) => {
    say(`${dim('$')} vrun ${args.join(' ')}`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [VRUN, ...args], {
      cwd: directory,
      env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    return stdout;
  };
  writeFileSync(join(directory, 'vrun.yml'), `record: ${JSON.stringify(join(ROOT, '.vrun'))}\n`);
  for (const name of WORKERS) {
    writeFileSync(join(directory, `${name}.yml`), vrun('worker', 'enroll', '--name', name, '--directory', name));
    vrun('worker', 'add', `${name}.yml`);
    writeFileSync(join(directory, name, 'operators'), vrun('worker', 'operator'));
  }
  vrun('worker', 'coordinator');
  writeFileSync(join(directory, 'authorization.conf'), vrun('worker', 'permissions'));
  const broker = await startBroker(program, directory);
  note(`nats-server listens on ${broker.url}, and lets in who is enrolled`);
  const workers = WORKERS.map((name) =>
    spawn(process.execPath, [VRUN, 'worker', '--name', name, '--directory', name, '--dispatch', broker.url], {
      cwd: directory,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  );
  const acts = scene.acts
    .filter(({ args }) => !/deploy|verify/.test(args[0] ?? ''))
    .map((act) => ({
      ...act,
      args: [...act.args.map(absolute), '--dispatch', broker.url],
    }));
  const [first] = acts;
  return {
    acts: acts.length === 1 && first ? [first, { ...first, name: 'Again', tells: 'nothing is left to do' }] : acts,
    cwd: directory,
    env,
    close: async (options) => {
      for (const worker of workers) worker.kill('SIGKILL');
      broker.process.kill('SIGKILL');
      const lines = await scene.close(options);
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
      return ['How to set that up: docs/scale-out.md', ...lines];
    },
  };
}

/** What names a file of the project names it from elsewhere, too. @param {string} word */
function absolute(word) {
  return !isAbsolute(word) && existsSync(join(ROOT, word)) ? join(ROOT, word) : word;
}

/**
 * @param {string} program
 * @param {string} directory
 */
async function startBroker(program, directory) {
  const ports = join(directory, 'ports');
  mkdirSync(ports);
  writeFileSync(
    join(directory, 'nats-server.conf'),
    `listen: "127.0.0.1:-1"\nports_file_dir: "${ports}"\njetstream { store_dir: "${join(directory, 'store')}" }\ninclude "authorization.conf"\n`,
  );
  const child = spawn(program, ['-c', join(directory, 'nats-server.conf'), '-l', join(directory, 'nats.log')], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 100; tries += 1) {
    const [file] = readdirSync(ports).filter((name) => name.endsWith('.ports'));
    const [url] = file === undefined ? [] : (JSON.parse(readFileSync(join(ports, file), 'utf8')).nats ?? []);
    if (url) return { url: String(url), process: child };
    await delay(100);
  }
  child.kill('SIGKILL');
  throw new Error(readFileSync(join(directory, 'nats.log'), 'utf8'));
}
