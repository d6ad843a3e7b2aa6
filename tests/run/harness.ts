// Whole runs without a network: real runbooks, real modules and real shells (the `local` transport), each host in a
// directory of its own, with every message counted and every fault made on purpose.

import { setMaxListeners } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Event, HostTotals } from '../../engine/event/event.ts';
import { Redactor } from '../../engine/event/redact.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { toDynamic } from '../../engine/language/dynamic/evaluate.ts';
import { SourceText } from '../../engine/language/problem/position.ts';
import { type Problem, ProblemError } from '../../engine/language/problem/problem.ts';
import { readRunbook } from '../../engine/language/read/runbook.ts';
import { secretOpener } from '../../engine/language/yaml/age.ts';
import { readYaml } from '../../engine/language/yaml/yaml.ts';
import type { Module } from '../../engine/module/index.ts';
import { createRegistry } from '../../engine/module/registry.ts';
import { Sources } from '../../engine/run/controller/sources.ts';
import { hostStates } from '../../engine/run/host/hosts.ts';
import type { ExtraValue } from '../../engine/run/plan/inputs.ts';
import { identityOf, run as runPlan } from '../../engine/run/play/run.ts';
import { prepare } from '../../engine/run/prepare/prepare.ts';
import { selectTasks } from '../../engine/run/prepare/select-tasks.ts';
import { startAt } from '../../engine/run/prepare/start-at.ts';
import { Semaphore } from '../../engine/run/session/semaphore.ts';
import type { Connection, Target } from '../../engine/transport/channel/connection.ts';
import { modules } from '../../modules/index.ts';
import { inMemory } from '../dispatch/in-memory.ts';
import { type Faults, fakeHost, type SentMessage } from './fake-host.ts';

/** All runs of a test program are dispatched to so many workers: `VRUN_TEST_WORKERS=2 npx vitest run tests/run`. */
const WORKERS = Number(process.env.VRUN_TEST_WORKERS ?? 0);

export interface RunOptions {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly forks?: number;
  /** JSON, as with -e. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
  /** `--start-at-task`. */
  readonly startAt?: string;
  readonly faults?: Faults;
  /** Logs in to a host by other means than the local transport. */
  readonly dial?: (target: Target) => Promise<Connection>;
  /** Hosts that never answer, and what is told of each try. */
  readonly unreachable?: readonly string[];
  readonly onDial?: (host: string) => void;
  readonly id?: string;
  /** Goes on with a run of which these events are in the journal, as the process of this number. */
  readonly earlier?: readonly Event[];
  readonly part?: number;
  /** Called with every event: may abort the run, and drop its connections, as the second Ctrl-C does. */
  readonly onEvent?: (event: Event, stop: AbortController, drop: AbortController) => void;
  /** `ansible_user`-like: whether tasks without a word of `become` run as root through the second shell. */
  readonly user?: string;
  readonly witness?: string;
  /** Workers that the run is dispatched to; and whether the one at work is lost, once so many messages of logs were kept. */
  readonly workers?: number;
  readonly lose?: (kept: number) => boolean;
  /** The person at the terminal; nobody, when not given. */
  readonly ask?: (prompt: string) => Promise<boolean>;
  /** `--step`: what that person says of each task. */
  readonly step?: (title: string) => Promise<boolean>;
}

export interface Ran {
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly events: readonly Event[];
  /** Of each runbook, as the record has it. */
  readonly digests: readonly string[];
  /** Every message with frames, in the order of sending; what opens a shell is none. */
  readonly sent: readonly SentMessage[];
  totals(host?: string): HostTotals;
  /** Statuses of a host's tasks and handlers in order: `name status`. Loop items as `name(item) status`. */
  statuses(host?: string): readonly string[];
  /** The finished event of the task or handler of this name. */
  task(name: string, host?: string): Extract<Event, { type: 'task.finished' | 'handler.finished' }>;
}

/** A project in a temporary directory, with hosts h1, h2 … on this machine. */
export class FakeProject {
  readonly directory = mkdtempSync(join(tmpdir(), 'vrun-run-'));
  readonly hosts: readonly string[];
  readonly #modules: readonly Module[];
  #runs = 0;

  constructor(options: { readonly hosts?: number; readonly modules?: readonly Module[] } = {}) {
    this.hosts = Array.from({ length: options.hosts ?? 1 }, (_, index) => `h${index + 1}`);
    this.#modules = [...modules, ...(options.modules ?? [])];
    for (const host of this.hosts) mkdirSync(join(this.directory, host));
    const inventory = this.hosts.map((host) => `    ${host}: { dir: ${join(this.directory, host)} }\n`).join('');
    this.write('hosts.yml', `all:\n  hosts:\n${inventory}`);
  }

