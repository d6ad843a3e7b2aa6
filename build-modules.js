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
export function listedModules(root, validatorOf) {
  const entriesOf = () => modulesIn(root).map(({ name, path }) => ({ name, file: join(root, path) }));
  const { vite } = listing('vrun:modules', entriesOf, (value) => `() => ${value}`);
  const loaderOf = ({ name, file }) =>
    validatorOf
      ? `adopted(${required(file)}.default, () => ${required(validatorOf(name))})`
      : `${required(file)}.default`;
  const source = () => {
    const pairs = entriesOf().map((entry) => `[${JSON.stringify(entry.name)}, () => ${loaderOf(entry)}]`);
    return `${validatorOf ? adopting(root) : ''}export const listed = new Map([${pairs.join(',\n')}]);\n`;
  };
  return { vite, esbuild: virtual('vrun:modules', source) };
}

/** A function that gives a module its validator. */
function adopting(root) {
  return `import { adoptValidator } from ${JSON.stringify(join(root, 'engine/language/parameters/schema.ts'))};
const adopted = (module, validator) => {
  adoptValidator(module.params, validator);
  return module;
};
`;
}

/** What is required is evaluated by then, and not before: that is what keeps a run from evaluating every module. */
function required(file) {
  return `require(${JSON.stringify(file)})`;
}

/** Described in build-modules.d.ts. */
export function listing(name, entriesOf, entry = (value) => value) {
  const source = () => {
    const entries = entriesOf();
    const imports = entries.map(({ file }, index) => `import m${index} from ${JSON.stringify(file)};\n`);
    const pairs = entries.map((one, index) => `[${JSON.stringify(one.name)}, ${entry(`m${index}`)}]`);
    return `${imports.join('')}export const listed = new Map([${pairs.join(', ')}]);\n`;
  };
  return {
    esbuild: virtual(name, source),
    vite: {
      name,
      resolveId: (id) => (id === name ? `\0${name}` : undefined),
      load: (id) => (id === `\0${name}` ? source() : undefined),
    },
  };
}

/** A module that is no file, for esbuild. */
function virtual(name, source) {
  return {
    name,
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      onLoad({ filter: /./, namespace: name }, () => ({ contents: source(), resolveDir: '/' }));
    },
  };
}
