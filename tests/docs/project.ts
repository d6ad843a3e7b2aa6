// A small project in a temporary directory, for the examples: what their names refer to is there.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { Writable } from 'node:stream';
import { runProgram } from '../../engine/cli/program.ts';
import type { Environment } from '../../engine/cli/shared/environment.ts';

/** Makes the directory and the files, by path. */
export function openProject(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-docs-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** Runs vrun from its sources, in this process. */
export function vrun(cwd: string, ...argv: readonly string[]): Promise<Ended> {
  return vrunWith({}, cwd, ...argv);
}

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The same in a world that differs. */
export async function vrunWith(world: Partial<Environment>, cwd: string, ...argv: readonly string[]): Promise<Ended> {
  const stdout = collector();
  const stderr = collector();
  const environment: Environment = {
    cwd,
    home: cwd,
    user: 'reader',
    machine: 'docs',
    variables: { NO_COLOR: '1' },
    stdin: process.stdin,
    stdout,
    stderr,
    onInterrupt: () => () => undefined,
    ...world,
  };
  const status = await runProgram(
    argv.map((word) => (word.endsWith('.yml') && !isAbsolute(word) ? join(cwd, word) : word)),
    environment,
  );
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { text: () => chunks.join('') });
}

/** The files that a runbook's tasks name with `src`, `template`, `include_tasks` or as a script, as stand-ins. */
export function namedFiles(runbook: string): Record<string, string> {
  const named = [
    ...runbook.matchAll(/\b(?:src|template|include_tasks|vars_files|manifest|script: \{ cmd): *\[?([\w./-]+\.\w+)/g),
    ...[...runbook.matchAll(/\bsrc: *([\w./-]+\/)(?=[\s,}])/g)].map(([, path]) => ['', `${path}stand-in.txt`]),
    ...runbook.matchAll(/\b(?:allowed_signers|signed_by): *([\w./-]+)/g),
  ];
  return Object.fromEntries(
    named.flatMap(([, path = '']) => {
      if (path.endsWith('.hbs')) return [[`templates/${path}`, 'stand-in\n']];
      if (path.endsWith('.yml')) return [[path, '- name: Stand-in\n  debug: { msg: stand-in }\n']];
      return [[`files/${path}`, 'stand-in\n']];
    }),
  );
}
