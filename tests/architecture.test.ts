// What holds the house up: who may import whom, how large a file may be, where the outer world and secrets are touched.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Folder → the folders that it may import besides itself. The table of docs/architecture.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'engine/language': [],
  'engine/inventory': ['engine/language'],
  'engine/signature': ['engine/language'],
  'engine/proof': ['engine/language', 'engine/signature'],
  'engine/module': ['engine/language', 'engine/proof', 'engine/signature'],
  'engine/event': ['engine/language'],
  'engine/transport': ['engine/language'],
  'engine/run': ['engine/language', 'engine/inventory', 'engine/module', 'engine/event', 'engine/transport'],
  'engine/audit': ['engine/event', 'engine/language', 'engine/signature'],
  'engine/view': ['engine/event', 'engine/language'],
  'engine/cli': [
    ...['engine/language', 'engine/inventory', 'engine/module', 'engine/event', 'engine/transport'],
    ...['engine/run', 'engine/audit', 'engine/view', 'engine/signature', 'engine/proof', 'modules'],
  ],
  modules: ['engine/module'],
};

/** A package that only these files or folders know. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  ora: ['engine/view/spinner.ts'],
  ssh2: ['engine/transport', 'engine/signature/private-key.ts'],
  commander: ['engine/cli'],
  handlebars: ['engine/language'],
  '@marcbachmann/cel-js': ['engine/language'],
  'age-encryption': ['engine/language'],
  re2js: ['engine/language/linear-pattern.ts'],
  yaml: ['engine/language', 'engine/inventory'],
};

/** Where a secret may turn into text: each of these hands it on only to contents, standard input, a key or a mask. */
const REVEALS = [
  'engine/cli/signer.ts',
  'engine/cli/secrets.ts',
  'engine/event/redact.ts',
  'engine/language/expression-value.ts',
  'engine/language/template-render.ts',
  'engine/module/content.ts',
  'engine/module/resources/user-want.ts',
  'engine/transport/become.ts',
  'engine/transport/identity-file.ts',
];

const sources = [...filesBelow('engine'), ...filesBelow('modules')]
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: read(path) }));

describe('imports', () => {
  test('each folder imports what its place allows', () => {
    const wrong = sources.flatMap(({ path, text }) => {
      const folder = folderOf(path);
      const allowed = MAY_IMPORT[folder];
      if (!allowed) return [`${path}: ${folder} has no rule`];
      return importsOf(text)
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.join(posix.dirname(path), name))
        .filter((target) => folderOf(target) !== folder && !allowed.includes(folderOf(target)))
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('a package that one folder wraps is imported nowhere else', () => {
    const wrong = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((name) => ONLY_IN[name]?.some((place) => path.startsWith(place)) === false)
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the rules are about folders that exist', () => {
    expect(Object.keys(MAY_IMPORT).filter((folder) => !sources.some(({ path }) => folderOf(path) === folder))).toEqual(
      [],
    );
  });
});

describe('files', () => {
  test('none has more than 300 lines', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  test('each opens by saying what it is for', () => {
    const mute = sources.filter(({ text }) => !/^(#!.*\n)?(\/\/ |\/\*\*)/.test(text)).map(({ path }) => path);
    expect(mute).toEqual([]);
  });

  test('each module is tested as a table', () => {
    const modules = readdirSync(join(ROOT, 'modules')).filter(
      (name) => name.endsWith('.ts') && !['index.ts', 'differences.ts'].includes(name),
    );
    const tests = filesBelow('tests/modules').filter((path) => path.endsWith('.test.ts'));
    const tested = new Set(tests.flatMap((path) => importsOf(read(path))).map((name) => posix.basename(name)));
    expect(modules.filter((name) => !tested.has(name))).toEqual([]);
  });
});

describe('code', () => {
  test('only the command line looks at the process around it', () => {
    const outer = /\bprocess\.(argv|env|exit|exitCode|cwd|chdir|stdin|stdout|stderr|on|getuid)\b/;
    expect(linesWith(outer).filter((line) => !line.startsWith('engine/cli/'))).toEqual([]);
  });

  test('a secret is revealed in few places', () => {
    expect(linesWith(/\.reveal\(/).filter((line) => !REVEALS.some((path) => line.startsWith(`${path}:`)))).toEqual([]);
  });

  test('a script for a host is ASCII: the build escapes what is not, and a shell would print the escape', () => {
    const foreign = sources.filter(({ text }) => /\bsh`(?!…`)[^`]*[^\x00-\x7f]/.test(text)).map(({ path }) => path);
    expect(foreign).toEqual([]);
  });

  test('a file of this machine is opened where it is seen what it is', () => {
    const opening = /\b(readFile|createReadStream|openSync)\(/;
    const own = ['engine/language/plain-file.ts', 'engine/audit/run-process.ts'];
    const lines = linesWith(opening).filter((line) => !/\.(readFile|createReadStream)\(|fs\.readFileSync/.test(line));
    expect(lines.filter((line) => !own.some((path) => line.startsWith(path)))).toEqual([]);
  });

  test('nothing is of the type any', () => {
    expect(linesWith(/(: |<|\bas )any\b(?! other)/)).toEqual([]);
  });
});

test('the tree names no machine that it was made on and no host of a package registry', () => {
  // In pieces, so that this file isn't found itself.
  const words = ['/work' + '/main', '/work' + '/shared', 'registry' + '.npm', 'npmjs' + '.org', 'deb.' + 'debian.org'];
  const found = filesBelow('.')
    .filter((path) => !/\.(png|ico|keyring|gz)$/.test(path))
    .flatMap((path) => words.filter((word) => read(path).includes(word)).map((word) => `${path}: ${word}`));
  expect(found).toEqual([]);
});

/** Lines of code, comments apart, as `path:line: text`. */
function linesWith(pattern: RegExp): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const code = line.replace(/^\s*(\/\/|\/?\*).*$/, '').replace(/ \/\/ .*$/, '');
      return pattern.test(code) ? [`${path}:${index + 1}: ${line.trim()}`] : [];
    }),
  );
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].flatMap(([, name]) => name ?? []);
}

/** `engine/run`, or `modules`. */
function folderOf(path: string): string {
  return path.split('/', path.startsWith('engine/') ? 2 : 1).join('/');
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** All files below a directory that belong to the project, relative to its root. */
function filesBelow(directory: string): string[] {
  const ignored = ['node_modules', 'dist', '.git', '.vrun', '.state', 'results'];
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    if (ignored.includes(entry.name)) return [];
    const path = relative('.', join(directory, entry.name));
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}
