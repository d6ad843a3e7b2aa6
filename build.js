// Bundles the command line into dist/: one file starts in a fraction of the time that hundreds take.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listedModules } from './build-modules.js';
import { programs } from './build-programs.js';
import { writeTypes } from './build-types.js';
import { validatorsModule } from './build-validators.js';

const root = import.meta.dirname;
const dist = join(root, 'dist');
// Made beside it and put in its place when whole: somebody may be running vrun meanwhile.
const draft = mkdtempSync(join(root, 'node_modules', '.dist-'));
const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // A script, and not a module: only of a script can V8's code be kept. What is imported with `import()` is required when
  // it is first wanted.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  target: 'node20.19',
  define: { VRUN_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
  minifyWhitespace: true,
  minifySyntax: true,
  // ssh2 looks for native parts that it can do without.
  external: ['cpu-features', '*.node'],
};

/** Packages that few runs need: each lies in a file of its own beside the bundle, and what isn't read costs nothing. */
const SELDOM = ['age-encryption', 'ora', 'parse5', 're2js'];

/** @type {import('esbuild').Plugin} */
const validators = {
  name: 'validators',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^vrun:validators$/ }, ({ path }) => ({ path, namespace: 'vrun' }));
    onLoad({ filter: /^vrun:validators$/, namespace: 'vrun' }, async () => ({
      contents: await validatorsModule(root, options),
      resolveDir: root,
    }));
  },
};

/** @type {import('esbuild').Plugin} */
const seldom = {
  name: 'seldom',
  setup: ({ onResolve }) => {
    const filter = new RegExp(`^(${SELDOM.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: `./${path}.cjs`, external: true }));
  },
};

/**
 * What Node itself has to read as a file: it lies beside the bundle as it is.
 * @type {import('esbuild').Plugin}
 */
const asFile = {
  name: 'as-file',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^vrun:import-module$/ }, () => ({ path: './import-module.cjs', external: true }));
  },
};

/**
 * ssh2's agents for HTTP over SSH, which nobody here uses, would load all of node:http and node:https.
 * @type {import('esbuild').Plugin}
 */
const withoutHttp = {
  name: 'without-http',
  setup: ({ onLoad }) => {
    onLoad({ filter: /ssh2\/lib\/http-agents\.js$/ }, () => ({ contents: 'module.exports = {};' }));
  },
};

await build({
  ...options,
  stdin: {
    contents: `import 'vrun:validators';
export { main } from './engine/cli/main.ts';
export * as library from './engine/library/index.ts';`,
    resolveDir: root,
  },
  outfile: join(draft, 'main.cjs'),
  sourcemap: 'linked',
  sourcesContent: false,
  plugins: [listedModules(root).esbuild, programs(root).esbuild, validators, seldom, asFile, withoutHttp],
  // launch.cjs calls it as a function with these.
  banner: { js: '(function (require, __dirname, module) {' },
  footer: { js: '})' },
});
// Whoever imports the default of a script gets all that it exports, as from Node itself.
const footer = { js: 'if ("default" in module.exports) module.exports = module.exports.default;' };
for (const name of SELDOM)
  await build({ ...options, entryPoints: [name], outfile: join(draft, `${name}.cjs`), footer });
asciiOnly(join(draft, 'main.cjs'));
const launcher = readFileSync(join(root, 'engine/cli/launch.cjs'), 'utf8');
writeFileSync(join(draft, 'vrun.js'), launcher.replace('VRUN_OLDEST_NODE', engines.node.replace('>=', '')));
writeFileSync(join(draft, 'package.json'), '{ "type": "commonjs" }\n');
cpSync(join(root, 'engine/custom-modules/import-module.cjs'), join(draft, 'import-module.cjs'));
// Node finds no names of exports in a bundle: what `import … from 'vrun'` gives is listed.
const exported = Object.keys(createRequire(import.meta.url)(join(draft, 'vrun.js')).library);
writeFileSync(
  join(draft, 'index.mjs'),
  `import { createRequire } from 'node:module';
const { library } = createRequire(import.meta.url)('./vrun.js');
export const { ${exported.join(', ')} } = library;
`,
);
chmodSync(join(draft, 'vrun.js'), 0o755);
writeTypes(root, join(draft, 'types'));
try {
  execFileSync(process.execPath, [join(root, 'build-cache.js'), draft], { stdio: ['ignore', 'ignore', 'inherit'] });
} catch {
  process.stderr.write("Built without V8's code (see above): vrun works, and takes longer to start.\n");
}
chmodSync(draft, 0o755);
rmSync(dist, { recursive: true, force: true });
renameSync(draft, dist);

/**
 * launch.cjs reads the bundle byte by byte, which V8 does in half the time. esbuild escapes what isn't ASCII in strings; in
 * regular expressions it leaves it to us.
 * @param {string} file
 */
function asciiOnly(file) {
  const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\x00-\x7f]/g, escaped));
}
