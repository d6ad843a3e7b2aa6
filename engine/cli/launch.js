#!/usr/bin/env node
// What is installed as `vrun`. It starts the bundle from the code that V8 kept of it when it was built (build-cache.js):
// that takes a third of the time. A Node of another version than the one that built it compiles the bundle anew.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';

const filename = join(import.meta.dirname, 'main.cjs');
const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: cacheOf(filename),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
script.runInThisContext()(createRequire(filename), import.meta.dirname);

/** @param {string} path */
function cacheOf(path) {
  try {
    return readFileSync(`${path}.cache`);
  } catch {
    return undefined; // built without it: slower, and nothing else
  }
}
