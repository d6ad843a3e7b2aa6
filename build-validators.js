// Compiles the validators of all modules' parameters at build time: at run time that is most of what it costs to read a
// runbook.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listedModules } from './build-modules.js';
import { programs } from './build-programs.js';

/**
 * A module, for the bundle, that hands the validators to the language.
 * @param {string} root  the project
 * @param {import('esbuild').BuildOptions} options  how the bundle is made
 * @returns {Promise<string>} JavaScript whose imports are relative to `root`
 */
export async function validatorsModule(root, options) {
  const { modules, makeAjv, plainSchema, standaloneCode } = await loadSources(root, options);
  const ajv = makeAjv({ source: true });
  for (const { name, params } of modules) ajv.addSchema(plainSchema(params), name);
  const code = standaloneCode(ajv, Object.fromEntries(modules.map(({ name }) => [name, name])));
  return `import { adoptValidator } from './engine/language/parameters/schema.ts';
import { modules } from './modules/index.ts';
const exports = {};
${code}
for (const { name, params } of modules) adoptValidator(params, exports[name]);
`;
}

async function loadSources(root, options) {
  const directory = await mkdtemp(join(tmpdir(), 'vrun-build-'));
  const plugins = [listedModules(root).esbuild, programs(root).esbuild];
  const outfile = join(directory, 'sources.cjs');
  const contents = `export { modules } from './modules/index.ts';
export { makeAjv, plainSchema } from './engine/language/parameters/schema.ts';
export { default as standaloneCode } from 'ajv/dist/standalone/index.js';`;
  try {
    await build({ ...options, stdin: { contents, resolveDir: root }, outfile, plugins });
    return await import(outfile);
  } finally {
    await rm(directory, { recursive: true });
  }
}
