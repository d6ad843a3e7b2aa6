// Lists that are folders: `vrun:modules` is made of what lies in `modules/`, for the bundle and for the tests.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What lies in `modules/` and is no module. */
const OTHERS = ['index.ts', 'listed.d.ts'];

/** Described in build-modules.d.ts. */
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

/** Described in build-modules.d.ts. */
export function listedModules(root) {
  return listing('vrun:modules', () => modulesIn(root).map(({ name, path }) => ({ name, file: join(root, path) })));
}

/** Described in build-modules.d.ts. */
export function listing(name, entriesOf) {
  const source = () => {
    const entries = entriesOf();
    const imports = entries.map(({ file }, index) => `import m${index} from ${JSON.stringify(file)};\n`);
    const pairs = entries.map((entry, index) => `[${JSON.stringify(entry.name)}, m${index}]`);
    return `${imports.join('')}export const listed = new Map([${pairs.join(', ')}]);\n`;
  };
  return {
    esbuild: {
      name,
      setup: ({ onResolve, onLoad }) => {
        onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
        onLoad({ filter: /./, namespace: name }, () => ({ contents: source(), resolveDir: '/' }));
      },
    },
    vite: {
      name,
      resolveId: (id) => (id === name ? `\0${name}` : undefined),
      load: (id) => (id === `\0${name}` ? source() : undefined),
    },
  };
}
