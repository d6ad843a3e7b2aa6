// vrun from its sources in this process, at a terminal made of streams, in a directory of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { runProgram } from '../../engine/cli/program.ts';
import type { Environment } from '../../engine/cli/shared/environment.ts';

export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TerminalOptions {
  /** What is typed, a line each time that something is asked. Undefined: there is no terminal. */
  readonly typed?: readonly string[];
  /** How wide what is printed may be. Undefined: it goes elsewhere. */
  readonly columns?: number;
}

/** A directory with files in it, and vrun in it. */
export class Directory {
  readonly path = mkdtempSync(join(tmpdir(), 'vrun-cli-'));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  /** Runs one command line. */
  async vrun(argv: readonly string[], { typed, columns }: TerminalOptions = {}): Promise<Said> {
    const lines = [...(typed ?? [])];
    const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, setRawMode: () => stdin });
    const stdout = Object.assign(
      collector(() => undefined),
      columns === undefined ? {} : { columns },
    );
    const stderr = collector((text) => {
      if (/: $|\] $/.test(text) && lines.length > 0) stdin.write(`${lines.shift()}\n`);
    });
    const environment = {
      cwd: this.path,
      home: this.path,
      user: 'operator',
      machine: 'here',
      variables: { NO_COLOR: '1' },
      // The streams of a terminal have more to them that nothing here looks at.
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout,
      stderr,
      onInterrupt: () => () => undefined,
    } satisfies Environment;
    // Runbooks are read from where this process is.
    const placed = argv.map((word) => (word.endsWith('.yml') ? join(this.path, word) : word));
    const status = await runProgram(placed, environment);
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  }
}

function collector(heard: (text: string) => void) {
  let all = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      all += String(chunk);
      heard(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { text: () => all });
}
