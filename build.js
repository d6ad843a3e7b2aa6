// Bundles the command line into dist/vrun.js: one file starts in a fraction of the time that hundreds take.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

rmSync(new URL('dist', import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['engine/cli/main.ts'],
  outfile: 'dist/vrun.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: 'linked',
  sourcesContent: false,
  define: { VRUN_VERSION: JSON.stringify(version) },
  // ssh2 looks for native parts that it can do without, and CommonJS packages want `require`.
  external: ['cpu-features', '*.node'],
  banner: {
    js: "import { createRequire as vrunRequire } from 'node:module';\nconst require = vrunRequire(import.meta.url);\nconst __dirname = import.meta.dirname;",
  },
});
chmodSync(new URL('dist/vrun.js', import.meta.url), 0o755);