  /** Writes a file of the project. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text);
  }

  /** A path on a host. */
  on(host: string, path: string): string {
    return join(this.directory, host, path);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Runs a play over all hosts whose tasks (and what comes after them) are given as YAML, at the margin. */
  play(tasks: string, options: RunOptions = {}): Promise<Ran> {
    const indented = tasks.replaceAll(/^(?=.)/gm, '    ').replace(/^ {4}handlers:/m, '  handlers:');
    return this.run(`- name: Play\n  hosts: all\n  tasks:\n${indented}\n`, options);
  }

  /** Runs a runbook. @throws ProblemError with what the check before the first connection finds */
  async run(runbook: string, options: RunOptions = {}): Promise<Ran> {
    return this.runFiles({ 'site.yml': runbook }, options);
  }

  /** Runs several runbooks, one after the other. */
  async runFiles(runbooks: Readonly<Record<string, string>>, options: RunOptions = {}): Promise<Ran> {
    const { check = false, diff = false, forks = 10, tags = [], dial } = options;
    const registry = createRegistry(this.#modules);
    const problems: Problem[] = [];
    const stop = new AbortController();
    const chosen = [];
    for (const [path, text] of Object.entries(runbooks)) {
      this.write(path, text);
      const read = await readRunbook(join(this.directory, path), {
        catalog: registry,
        secrets: secretOpener([], () => undefined),
      });
      problems.push(...read.problems);
      if (read.runbook) chosen.push(selectTasks(read.runbook, { tags, skip: [] }));
    }
    const { runbooks: books, problem } =
      options.startAt === undefined ? { runbooks: chosen } : startAt(chosen, options.startAt);
    if (problem) problems.push(problem);
    const inventory = await loadInventory([join(this.directory, 'hosts.yml')], {
      cwd: this.directory,
      problems,
      signal: stop.signal,
      secrets: secretOpener([], () => undefined),
    });
    const sources = new Sources(this.directory, this.directory);
    const extra = extraOf(options.extra ?? {});
    const prepared = await prepare({
      runbooks: books,
      inventory,
      limit: undefined,
      extra,
      registry,
      sources,
      opened: [],
    });
    problems.push(...prepared.problems);
    const errors = problems.filter(({ severity }) => severity !== 'warning');
    if (errors.length > 0) throw new ProblemError(errors);

    this.#runs += 1;
    const id = options.id ?? `run-${this.#runs}`;
    const plan = {
      runbooks: books,
      inventory,
      hosts: prepared.hosts,
      extra: prepared.extra,
      paces: prepared.paces,
      files: prepared.files,
      facts: prepared.facts,
      id,
      check,
      operator: 'op@here',
      version: '0',
      started: new Date(0),
      part: options.part ?? 1,
    };
    const sent: SentMessage[] = [];
    const drop = new AbortController();
    const abort = drop.signal;
    setMaxListeners(0, abort, stop.signal); // as the real connect does
    const reached = () =>
      hostStates(plan, {
        reach: ({ host }) => ({
          target: targetOf(host.name),
          become: { on: options.user !== undefined, user: options.user ?? 'root' },
        }),
        connect: async (target) => {
          options.onDial?.(target.name);
          if (options.unreachable?.includes(target.name)) throw new ProblemError([away(target.name)]);
          return fakeHost(target, {
            directory: join(this.directory, target.name),
            faults: options.faults,
            dial: dial && (() => dial(target)),
            sent,
          });
        },
        controller: 'here',
        stop: stop.signal,
        abort,
      });
    const states = reached();
    const events: Event[] = [];
    const person = { ask: options.ask !== undefined, step: options.step !== undefined };
    const witness = check ? undefined : options.witness;
    const workersRun = () => ({
      plan,
      states: reached(),
      services: { run: identityOf(plan, { diff, witness }), person, registry, sources, forks: new Semaphore(forks) },
      redactor: new Redactor(),
    });
    const workers = Array.from({ length: options.workers ?? WORKERS }, workersRun);
    const dispatcher =
      workers.length === 0 ? undefined : inMemory(plan, workers, { stop: stop.signal, lose: options.lose });
    const result = await runPlan(plan, states, {
      diff,
      registry,
      sources,
      emit: async (event) => {
        events.push(event);
        options.onEvent?.(event, stop, drop);
      },
      witness,
      dispatcher,
      ask: options.ask,
      step: options.step,
      stop: stop.signal,
      forks,
      resumed: options.earlier && {
        earlier: each(options.earlier),
        by: { operator: 'other@there', version: '0', inFlight: [] },
      },
    });
    const digests = books.map(({ files }) => files.digest());
    return { ...ranOf(result.status, events, sent), digests };
  }
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

function away(name: string): Problem {
  return { code: 'unreachable', summary: `${name} did not answer`, detail: 'On purpose.' };
}

function targetOf(name: string) {
  return {
    name,
    transport: 'local' as const,
    address: name,
    port: undefined,
    user: undefined,
    identityFile: undefined,
    jump: undefined,
    knownHosts: [],
    become: { password: undefined },
    connectTimeout: 10,
  };
}

function extraOf(values: Readonly<Record<string, unknown>>): ReadonlyMap<string, ExtraValue> {
  const problems: Problem[] = [];
  const node = readYaml(new SourceText('-e', JSON.stringify(values)), { version: '1.2', problems });
  const entries = node?.kind === 'map' ? node.entries : [];
  return new Map(entries.map(({ key, value }) => [key, { value: toDynamic(value, problems), text: false }]));
}

function ranOf(status: Ran['status'], events: readonly Event[], sent: readonly SentMessage[]): Omit<Ran, 'digests'> {
  const finished = events.flatMap((event) =>
    event.type === 'task.finished' || event.type === 'handler.finished' ? [event] : [],
  );
  const last = events.findLast((event) => event.type === 'run.finished');
  return {
    status,
    events,
    sent,
    totals: (host = 'h1') => {
      const totals = last?.hosts[host];
      if (!totals) throw new Error(`no totals of ${host}`);
      return totals;
    },
    statuses: (host = 'h1') =>
      finished
        .filter((event) => event.host === host)
        .map(({ task, item, status }) => `${task.name}${item === undefined ? '' : `(${item})`} ${status}`),
    task: (name, host = 'h1') => {
      const event = finished.findLast(
        (one) => one.host === host && one.task.name === name && (one.item === undefined || !one.item),
      );
      if (!event) throw new Error(`no task ‹${name}› on ${host} in ${basename(process.cwd())}`);
      return event;
    },
  };
}
