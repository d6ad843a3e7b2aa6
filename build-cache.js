// Keeps V8's code of the bundle beside it: runs a small runbook on this machine, as a dry run in a directory of its own,
// so that what every run needs is compiled by then. The bundle works without; `vrun` then takes longer to start.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';

const filename = join(import.meta.dirname, 'dist', 'main.cjs');
const directory = mkdtempSync(join(tmpdir(), 'vrun-build-'));
process.chdir(directory);
const runbook = join(import.meta.dirname, 'runbooks', 'hello.yml');
process.argv = [process.execPath, filename, runbook, '-i', 'localhost,', '-e', 'ansible_connection=local', '--check'];

const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
process.on('exit', () => {
  rmSync(directory, { recursive: true });
  writeFileSync(`${filename}.cache`, script.createCachedData());
});
script.runInThisContext()(createRequire(filename), join(import.meta.dirname, 'dist'));
