// The shipped runbooks on borrowed hosts, with builds of the lab's application: as a user runs them, and a look from outside.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { BuiltApp } from '../app-build.js';
import { ACME, address, borrow, exec, inventoryFile } from '../lab-api.js';
import { LabProject, RUNBOOKS, type Said } from './project.ts';

/** The repository's inventory of the lab: its group variables hold for borrowed hosts, too. */
const LAB_INVENTORY = fileURLToPath(new URL('../../../inventory/lab', import.meta.url));

export class Platform {
  readonly project = new LabProject();
  readonly hosts: readonly string[];
  readonly #inventory: string;
  readonly #release: () => void;

  private constructor(hosts: readonly string[], inventory: string, release: () => void) {
    this.hosts = hosts;
    this.#inventory = inventory;
    this.#release = release;
  }

  /** Clean hosts that nobody else has. */
  static async borrow(count: number): Promise<Platform> {
    const { names, release } = await borrow(count);
    return new Platform(names, await inventoryFile(names), release);
  }

  end(): void {
    this.#release();
    this.project.remove();
  }

  /** The arguments of a run of a shipped runbook on the borrowed hosts. */
  args(runbook: string, build?: Pick<BuiltApp, 'out'>): readonly string[] {
    const place = build ? ['-e', `build=${build.out}`] : [];
    return [join(RUNBOOKS, runbook), '-i', LAB_INVENTORY, '-i', this.#inventory, '-l', this.hosts.join(','), ...place];
  }

  /** Runs a shipped runbook to its end. */
  run(runbook: string, build?: Pick<BuiltApp, 'out'>, ...options: readonly string[]): Promise<Said> {
    return this.project.json(...this.args(runbook, build), ...options);
  }
}

/** A runbook on a host: the dry run foresees what the run does, and a second run finds nothing left to do, in one message. @returns the run */
export async function converges(
  platform: Platform,
  host: string,
  runbook: string,
  build?: Pick<BuiltApp, 'out'>,
  ...options: readonly string[]
): Promise<Said> {
  const dry = await platform.run(runbook, build, '--check', ...options);
  expect(dry.status, why(dry)).toBe(0);
  const run = await platform.run(runbook, build, ...options);
  expect(run.status, why(run)).toBe(0);
  expect(lies(dry, run, host)).toEqual([]);
  const again = await platform.run(runbook, build, ...options);
  expect(again.totals(host), why(again)).toMatchObject({ changed: 0, messages: 1 });
  return run;
}

/** What a request from this machine over HTTPS gets, the certificate checked against the ACME server's root. */
export async function visit(host: string, path: string, ...options: readonly string[]): Promise<string> {
  const name = `${host}.lab.test`;
  const curl = ['--silent', '--show-error', '--max-time', '10', '--cacert', ACME.rootFile];
  const to = ['--resolve', `${name}:443:${address(host)}`, `https://${name}${path}`];
  const { stdout, stderr } = await command('curl', [...curl, ...options, ...to]);
  return stdout + stderr;
}

/** Runs a program of this machine to its end, whatever its status. */
export function command(file: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(file, args, { maxBuffer: 1 << 26 }, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

/** What a command prints on a host, as root and past vrun. */
export async function look(host: string, script: string): Promise<string> {
  const { stdout } = await exec(host, script);
  return stdout.trim();
}

/** The last mark of each line of the checklist, over all hosts. */
export function marks({ events }: Said): Readonly<Record<string, string>> {
  return Object.fromEntries(
    events.flatMap((event) =>
      event.type === 'checklist.changed' && event.host === null ? [[event.line, event.mark] as const] : [],
    ),
  );
}

/** Names of what a dry run called changed that the run didn't change, and of what the run changed unforeseen. */
export function lies(dry: Said, run: Said, host: string): readonly string[] {
  const foreseen = dry.named(host, 'changed');
  const possible = new Set(dry.named(host, 'changed', 'unknown'));
  const changed = run.named(host, 'changed');
  return [
    ...foreseen.filter((name) => !changed.includes(name)).map((name) => `not done: ${name}`),
    ...changed.filter((name) => !possible.has(name)).map((name) => `not foreseen: ${name}`),
  ];
}

/** What failed in a run, a line each: what an unexpected exit status is explained with. */
export function why({ events, stderr }: Said): string {
  const failures = events.flatMap((event) =>
    (event.type === 'task.finished' || event.type === 'handler.finished') && event.failure
      ? [`${event.host}: ${event.task.name}: ${event.failure.summary} ${event.failure.detail ?? ''}`]
      : [],
  );
  return [...failures, stderr].join('\n');
}
