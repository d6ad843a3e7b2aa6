// Two equal hosts: on one of them Ansible acts, on the other vrun.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Problem } from '../../engine/language/problem/problem.ts';
import { LabEngine, readProject } from '../law/generated/engine.ts';
import { broughtHere, broughtThere } from './brought.ts';
import {
  type Outcome,
  PHASES,
  type Phase,
  type PhaseName,
  type Side,
  type Subject,
  type Task,
  type Trial,
  VARIABLES,
} from './trial.ts';
import { Worker } from './worker.ts';

const PROJECT = '/run/differential/project';

/** A task that vrun doesn't begin with, since it finds a problem before the first connection. */
export interface Refusal {
  readonly task: Task;
  readonly problems: readonly Problem[];
  /** What Ansible makes of it alone. */
  readonly ansible: Readonly<Record<'dry' | 'run', Outcome>>;
}

export interface Tried {
  readonly given: string;
  readonly refused: readonly Refusal[];
  /** The other tasks, one after the other. */
  readonly tasks: readonly Task[];
  readonly ansible: Side;
  readonly vrun: Side;
}

export class Pair {
  /** Where Ansible acts. */
  readonly ansible: Worker;
  readonly #other: Worker;
  readonly #engine: LabEngine;
  readonly #host: string;

  private constructor(ansible: Worker, other: Worker, host: string) {
    this.ansible = ansible;
    this.#other = other;
    this.#host = host;
    this.#engine = new LabEngine([host]);
  }

  /** @param first where Ansible acts @param second where vrun does */
  static async on(first: string, second: string): Promise<Pair> {
    const [ansible, other] = await Promise.all([
      Worker.on(first, { ansible: true }),
      Worker.on(second, { ansible: false }),
    ]);
    return new Pair(ansible, other, second);
  }

  async close(): Promise<void> {
    this.ansible.close();
    this.#other.close();
    await this.#engine.close();
  }

  /** Takes away what trials of a module have left, so that others don't meet it. */
  async leave({ reset }: Subject): Promise<void> {
    await Promise.all([this.ansible.shell(reset), this.#other.shell(reset)]);
  }

  /** Tries tasks on both sides: dry run, run, and run again. */
  async run(subject: Subject, trial: Trial): Promise<Tried> {
    const directory = mkdtempSync(join(tmpdir(), 'vrun-differential-'));
    try {
      const { tasks, refused } = await this.#sorted(directory, subject, trial);
      const [ansible, vrun] = await Promise.all([
        this.#byAnsible(subject, trial, tasks),
        this.#byVrun(subject, trial, tasks.length, directory),
      ]);
      return { given: trial.given, refused, tasks, ansible, vrun };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Which tasks vrun begins with, and which not, whose problems stand in the way of all others. */
  async #sorted(directory: string, subject: Subject, trial: Trial): Promise<Pick<Tried, 'tasks' | 'refused'>> {
    const problemsOf = (some: readonly Task[]) => this.#problemsOf(directory, subject, trial, some);
    if ((await problemsOf(trial.tasks)).length === 0) return { tasks: trial.tasks, refused: [] };
    const tasks: Task[] = [];
    const refused: Refusal[] = [];
    for (const task of trial.tasks) {
      const problems = await problemsOf([...tasks, task]);
      if (problems.length === 0) tasks.push(task);
      else refused.push({ task, problems, ansible: await this.#alone(subject, trial, task) });
    }
    await problemsOf(tasks); // this is what is run
    return { tasks, refused };
  }

  /** Writes the project, and gives the problems that keep vrun from beginning. */
  async #problemsOf(
    directory: string,
    { translate = (task) => task }: Subject,
    { files }: Trial,
    tasks: readonly Task[],
  ): Promise<readonly Problem[]> {
    const named = tasks.map((task, index) => ({ name: String(index), ...translate(task), ignore_errors: true }));
    const play = { name: 'Trial', hosts: 'all', vars: VARIABLES, tasks: named };
    const all = { ...files, 'site.yml': JSON.stringify([play]), 'hosts.yml': `all: { hosts: { ${this.#host}: } }` };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return (await readProject(directory)).errors;
  }

  async #alone(subject: Subject, trial: Trial, task: Task): Promise<Refusal['ansible']> {
    await this.#begin(this.ansible, subject, trial);
    const project = { directory: PROJECT, files: trial.files ?? {} };
    const [dry] = await this.ansible.ansible(this.#host, [task], true, project);
    const [run] = await this.ansible.ansible(this.#host, [task], false, { directory: PROJECT });
    if (!dry || !run) throw new Error('Ansible gave no answer');
    return { dry, run };
  }

  async #byAnsible(subject: Subject, trial: Trial, tasks: readonly Task[]): Promise<Side> {
    const { paths = [], commands = [], brought = [] } = subject;
    await this.#begin(this.ansible, subject, trial);
    const project = { directory: PROJECT, files: trial.files ?? {} };
    return phases(async (name) => {
      const place = name === 'dry' ? project : { directory: PROJECT };
      const outcomes = await this.ansible.ansible(this.#host, tasks, name === 'dry', place);
      const seen = await this.ansible.observe(paths, commands);
      const here = await this.ansible.observe(
        brought.map((path) => `${PROJECT}/${path}`),
        [],
      );
      return { outcomes, seen: new Map([...seen, ...broughtThere(here, PROJECT)]) };
    });
  }

  async #byVrun(subject: Subject, trial: Trial, count: number, directory: string): Promise<Side> {
    const { paths = [], commands = [], brought = [] } = subject;
    await this.#begin(this.#other, subject, trial);
    return phases(async (name) => {
      const events = await this.#engine.runIn(directory, { check: name === 'dry' });
      const ended = events.flatMap((event) =>
        event.type === 'task.finished' && event.item === undefined ? [event] : [],
      );
      if (ended.length !== count) throw new Error(`${ended.length} of ${count} tasks ended: ${JSON.stringify(events)}`);
      const outcomes = ended.map(({ status, result, failure, reason }): Outcome => {
        const word = status === 'ignored' || status === 'unreachable' ? 'failed' : status;
        return {
          status: word,
          result: JSON.parse(JSON.stringify(result ?? {}).replaceAll(directory, PROJECT)),
          why: failure ? `${failure.summary} ${failure.detail ?? ''}` : reason,
        };
      });
      const seen = await this.#other.observe(paths, commands);
      return { outcomes, seen: new Map([...seen, ...broughtHere(directory, brought)]) };
    });
  }

  async #begin(worker: Worker, { reset }: Subject, { given }: Trial): Promise<void> {
    await worker.shell(`set -e\n${reset}\n${given}`);
  }
}

async function phases(make: (name: PhaseName) => Promise<Phase>): Promise<Side> {
  const made = new Map<PhaseName, Phase>();
  for (const name of PHASES) made.set(name, await make(name));
  const [dry, run, again] = PHASES.map((name) => made.get(name));
  if (!dry || !run || !again) throw new Error('a phase is missing');
  return { dry, run, again };
}
