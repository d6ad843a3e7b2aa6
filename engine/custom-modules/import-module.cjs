// Imports modules of a project's own. A file of a project resolves 'vrun' to the vrun that runs it, be it installed in the
// project, for all of the machine, or not at all: a hook of Node's own does that, since for ES modules neither NODE_PATH nor
// a patched require has a say, and rewriting the text would move what errors point at. The hook also hands Node the very bytes
// that the record has the digest of, and lets a module import nothing whose digest the record lacks.
// `registerHooks` came with Node 22.15 and works in this thread; before that `register` does, which loads this file in a thread
// of its own (so the functions below are `initialize`, `resolve` and `load` of either). CommonJS, and a file of its own beside the
// bundle: in there `import()` is `require`.
const nodeModule = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

/** What `import 'vrun'` means: made by build.js. */
const VRUN = pathToFileURL(join(__dirname, 'index.mjs')).href;

/** @type {Map<string, { url: string, bytes: Uint8Array, format: string }>} by URL */
const sources = new Map();

let hooked = false;

/** Described in import-module.d.ts. */
exports.importModules = async (given) => {
  exports.initialize(given);
  if (nodeModule.registerHooks === undefined) {
    nodeModule.register(pathToFileURL(__filename).href, { data: given });
  } else if (!hooked) {
    nodeModule.registerHooks({ resolve: exports.resolve, load: exports.load });
    hooked = true;
  }
  return Promise.allSettled(given.map(async ({ url }) => import(url)));
};

exports.initialize = (given) => {
  for (const source of given) sources.set(source.url, source);
};

exports.resolve = (specifier, context, next) => {
  if (!sources.has(context.parentURL)) return next(specifier, context);
  if (specifier === 'vrun') return { url: VRUN, shortCircuit: true };
  if (nodeModule.isBuiltin(specifier)) return next(specifier, context);
  throw new Error(`It imports ‹${specifier}›`);
};

exports.load = (url, context, next) => {
  const source = sources.get(url);
  if (source === undefined) return next(url, context);
  return { format: source.format, source: source.bytes, shortCircuit: true };
};
