// Keeps V8's code of the bundle beside it: runs the bundle as users do, on this machine, in a directory of its own and
// without changing anything, so that what every run needs is compiled by then. vrun works without the cache, but takes
// longer to start.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { constants, Script } from 'node:vm';

const [, , dist = join(import.meta.dirname, 'dist')] = process.argv;
const filename = resolve(dist, 'main.cjs');
const runbook = (name) => join(import.meta.dirname, 'runbooks', name);
const inventory = { web: { hosts: { localhost: { ansible_connection: 'local' } } } };
const commands = [
  [runbook('hello.yml'), '-i', 'hosts.json', '--check'],
  [runbook('bootstrap.yml'), '-i', 'hosts.json', '--list-tasks'],
];

const directory = mkdtempSync(join(tmpdir(), 'vrun-build-'));
process.chdir(directory);
writeFileSync('hosts.json', JSON.stringify(inventory));
const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
process.on('beforeExit', next);
next();

/** Runs the next command; nothing is left to do once one has ended. */
function next() {
  const command = commands.shift();
  if (command) {
    process.argv = [process.execPath, filename, ...command];
    script.runInThisContext()(createRequire(filename), dist);
    return;
  }
  process.off('beforeExit', next);
  rmSync(directory, { recursive: true });
  writeFileSync(`${filename}.cache`, script.createCachedData());
}
