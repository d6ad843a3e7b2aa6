#!/usr/bin/env node
// What is installed as `vrun`, and what the library loads. It starts the bundle from the code that V8 kept of it when it was
// built (build-cache.js): that takes a third of the time. A Node of another version than the one that built it compiles
// the bundle anew. It is CommonJS, which Node starts sooner than a module, and says so to a Node that is too old for the bundle.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const OLDEST_NODE = 'VRUN_OLDEST_NODE'; // build.js has it from package.json

if (isOlder(process.versions.node, OLDEST_NODE)) {
  process.stderr.write(
    `error: vrun needs Node ${OLDEST_NODE} or newer, and ${process.execPath} is Node ${process.versions.node}\n`,
  );
  process.exitCode = 1;
} else {
  const filename = join(__dirname, 'main.cjs');
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: cacheOf(filename),
  });
  // The command line and the library are one bundle: a module that imports vrun gets the very vrun that runs it.
  script.runInThisContext()(require, __dirname, module);
  if (require.main === module) module.exports.main();
}

/**
 * @param {string} version  as `20.19.2`
 * @param {string} other  as `20.19`
 */
function isOlder(version, other) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** @param {string} path */
function cacheOf(path) {
  try {
    return readFileSync(`${path}.cache`);
  } catch {
    return undefined; // built without it: slower, and nothing else
  }
}
