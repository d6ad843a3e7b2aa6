// Compiles the validators of all modules' parameters at build time: at run time that is most of what it costs to read a
// runbook.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listedModules } from './build-modules.js';
import { programs } from './build-programs.js';

/** How the validator of a module is required in the bundle. */
const PREFIX = 'vrun:validator:';

/** @param {string} name  of a module */
export function validatorOf(name) {
  return PREFIX + name;
}

/**
 * What validatorOf names, as CommonJS.
 * @param {string} root  the project
 * @param {import('esbuild').BuildOptions} options  how the bundle is made
 * @returns {import('esbuild').Plugin}
 */
export function validators(root, options) {
  return {
    name: 'validators',
    setup: ({ onResolve, onLoad }) => {
      const namespace = 'validator';
      const codes = codesOf(root, options);
      const filter = new RegExp(`^${PREFIX}`);
      onResolve({ filter }, ({ path }) => ({ path: path.slice(PREFIX.length), namespace }));
      onLoad({ filter: /./, namespace }, async ({ path }) => ({ contents: (await codes).get(path), resolveDir: root }));
    },
  };
}

/** @returns {Promise<ReadonlyMap<string, string>>} JavaScript whose imports are relative to `root`, by the module's name */
async function codesOf(root, options) {
  const { modules, makeAjv, plainSchema, standaloneCode } = await loadSources(root, options);
  const ajv = makeAjv({ source: true });
  return new Map(modules.map(({ name, params }) => [name, standaloneCode(ajv, ajv.compile(plainSchema(params)))]));
}

async function loadSources(root, options) {
  const directory = await mkdtemp(join(tmpdir(), 'vrun-build-'));
  const plugins = [listedModules(root).esbuild, programs(root).esbuild];
  const outfile = join(directory, 'sources.cjs');
  const contents = `export { modules } from './modules/index.ts';
export { makeAjv } from './engine/language/parameters/compile.ts';
export { plainSchema } from './engine/language/parameters/schema.ts';
export { default as standaloneCode } from 'ajv/dist/standalone/index.js';`;
  try {
    await build({ ...options, format: 'cjs', stdin: { contents, resolveDir: root }, outfile, plugins });
    return await import(outfile);
  } finally {
    await rm(directory, { recursive: true });
  }
}
