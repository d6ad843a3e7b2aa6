// A project in a temporary directory and the built command line run in it as a child process.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event, HostTotals } from '../../../engine/event/event.ts';

/** The built command line; `npm run build` makes it. */
export const VRUN = process.env.VRUN_BIN ?? fileURLToPath(new URL('../../../dist/vrun.js', import.meta.url));

/** The repository's own runbooks. */
export const RUNBOOKS = fileURLToPath(new URL('../../../runbooks/', import.meta.url));

/** What one run of the command line said. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** With `--output json`. */
  readonly events: readonly Event[];
  totals(host: string): HostTotals;
  /** Names of a host's tasks and handlers that ended so; items of loops left out. */
  named(host: string, ...statuses: readonly string[]): readonly string[];
}

export class LabProject {
  readonly directory = mkdtempSync(join(tmpdir(), 'vrun-must-'));

  /** `files` by path. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): string {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The entries of the record's chain, absolute, in order. */
  entries(): readonly string[] {
    const log = join(this.directory, '.vrun/log');
    return readdirSync(log)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(log, name));
  }

  /** The journals of all runs, oldest first. */
  journals(): readonly string[] {
    const runs = join(this.directory, '.vrun/runs');
    return readdirSync(runs)
      .sort()
      .map((id) => join(runs, id, 'journal.jsonl'));
  }

  /** The reports of all runs, oldest first. */
  reports(): readonly string[] {
    return this.journals().map((journal) => join(dirname(journal), 'report.md'));
  }

  /** The text of every file that runs have left in the project. */
  everything(): string {
    const files = readdirSync(this.directory, { recursive: true, withFileTypes: true });
    return files
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
  }

  /** Runs vrun to its end. */
  async vrun(...args: readonly string[]): Promise<Said> {
    const child = this.start(args);
    const output = outputOf(child);
    const status = await exitOf(child);
    return said(status, await output.stdout, await output.stderr);
  }

  /** Runs `vrun … --output json`. */
  json(...args: readonly string[]): Promise<Said> {
    return this.vrun(...args, '--output', 'json');
  }

  /** Starts vrun; standard input is empty. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const environment: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...env };
    delete environment.SSH_AUTH_SOCK;
    return spawn(process.execPath, [VRUN, ...args], {
      cwd: this.directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

/** Everything that a child prints. */
export function outputOf(child: ChildProcess): { stdout: Promise<string>; stderr: Promise<string> } {
  const read = async (stream: ChildProcess['stdout']) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream ?? []) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return { stdout: read(child.stdout), stderr: read(child.stderr) };
}

/** The exit status; 128 and more for a signal. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on('close', (status, signal) => resolve(signal === null ? (status ?? 255) : 128));
  });
}

function said(status: number, stdout: string, stderr: string): Said {
  const events: Event[] = stdout.split('\n').flatMap((line) => (line.startsWith('{"') ? [JSON.parse(line)] : []));
  const last = events.findLast((event) => event.type === 'run.finished');
  return {
    status,
    stdout,
    stderr,
    events,
    totals: (host) => {
      const totals = last?.hosts[host];
      if (!totals) throw new Error(`no totals of ${host}:\n${stderr}\n${stdout}`);
      return totals;
    },
    named: (host, ...statuses) =>
      events.flatMap((event) =>
        (event.type === 'task.finished' || event.type === 'handler.finished') &&
        event.host === host &&
        event.item === undefined &&
        statuses.includes(event.status)
          ? [event.task.name]
          : [],
      ),
  };
}

/** Waits until `condition` holds, looking every 20 ms. @throws when it doesn't within `seconds` */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
