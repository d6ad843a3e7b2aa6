// Programs that run on hosts are files: awk, shell and JavaScript beside the TypeScript that sends them, with tests of their own.
// `import EDIT from './edit.awk'` gives what is sent. Comments and indentation stay here: a host's shell reads its message
// byte by byte.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The oldest Node.js that JavaScript for hosts has to run on: npm 7 came with 15, and 14 knows the same syntax. */
const OLDEST_NODE = 'node14';

/** Described in build-programs.d.ts. */
export function sentText(path) {
  const text = readFileSync(path, 'utf8');
  if (/[^\n\t\x20-\x7e]/.test(text)) throw new Error(`${path}: a program for hosts is ASCII`);
  if (path.endsWith('.cjs')) return bundled(path);
  return text
    .replace(/^[ \t]*(#.*)?\n/gm, '')
    .replace(/^[ \t]+/gm, '')
    .trimEnd();
}

/** CommonJS as `node -e` reads it, with the files of its own that it requires. @param {string} path */
function bundled(path) {
  const options = {
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  };
  // In lines, since Node.js shows the line that throws.
  const { outputFiles } = buildSync({ ...options, target: OLDEST_NODE, minifyWhitespace: true, lineLimit: 100 });
  return outputFiles[0].text.trimEnd();
}

/** Described in build-programs.d.ts. */
export function programs(root) {
  const below = (folder, path) => path.startsWith(join(root, folder, '/'));
  // JavaScript of the engine's own is no program for hosts.
  const isOne = (path) =>
    below('modules', path) ? /\.(awk|sh|cjs)$/.test(path) : below('engine', path) && /\.(awk|sh)$/.test(path);
  const source = (path) => {
    const text = JSON.stringify(sentText(path));
    if (!path.endsWith('.sh')) return `export default ${text};\n`;
    const script = JSON.stringify(join(root, 'engine/base/script.ts'));
    return `import { scriptOfFile } from ${script};\nexport default scriptOfFile(${text});\n`;
  };
  return {
    esbuild: {
      name: 'programs',
      setup: ({ onLoad }) => {
        onLoad({ filter: /\.(awk|sh|cjs)$/ }, ({ path }) =>
          isOne(path) ? { contents: source(path), loader: 'js', watchFiles: [path] } : undefined,
        );
      },
    },
    vite: {
      name: 'programs',
      enforce: 'pre',
      load: (id) => (isOne(id) ? source(id) : undefined),
    },
  };
}
