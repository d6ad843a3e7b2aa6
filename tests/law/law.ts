// The law of the dry run, held on a real host through the real command line: what the dry run calls changed, the run
// changes; a second run and a second dry run find nothing to do; and the host is asserted by commands that aren't vrun's.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { exec } from '../lab/lab-api.js';
import { lent } from '../lab/lent.ts';

/** The built command line; `npm run build` makes it. */
export const VRUN = process.env.VRUN_BIN ?? fileURLToPath(new URL('../../dist/vrun.js', import.meta.url));

export interface Situation {
  readonly title: string;
  /** Brings the host there, as root. */
  readonly given?: string;
  /** The tasks that have something to change, by name; in a dry run as in a run. */
  readonly changed: readonly string[];
}

export interface Law {
  readonly title: string;
  /** YAML: the list of tasks, each with a name. They run with become. */
  readonly tasks: string;
  /** Files beside the runbook, by path: `files/x`, `templates/y.hbs`. */
  readonly files?: Readonly<Record<string, LocalFile>>;
  /** One after the other on the same host; the first finds a clean one. */
  readonly situations: readonly Situation[];
  /** A command run as root on the host whose output shows the state … */
  readonly observe: string;
  /** … and what it prints once the tasks have run. */
  readonly observed: string;
  /** Messages to a host that is as it should be, where a task has to know what one before it has read: 1 otherwise. */
  readonly messages?: number;
  /** Tasks that act each time, by name: changed in every run. */
  readonly acts?: readonly string[];
}

export type LocalFile = string | Uint8Array | { readonly text: string; readonly mode: number };

/** What the command line said. */
export interface Said {
  readonly status: number;
  /** Names of tasks by their status, in order. */
  readonly tasks: readonly { readonly name: string; readonly status: string; readonly failure: string | undefined }[];
  readonly messages: number;
  readonly output: string;
}

/** A suite of laws on one borrowed host, in order. */
export function laws(title: string, cases: readonly Law[]): void {
  describeLab(`the law of the dry run: ${title}`, () => {
    const lab = lent();
    for (const law of cases) {
      describe(law.title, () => {
        for (const situation of law.situations) {
          test(situation.title, () => hold(law, situation, lab.host, lab.inventory));
        }
      });
    }
  });
}

async function hold(law: Law, situation: Situation, host: string, inventory: string): Promise<void> {
  const observe = async () => {
    const { stdout, stderr } = await exec(host, law.observe);
    return stdout + stderr;
  };
  const project = openProject(law.tasks, law.files);
  try {
    if (situation.given) await given(host, situation.given);
    const before = await observe();
    const dry = await vrun(project, inventory, '--check');
    expect(changedIn(dry), dry.output).toEqual(situation.changed);
    expect(await observe(), 'a dry run changes nothing').toBe(before);

    const run = await vrun(project, inventory);
    expect(changedIn(run), run.output).toEqual(situation.changed);
    expect(await observe(), run.output).toBe(law.observed);

    const again = await vrun(project, inventory);
    expect(changedIn(again), again.output).toEqual(law.acts ?? []);
    if (!law.acts) expect(again.messages).toBe(law.messages ?? 1);
    const dryAgain = await vrun(project, inventory, '--check');
    expect(changedIn(dryAgain), dryAgain.output).toEqual(law.acts ?? []);
    expect(await observe()).toBe(law.observed);
  } finally {
    rmSync(project, { recursive: true });
  }
}

async function given(host: string, script: string): Promise<void> {
  const { status, stderr } = await exec(host, script);
  expect(status, stderr).toBe(0);
}

/** A directory with a runbook `site.yml` of one play over all hosts. */
export function openProject(tasks: string, files: Readonly<Record<string, LocalFile>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-law-'));
  const indented = tasks.trim().replaceAll(/^(?=.)/gm, '    ');
  const runbook = `- name: Law\n  hosts: all\n  become: true\n  tasks:\n${indented}\n`;
  for (const [path, file] of Object.entries({ ...files, 'site.yml': runbook })) {
    const { text, mode } = typeof file === 'object' && 'mode' in file ? file : { text: file, mode: 0o644 };
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    chmodSync(join(directory, path), mode);
  }
  return directory;
}

/** Runs the command line on the project's runbook. A task that failed is in `failure`, and its status is 2. */
export async function vrun(project: string, inventory: string, ...options: readonly string[]): Promise<Said> {
  const args = [VRUN, 'site.yml', '-i', inventory, '--output', 'json', ...options];
  const { status, stdout, stderr } = await spawned(args, project);
  const events = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const finished = events.filter((event) => event.type === 'task.finished' && event.item === undefined);
  const last = events.find((event) => event.type === 'run.finished');
  return {
    status,
    tasks: finished.map((event) => ({ name: event.task.name, status: event.status, failure: event.failure?.summary })),
    messages: Math.max(0, ...Object.values<{ messages: number }>(last?.hosts ?? {}).map((totals) => totals.messages)),
    output: `${args.join(' ')}\n${stderr}${stdout}`,
  };
}

function spawned(args: string[], cwd: string): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error?.code;
      resolve({ status: typeof code === 'number' ? code : error ? 255 : 0, stdout, stderr });
    });
  });
}

/** The changed tasks; any other status than ok, changed or skipped is shown with it. */
function changedIn(said: Said): readonly string[] {
  if (said.status !== 0) return [`exit status ${said.status}`];
  return said.tasks.flatMap(({ name, status }) => {
    if (status === 'changed') return [name];
    return status === 'ok' || status === 'skipped' ? [] : [`${name}: ${status}`];
  });
}
