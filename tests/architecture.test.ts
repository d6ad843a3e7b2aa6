// What holds the house up: who may import whom, how large a file may be, where the outer world and secrets are touched.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Room → the rooms that it may import besides itself: the table of docs/architecture.md, which is the only one. */
const MAY_IMPORT: ReadonlyMap<string, readonly string[]> = new Map(
  [...read('docs/architecture.md').matchAll(/^\| `([a-z/-]+)\/` *\| .* \| ([a-z/, –-]+?) *\|$/gm)].map(
    ([, room = '', imports = '']) => [
      room,
      imports === '–' ? [] : imports.split(', ').map((name) => (name === 'modules' ? name : `engine/${name}`)),
    ],
  ),
);

/** Modules that know more of the engine than the contract and the resources: what is signed about a build. */
const KNOW_PROOFS = ['modules/proof-verify', 'modules/release'];

/** What lies in modules/ and is about all of them. */
const ABOUT_ALL = ['index', 'listed'];

/** Files that import each other in a circle: a block's tasks may be blocks, and an include's file holds tasks. */
const RECURSION = ['block', 'include', 'task', 'tasks'].map((name) => `engine/language/read/${name}.ts`);

/** A package that only these files or folders know. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  ora: ['engine/view/terminal/spinner.ts'],
  ssh2: ['engine/transport', 'engine/signature/private-key.ts'],
  commander: ['engine/cli'],
  '@nats-io/jetstream': ['engine/dispatch/broker'],
  '@nats-io/kv': ['engine/dispatch/broker'],
  '@nats-io/transport-node': ['engine/dispatch/broker'],
  handlebars: ['engine/language'],
  '@marcbachmann/cel-js': ['engine/language'],
  'age-encryption': ['engine/language', 'engine/dispatch/seal'],
  '@nats-io/nkeys': ['engine/dispatch/broker', 'engine/dispatch/enrolment/nkey.ts'],
  'prom-client': ['engine/dispatch/metrics'],
  '@opentelemetry/api': ['engine/view/traces'],
  '@opentelemetry/exporter-trace-otlp-http': ['engine/view/traces'],
  '@opentelemetry/resources': ['engine/view/traces'],
  '@opentelemetry/sdk-trace-base': ['engine/view/traces'],
  re2js: ['engine/pattern/linear.ts'],
  yaml: ['engine/language', 'engine/inventory'],
};

/** Where a secret may turn into text: each of these hands it on only to contents, standard input, a key or a mask. */
const REVEALS = [
  'engine/cli/shared/signer.ts',
  'engine/cli/secrets/one-secret.ts',
  'engine/dispatch/enrolment/nkey.ts',
  'engine/dispatch/broker/connect.ts',
  'engine/dispatch/seal/run-key.ts',
  'engine/dispatch/wire/packed.ts',
  'engine/event/redact.ts',
  'engine/language/expression/value.ts',
  'engine/language/template/render.ts',
  'engine/module/content.ts',
  'modules/user/want.ts',
  'engine/transport/shell/become.ts',
  'engine/transport/ssh/identity-file.ts',
];

const sources = [...filesBelow('engine'), ...filesBelow('modules')]
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: read(path) }));

/** Who imports whom, file by file. */
const arrows: readonly (readonly [from: string, to: string])[] = sources.flatMap(({ path, text }) =>
  importsOf(text)
    .filter((name) => name.startsWith('.') && /\.(ts|awk|sh|cjs)$/.test(name))
    .map((name) => [path, posix.join(posix.dirname(path), name)] as const),
);

