#!/usr/bin/env node
// What is installed as `vrun`. It starts the bundle from the code that V8 kept of it when it was built (build-cache.js):
// that takes a third of the time. A Node of another version than the one that built it compiles the bundle anew. It is
// CommonJS, which Node starts sooner than a module.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'main.cjs');
const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: cacheOf(filename),
});
script.runInThisContext()(require, __dirname);

/** @param {string} path */
function cacheOf(path) {
  try {
    return readFileSync(`${path}.cache`);
  } catch {
    return undefined; // built without it: slower, and nothing else
  }
}
