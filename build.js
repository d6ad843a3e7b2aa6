// Bundles the command line into dist/: one file starts in a fraction of the time that hundreds take.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['engine/cli/main.ts'],
  outfile: 'dist/main.cjs',
  bundle: true,
  platform: 'node',
  // A script, and not a module: only of a script can V8's code be kept. Modules that are imported with `import()` are
  // in the same file and run when they are first wanted.
  format: 'cjs',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  define: { VRUN_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
  // ssh2 looks for native parts that it can do without.
  external: ['cpu-features', '*.node'],
  plugins: [
    {
      // ssh2's agents for HTTP over SSH, which nobody here uses, would load all of node:http and node:https.
      name: 'without-http',
      setup: ({ onLoad }) => {
        onLoad({ filter: /ssh2\/lib\/http-agents\.js$/ }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
      },
    },
  ],
  // launch.js calls it as a function with these two.
  banner: { js: '(function (require, __dirname) {' },
  footer: { js: '})' },
});
copyFileSync(join(root, 'engine/cli/launch.js'), join(dist, 'vrun.js'));
chmodSync(join(dist, 'vrun.js'), 0o755);
execFileSync(process.execPath, [join(root, 'build-cache.js')], { stdio: ['ignore', 'ignore', 'inherit'] });
