// The list of modules is the folder `modules/`: `vrun:modules` is made of what lies there, for the bundle and for the tests.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'vrun:modules';
/** What lies in the folder and is no module. */
const OTHERS = ['index.ts', 'shipped.d.ts'];

/**
 * Where each module is: `modules/NAME.ts`, or `modules/NAME/NAME.ts`.
 * @param {string} root  the project
 * @returns {readonly { name: string, path: string }[]}  by name; paths are relative to `root`
 */
export function modulesIn(root) {
  return readdirSync(join(root, 'modules'))
    .filter((entry) => !OTHERS.includes(entry))
    .map((entry) => entry.replace(/\.ts$/, ''))
    .sort()
    .map((name) => {
      const own = `modules/${name}/${name}.ts`;
      return { name, path: existsSync(join(root, own)) ? own : `modules/${name}.ts` };
    });
}

/**
 * @param {string} root
 * @returns {string}  JavaScript whose imports are absolute
 */
function source(root) {
  const found = modulesIn(root);
  const imports = found.map(({ path }, index) => `import m${index} from ${JSON.stringify(join(root, path))};\n`);
  return `${imports.join('')}export const shipped = [${found.map((_, index) => `m${index}`).join(', ')}];\n`;
}

/**
 * For esbuild.
 * @param {string} root
 * @returns {import('esbuild').Plugin}
 */
export function listedModules(root) {
  return {
    name: 'listed-modules',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: new RegExp(`^${NAME}$`) }, () => ({ path: NAME, namespace: 'listed-modules' }));
      onLoad({ filter: /./, namespace: 'listed-modules' }, () => ({ contents: source(root), resolveDir: root }));
    },
  };
}

/**
 * The same for Vite.
 * @param {string} root
 * @returns {import('vite').Plugin}
 */
export function listedModulesForVite(root) {
  return {
    name: 'listed-modules',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? source(root) : undefined),
  };
}