describe('imports', () => {
  test('each room imports what the table of docs/architecture.md allows', () => {
    const wrong = arrows.flatMap(([from, to]) =>
      roomOf(from) === roomOf(to) || MAY_IMPORT.get(roomOf(from))?.includes(roomOf(to))
        ? []
        : [`${from} imports ${to}`],
    );
    expect(wrong).toEqual([]);
  });

  test('the table is about rooms that exist, says all of what they import, and has no circle', () => {
    expect([...MAY_IMPORT.keys()].toSorted()).toEqual([...new Set(sources.map(({ path }) => roomOf(path)))].toSorted());
    const unused = [...MAY_IMPORT].flatMap(([room, imports]) =>
      imports
        .filter((other) => !arrows.some(([from, to]) => roomOf(from) === room && roomOf(to) === other))
        .map((other) => `${room} imports nothing of ${other}`),
    );
    expect(unused).toEqual([]);
    expect(
      circles([...MAY_IMPORT].flatMap(([room, imports]) => imports.map((other) => [room, other] as const))),
    ).toEqual([]);
  });

  test('files import each other in no circle, but for what is recursive itself', () => {
    expect(circles(arrows)).toEqual([RECURSION]);
  });

  test('a module imports the contract, the resources and its own folder, and never another module', () => {
    const wrong = arrows.filter(
      ([from, to]) =>
        moduleOf(from) !== undefined &&
        (moduleOf(to) === undefined ? to.startsWith('modules/') : moduleOf(to) !== moduleOf(from)),
    );
    expect(wrong).toEqual([]);
    const proofs = arrows.filter(([from, to]) => moduleOf(from) && to.startsWith('engine/proof/'));
    expect(proofs.filter(([from]) => !KNOW_PROOFS.some((module) => from.startsWith(`${module}/`)))).toEqual([]);
  });

  test('a package that one folder wraps is imported nowhere else', () => {
    const wrong = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((name) => ONLY_IN[name]?.some((place) => path.startsWith(place)) === false)
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
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
    const modules = readdirSync(join(ROOT, 'modules'))
      .map((name) => `${name.replace(/\..*/, '')}.ts`)
      .filter((name) => !ABOUT_ALL.includes(basename(name, '.ts')));
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

  test('a program for hosts that is more than a few lines is a file of its own', () => {
    const still = sources.filter(({ path }) => !path.startsWith('modules/prisma-migrate/'));
    const long = still.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:sh|String\.raw)`([^`]*)`/g)]
        .filter(([, script = '']) => script.split('\n').length > 20)
        .map(([start]) => `${path}: ${start.slice(0, 60)}`),
    );
    expect(long).toEqual([]);
    const rule = /^\s*(BEGIN|END|\$0 [!=]= .*|function \w+\(.*\)) \{/;
    const awks = still.filter(({ text }) =>
      [...text.matchAll(/\b(?:sh|String\.raw)`([^`]*)`/g)].some(
        ([, script = '']) => script.split('\n').length > 10 && script.split('\n').some((line) => rule.test(line)),
      ),
    );
    expect(awks.map(({ path }) => path)).toEqual([]);
  });

  test('shell text becomes a Script in one place, and from files of programs in another', () => {
    expect(linesWith(/\bscriptOfFile\(/).map((line) => line.replace(/:.*/, ''))).toEqual(['engine/base/script.ts']);
  });

  test('a file of this machine is opened where it is seen what it is', () => {
    const opening = /\b(readFile|createReadStream|openSync)\(/;
    const own = ['engine/base/plain-file.ts', 'engine/audit/run-process.ts'];
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

/** `engine/run/task`, or `modules` for every module. */
function roomOf(path: string): string {
  return path.startsWith('modules/') ? 'modules' : posix.dirname(path);
}

/** The module that a file belongs to; undefined for one that is about all modules, and outside of them. */
function moduleOf(path: string): string | undefined {
  const name = /^modules\/([^/.]+)/.exec(path)?.[1];
  return name === undefined || ABOUT_ALL.includes(name) ? undefined : name;
}

/** Sets of names that lead to each other, each sorted (Tarjan, "Depth-first search and linear graph algorithms", 1972). */
function circles(edges: readonly (readonly [from: string, to: string])[]): string[][] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (name: string): number => {
    const index = order.size;
    order.set(name, index);
    low.set(name, index);
    stack.push(name);
    for (const other of next.get(name) ?? []) {
      const reached = order.has(other) ? (stack.includes(other) ? (order.get(other) ?? index) : index) : visit(other);
      low.set(name, Math.min(low.get(name) ?? index, reached));
    }
    const lowest = low.get(name) ?? index;
    if (lowest === index) {
      const circle = stack.splice(stack.indexOf(name));
      if (circle.length > 1) found.push(circle.toSorted());
    }
    return lowest;
  };
  for (const name of next.keys()) if (!order.has(name)) visit(name);
  return found;
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
