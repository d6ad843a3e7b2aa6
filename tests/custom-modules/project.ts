// A project with modules of its own in a temporary directory, and the built vrun in it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built command line. */
export const VRUN = fileURLToPath(new URL('../../dist/vrun.js', import.meta.url));

/** Keeps a greeting in a file. */
export const HELLO = `import { Content, defineModule, Missing, pathThing, sh, Type } from 'vrun';

export default defineModule({
  name: 'hello',
  summary: 'Keep a greeting in a file',
  params: Type.Object({
    path: Type.String({ description: 'The file' }),
    greeting: Type.String({ default: 'Hello', minLength: 1, description: 'What is in it' }),
  }),
  results: Type.Object({ words: Type.Integer({ description: 'How many words there are' }) }),
  probe: (want) => sh\`cat \${want.path} 2>/dev/null || true\`,
  parse: (out) => out.stdout.trim(),
  about: ({ path }) => pathThing(path),
  plan: (have, want) => {
    const result = { words: want.greeting.split(' ').length };
    if (have === want.greeting) return { changes: [], result };
    const write = { path: want.path, content: Content.of(\`\${want.greeting}\\n\`) };
    return { changes: [{ op: '~', what: want.path, from: have, to: want.greeting, steps: [{ write }] }], result };
  },
});
`;

/**
 * What gives a program a /run of its own: there is the lock of root's runs on this machine, and other tests run on it too.
 * Whoever isn't root has the lock in a home, here the project.
 */
const APART =
  spawnSync('unshare', ['--mount', 'true']).status === 0
    ? ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /run && exec "$@"', 'sh']
    : [];

/** One play on this machine with these tasks. */
export function runbook(tasks: string): string {
  return `- name: Here\n  hosts: localhost\n  connection: local\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`;
}

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Project {
  readonly path = mkdtempSync(join(tmpdir(), 'vrun-custom-'));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries({ 'vrun.yml': '', ...files })) this.write(name, text);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  vrun(...args: readonly string[]): Said {
    return this.node([VRUN, ...args]);
  }

  /** Runs this Node with a script and its arguments. */
  node(args: readonly string[], input = ''): Said {
    // Vitest's own options of Node are none of theirs.
    const env = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', HOME: this.path };
    const [program = '', ...words] = [...APART, process.execPath, ...args];
    const { status, stdout, stderr } = spawnSync(program, words, { cwd: this.path, env, input, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
