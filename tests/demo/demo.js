// `npm run demo`: from a fresh clone to a signed record of real servers brought to a written state, in one command.
// Without root or off Linux the server is one that is embedded in this project. It needs nothing but Node and npm.
// `-- --keep` leaves the servers running afterwards; a failure does so, too. `-- --dispatch` has two workers reach them through a broker.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { labScene } from './lab-scene.js';
import { bold, dim, green, heading, note, say, title } from './print.js';
import { showRecord } from './record.js';
import { available, ROOT } from './scene.js';

const { values } = parseArgs({
  options: {
    embedded: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    dispatch: { type: 'boolean', default: false },
  },
});
process.chdir(ROOT);

title('vrun', 'idempotent runbooks over SSH · truthful dry runs · a signed record of every run');
install();
heading('Build');
quietly(process.execPath, ['build.js']);
note('dist/vrun.js');

const lab = values.embedded ? { ok: false, reason: 'it was asked for with --embedded' } : available();
if (!lab.ok) {
  heading('No lab here');
  note(`An SSH server embedded in this project takes its place on 127.0.0.1, since ${lab.reason}.`);
}
// Only now: the embedded server needs what was installed above.
const plain = lab.ok ? await labScene() : await (await import('./embedded-scene.js')).embeddedScene();
const scene = values.dispatch ? await (await import('./dispatched-scene.js')).dispatchedScene(plain) : plain;
let status = 1;
try {
  status = await perform(scene);
} finally {
  for (const line of await scene.close({ keep: values.keep || status !== 0 })) note(line);
  say('');
}
process.exitCode = status;

/** @param {import('./scene.js').Scene} scene */
async function perform({ acts, cwd = ROOT, env = process.env }) {
  const seen = [];
  for (const { name, tells, before, args, status: expected = 0 } of acts) {
    heading(`${name} ${dim(`– ${tells}`)}`);
    await before?.();
    say(`${dim('$')} vrun ${args.join(' ')}\n`);
    const begun = performance.now();
    const { status } = spawnSync(process.execPath, [join(ROOT, 'dist/vrun.js'), ...args], {
      stdio: 'inherit',
      cwd,
      env,
    });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    seen.push({ name, seconds, tells });
    if (status !== expected) {
      heading('Not as it should be');
      note(`vrun ended with exit status ${status} and not ${expected}; the record of the run is in .vrun/runs.`);
      return 1;
    }
  }
  const valid = showRecord();
  heading('That was it');
  const widest = Math.max(...seen.map(({ name }) => name.length));
  for (const { name, seconds, tells } of seen) {
    note(`${green('✓')} ${name.padEnd(widest)} ${seconds.padStart(6)} s  ${dim(tells)}`);
  }
  note(
    valid
      ? `${green('✓')} The record of all that is signed, whole, and stays in .vrun.\n`
      : bold('The record does not verify.\n'),
  );
  return valid ? 0 : 1;
}

/** Installs the packages of the lock file where they are missing or of another state. */
function install() {
  heading('Install');
  const installed = 'node_modules/.package-lock.json';
  const fresh = existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;
  if (fresh && sameVersions(installed)) note('node_modules is there');
  else quietly('npm', ['ci']);
}

/** @param {string} installed */
function sameVersions(installed) {
  const there = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.entries({ ...dependencies, ...devDependencies }).every(
    ([name, version]) => there[`node_modules/${name}`]?.version === version,
  );
}

/**
 * Runs a command whose output matters only when it fails.
 * @param {string} command
 * @param {string[]} args
 */
function quietly(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}\n${command} ${args.join(' ')} failed.\n`);
  process.exit(1);
}
