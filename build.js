// Bundles vrun into dist/: a few files start in a fraction of the time that hundreds take.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { listedModules } from './build-modules.js';
import { programs } from './build-programs.js';
import { writeTypes } from './build-types.js';
import { validatorOf, validators } from './build-validators.js';

const root = import.meta.dirname;
const dist = join(root, 'dist');
// Made beside it and put in its place when whole: somebody may be running vrun meanwhile.
const draft = mkdtempSync(join(root, 'node_modules', '.dist-'));
const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const code = join(draft, 'code');

/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  define: { VRUN_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
  minifyWhitespace: true,
  minifySyntax: true,
  // ssh2 looks for native parts that it can do without.
  external: ['cpu-features', '*.node'],
};

/** Packages that few runs need, and that are required where they are wanted: each lies in a file of its own. */
const SELDOM = ['parse5', 're2js'];

/** @type {import('esbuild').Plugin} */
const seldom = {
  name: 'seldom',
  setup: ({ onResolve }) => {
    const filter = new RegExp(`^(${SELDOM.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: `./${path}.cjs`, external: true }));
  },
};

/**
 * What Node itself has to read as a file: it lies beside the code as it is.
 * @type {import('esbuild').Plugin}
 */
const asFile = {
  name: 'as-file',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^vrun:import-module$/ }, () => ({ path: '../import-module.cjs', external: true }));
  },
};

/**
 * Of ssh2 only the client is wanted: its agents for HTTP, which would load all of node:http and node:https, its server, its SFTP
 * and its maker of keys stay out. Of commander commands that are programs of their own stay out, which would load node:child_process.
 * @type {import('esbuild').Plugin}
 */
const inPart = {
  name: 'in-part',
  setup: ({ onLoad, onResolve }) => {
    const empty = () => ({ contents: 'module.exports = {};' });
    onLoad({ filter: /ssh2\/lib\/(http-agents|keygen|server|protocol\/SFTP)\.js$/ }, empty);
    onLoad({ filter: /./, namespace: 'left-out' }, empty);
    onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
      importer.includes('/commander/') ? { path, namespace: 'left-out' } : undefined,
    );
  },
};

// What is imported with `import()` is in files of its own, and so is what several of these share: a command loads its own.
const { outputFiles } = await build({
  ...options,
  format: 'esm',
  splitting: true,
  entryPoints: { main: 'engine/cli/main.ts', library: 'engine/library/index.ts' },
  outdir: code,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  write: false,
  plugins: [
    listedModules(root, validatorOf).esbuild,
    programs(root).esbuild,
    validators(root, options),
    seldom,
    asFile,
    inPart,
  ],
});
const alone = await build({
  ...options,
  format: 'cjs',
  entryPoints: SELDOM,
  outdir: code,
  outExtension: { '.js': '.cjs' },
  write: false,
});
const texts = new Map([...outputFiles, ...alone.outputFiles].map(({ path, text }) => [basename(path), text]));
// Dozens of small files take longer to read than one: what is shared and small lies with the entry.
const small = new Set(
  [...texts].flatMap(([name, text]) => (/^chunk-/.test(name) && text.length < 10_000 ? [name] : [])),
);
mkdirSync(code);
for (const name of texts.keys()) {
  if (small.has(name)) continue;
  const members = [name, ...(name === 'main.cjs' ? small : [])].map(asMember);
  writeFileSync(join(code, name), `({${(await Promise.all(members)).join(',')}})`);
}
const launcher = readFileSync(join(root, 'engine/cli/launch.cjs'), 'utf8');
writeFileSync(join(draft, 'vrun.js'), launcher.replace('VRUN_OLDEST_NODE', engines.node.replace('>=', '')));
writeFileSync(join(draft, 'package.json'), '{ "type": "commonjs" }\n');
cpSync(join(root, 'engine/custom-modules/import-module.cjs'), join(draft, 'import-module.cjs'));
// Node finds no names of exports in a script: what `import … from 'vrun'` gives is listed.
const exported = Object.keys(createRequire(import.meta.url)(join(draft, 'vrun.js')).library);
writeFileSync(
  join(draft, 'index.mjs'),
  `import { createRequire } from 'node:module';
export const { ${exported.join(', ')} } = createRequire(import.meta.url)('./vrun.js').library;
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
 * How a module is required in the bundle: `./FILE`, or `./FILE#NAME` where it lies in the file of another.
 * @param {string} name
 */
function called(name) {
  return small.has(name) ? `./main.cjs#${name}` : `./${name}`;
}

/**
 * A module as launch.cjs calls it: only of a script can V8's code be kept. It is ASCII, which V8 reads in half the time;
 * in regular expressions esbuild leaves that to us.
 * @param {string} name
 */
async function asMember(name) {
  const text = (texts.get(name) ?? '').replace(/(?<=")\.\/(chunk-\w+\.cjs)(?=")/g, (_, chunk) => called(chunk));
  const script = await transform(text, {
    format: 'cjs',
    supported: { 'dynamic-import': false },
    target: options.target,
    minifyWhitespace: true,
  });
  const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const ascii = script.code.replace(/[^\x00-\x7f]/g, escaped);
  return `${JSON.stringify(called(name))}(require,__dirname,module,exports){${ascii}}`;
}
