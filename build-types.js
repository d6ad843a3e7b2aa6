// The types of what `import … from 'vrun'` gives: the declarations of engine/library/index.ts and all that they name, with those of
// TypeBox among them, so that the package needs no other.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Where the declarations begin. */
const ENTRY = 'engine/library/index.d.ts';

/**
 * Writes `to/engine/library/index.d.ts` and whatever it needs. Nothing is checked: `npm run typecheck` does.
 * @param {string} root  the project
 * @param {string} to  a directory that isn't there yet
 * @throws Error where a declaration names a package whose types aren't brought along
 */
export function writeTypes(root, to) {
  const made = mkdtempSync(join(tmpdir(), 'vrun-types-'));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', join(root, 'tsconfig.types.json'), '--outDir', made]);
  const typebox = join(root, 'node_modules/typebox/build');
  const place = (/** @type {string} */ path) => join(to, path.replace(/^typebox:/, 'typebox/'));
  const read = (/** @type {string} */ path) =>
    readFileSync(path.startsWith('typebox:') ? join(typebox, path.slice('typebox:'.length)) : join(made, path), 'utf8');
  const known = new Set([ENTRY]);
  for (const path of known) {
    const text = read(path).replace(/\b(from |import\()(['"])([^'"]+)\2/g, (whole, before, quote, name) => {
      if (name.startsWith('node:')) return whole;
      const target = targetOf(path, name);
      known.add(target);
      const near = relative(dirname(place(path)), place(target)).replace(/\.d\.([cm]?)ts$/, '.$1js');
      return `${before}${quote}${near.startsWith('.') ? near : `./${near}`}${quote}`;
    });
    mkdirSync(dirname(place(path)), { recursive: true });
    writeFileSync(place(path), text);
  }
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }\n');
  rmSync(made, { recursive: true });
}

/**
 * The declaration that `path` means by `name`.
 * @param {string} path
 * @param {string} name
 */
function targetOf(path, name) {
  if (name === 'typebox') return 'typebox:index.d.mts';
  if (!name.startsWith('.'))
    throw new Error(`${path} names the types of ${name}, which the package doesn't bring along`);
  const [, space = '', own = ''] = /^(typebox:)?(.*)$/.exec(path) ?? [];
  return space + join(dirname(own), name).replace(/\.(m?)[jt]s$/, '.d.$1ts');
}
