// What a new module of a project begins with: one that lints, runs and passes its test.

/** Paths below the project, and what is in them. */
export function moduleFiles(name: string): Readonly<Record<string, string>> {
  return {
    [`modules/${name}.js`]: `// What is to hold, how a host is read, and what would have to change. \`vrun doc ${name}\` describes it.
import { Content, defineModule, pathThing, sh, Type } from 'vrun';

export default defineModule({
  name: '${name}',
  summary: 'Keep a line in a file of its own',
  example: \`
- name: A greeting
  ${name}: { path: /tmp/greeting, line: Hello }
\`,
  params: Type.Object({
    path: Type.String({ pattern: '^/', description: 'The file' }),
    line: Type.String({ minLength: 1, description: 'What is in it' }),
  }),

  // Reads only, with what every POSIX system has. Each \${} is one word of the shell.
  probe: (want) => sh\`[ ! -e \${want.path} ] || cat \${want.path}\`,

  // From what was printed to what is there.
  parse: (out) => {
    if (out.status !== 0) throw new Error(\`the file can't be read: \${out.stderr.trim()}\`);
    return out.stdout;
  },

  // What the task may change: a dry run then knows what later tasks can't rely on.
  about: ({ path }) => pathThing(path),

  // From what is there to what would have to change, and nothing else: the dry run and the run both ask here.
  plan: (have, want) => {
    if (have === \`\${want.line}\\n\`) return { changes: [] };
    const steps = [{ write: { path: want.path, content: Content.of(\`\${want.line}\\n\`) } }];
    return { changes: [{ op: '~', what: \`file \${want.path}\`, from: have.trimEnd(), to: want.line, steps }] };
  },
});
`,

    [`modules/${name}.test.js`]: `// What a host says, what is wanted → what would be changed. \`node --test\` runs it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse } from 'vrun';
import module from './${name}.js';

const params = { path: '/tmp/greeting', line: 'Hello' };

const rows = [
  ['no file', '', ['~ file /tmp/greeting:  → Hello', '  > /tmp/greeting - "Hello\\\\n"']],
  ['another line', 'Bye\\n', ['~ file /tmp/greeting: Bye → Hello', '  > /tmp/greeting - "Hello\\\\n"']],
  ['the same line', 'Hello\\n', []],
];

for (const [title, stdout, changes] of rows) {
  test(title, () => assert.deepEqual(rehearse(module, { params, output: { stdout } }), changes));
}

test('a path from where nobody knows', () => {
  assert.throws(() => rehearse(module, { params: { ...params, path: 'greeting' } }), { name: 'ProblemError' });
});
`,
  };
}
