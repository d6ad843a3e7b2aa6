#!/usr/bin/env node
// What is installed as `vrun`, and what the library loads. It starts each file of the bundle from the code that V8 kept of it
// when it was built (build-cache.js): that takes a third of the time. A Node of another version than the one that built it
// compiles them anew. It is CommonJS, which Node starts sooner than a module, and says so to a Node that is too old for the rest.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const OLDEST_NODE = 'VRUN_OLDEST_NODE'; // build.js has it from package.json

/** What each file of the bundle holds: functions that make a module. @type {Map<string, { script: Script, filename: string, members: any }>} */
const files = new Map();
/** What was run of it. @type {Map<string, { exports: any }>} */
const loaded = new Map();
// The command line and the library share their files: a module that imports vrun gets the very vrun that runs it.
Object.defineProperties(module.exports, {
  main: { get: () => load('./main.cjs').main },
  library: { get: () => load('./library.cjs') },
  files: { value: files }, // for build-cache.js
});

if (isOlder(process.versions.node, OLDEST_NODE)) {
  process.stderr.write(
    `error: vrun needs Node ${OLDEST_NODE} or newer, and ${process.execPath} is Node ${process.versions.node}\n`,
  );
  process.exitCode = 1;
} else if (require.main === module) {
  module.exports.main();
}

/**
 * A module of the bundle, run once.
 * @param {string} name  as the others require it: `./FILE`, or `./FILE#NAME`
 */
function load(name) {
  const known = loaded.get(name);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const [file = name] = name.split('#');
  membersOf(file)[name](requireInCode, __dirname, module, module.exports);
  return module.exports;
}

/** @param {string} file */
function membersOf(file) {
  const known = files.get(file);
  if (known) return known.members;
  const filename = join(__dirname, 'code', file);
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: cacheOf(filename) });
  const members = script.runInThisContext();
  files.set(file, { script, filename, members });
  return members;
}

/** @param {string} name */
function requireInCode(name) {
  if (name.startsWith('./')) return load(name);
  return require(name.replace('../', './'));
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
