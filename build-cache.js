// Keeps V8's code of the bundle beside it: runs the bundle as users do, against a server of this project on loopback and
// without changing anything, so that what every run needs is compiled by then. vrun works without, but starts slower.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { embeddedScene } from './tests/demo/embedded-scene.js';

const root = import.meta.dirname;
const [, , dist = join(root, 'dist')] = process.argv;
const vrun = createRequire(import.meta.url)(resolve(dist, 'vrun.js'));

const { acts, close } = await embeddedScene();
const [[hello, ...options]] = acts.map(({ args }) => args);
const directory = mkdtempSync(join(tmpdir(), 'vrun-build-'));
process.chdir(directory);
writeFileSync('hosts.json', JSON.stringify({ web: { hosts: { embedded: {} } } }));
// A server's runbook, without the rights to do any of it: whatever the dry run says of this machine, its code has run.
const server = readFileSync(join(root, 'tests/bench/server.yml'), 'utf8').replace('become: true', 'become: false');
cpSync(join(root, 'tests/bench/templates'), 'templates', { recursive: true });
writeFileSync('server.yml', server);
await runBundle([join(root, 'runbooks/bootstrap.yml'), '-i', 'hosts.json', '--list-tasks']);
await runBundle(['server.yml', '-i', 'hosts.json', ...options, '--check'], [0, 2, 3, 4]);
await runBundle(['server.yml', '-i', 'hosts.json', ...options, '--check'], [0, 2, 3, 4]);
await runBundle([join(root, hello), ...options]);
await runBundle([join(root, hello), ...options]); // now with a record to go on from
for (const command of [
  ['lint', join(root, hello)],
  ['audit', 'verify'],
  ['doc', 'ufw'],
])
  await runBundle(command);
await close();
rmSync(directory, { recursive: true });
for (const { filename, script } of vrun.files.values()) writeFileSync(`${filename}.cache`, script.createCachedData());

async function runBundle(command, accepted = [0]) {
  process.argv = [process.execPath, 'vrun', ...command];
  process.exitCode = undefined;
  vrun.main();
  while (process.exitCode === undefined) await setTimeout(10); // vrun sets it when it is done
  if (!accepted.includes(Number(process.exitCode)))
    throw new Error(`vrun ${command.join(' ')} ended with ${process.exitCode}`);
}
