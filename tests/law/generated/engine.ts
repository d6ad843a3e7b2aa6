// The real engine on lab hosts, in this process: one login serves many runs, each with shells of its own.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Event } from '../../../engine/event/event.ts';
import { loadInventory } from '../../../engine/inventory/load.ts';
import { type Problem, ProblemError } from '../../../engine/language/problem/problem.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { createRegistry } from '../../../engine/module/registry.ts';
import { Sources } from '../../../engine/run/controller/sources.ts';
import { hostStates } from '../../../engine/run/host/hosts.ts';
import { run } from '../../../engine/run/play/run.ts';
import { prepare } from '../../../engine/run/prepare/prepare.ts';
import type { Connection, Shell, Target } from '../../../engine/transport/channel/connection.ts';
import { connect } from '../../../engine/transport/connect.ts';
import { type ConnectContext, newConnectCache } from '../../../engine/transport/ssh/context.ts';
import { modules } from '../../../modules/index.ts';
import { address, KEY_FILE, KNOWN_HOSTS_FILE } from '../../lab/lab-api.js';

const registry = createRegistry(modules);

/** Files of a project by path; `site.yml` is the runbook. */
export type ProjectFiles = Readonly<Record<string, string | Uint8Array>>;

/** Lab hosts, logged in to as root. */
export class LabEngine {
  readonly #hosts: readonly string[];
  readonly #connections = new Map<string, Promise<Connection>>();
  readonly #context: ConnectContext = {
    home: homedir(),
    localUser: 'root',
    agent: undefined,
    ask: () => Promise.reject(new Error('nobody is there to be asked')),
    cache: newConnectCache(),
  };
  #runs = 0;

  constructor(hosts: readonly string[]) {
    this.#hosts = hosts;
  }

  /** Runs a runbook. @throws ProblemError with what the check before the first connection finds */
  async run(files: ProjectFiles, { check }: { readonly check: boolean }): Promise<readonly Event[]> {
    const directory = mkdtempSync(join(tmpdir(), 'vrun-generated-'));
    try {
      const inventory = `all:\n  hosts:\n${this.#hosts.map((host) => `    ${host}:\n`).join('')}`;
      for (const [path, text] of Object.entries({ ...files, 'hosts.yml': inventory })) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), text);
      }
      return await this.runIn(directory, { check });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.values()) await (await connection).close();
  }

  /** Runs `site.yml` of a directory that has an inventory `hosts.yml`. @throws ProblemError as `run` does */
  async runIn(directory: string, { check }: { readonly check: boolean }): Promise<readonly Event[]> {
    const { inventory, runbooks, prepared, sources, errors } = await readProject(directory);
    if (errors.length > 0) throw new ProblemError(errors);
    const abort = new AbortController().signal;
    this.#runs += 1;
    const { hosts, extra, paces, files, facts } = prepared;
    const id = `generated-${process.pid}-${this.#runs}`;
    const own = { id, check, operator: 'op@here', version: '0', started: new Date(0) };
    const plan = { runbooks, inventory, hosts, extra, paces, files, facts, ...own };
    const states = hostStates(plan, {
      reach: ({ host }) => ({ target: targetOf(host.name), become: { on: false, user: 'root' } }),
      connect: (target, signal) => this.#connect(target, signal),
      controller: 'here',
      stop: abort,
      abort,
    });
    const events: Event[] = [];
    await run(plan, states, {
      diff: false,
      registry,
      sources,
      emit: async (event) => void events.push(event),
      witness: undefined,
      ask: undefined,
      step: undefined,
      stop: abort,
      forks: 5,
    });
    return events;
  }

  /** One login for all runs: closing it ends a run's own shells, and with them its lock. */
  async #connect(target: Target, signal: AbortSignal): Promise<Connection> {
    const known = this.#connections.get(target.name) ?? connect(target, this.#context, signal);
    this.#connections.set(target.name, known);
    const connection = await known;
    const shells: Shell[] = [];
    return {
      hostKey: connection.hostKey,
      user: connection.user,
      hurry: () => connection.hurry(),
      closed: connection.closed,
      exec: (command) => connection.exec(command),
      download: (options) => connection.download(options),
      openShell: async (options) => {
        const opened = await connection.openShell(options);
        shells.push(opened.shell);
        return opened;
      },
      close: async () => {
        for (const shell of shells) await shell.close();
      },
    };
  }
}

/** What can be known of a directory's runbook before the first connection. */
export async function readProject(directory: string) {
  const problems: Problem[] = [];
  const { signal } = new AbortController();
  const read = await readRunbook(join(directory, 'site.yml'), {
    catalog: registry,
    secrets: secretOpener([], () => undefined),
  });
  problems.push(...read.problems);
  const loading = { cwd: directory, problems, signal, secrets: secretOpener([], () => undefined) };
  const inventory = await loadInventory([join(directory, 'hosts.yml')], loading);
  const sources = new Sources(directory, directory);
  const runbooks = read.runbook ? [read.runbook] : [];
  const prepared = await prepare({
    runbooks,
    inventory,
    limit: undefined,
    extra: new Map(),
    registry,
    sources,
    opened: [],
  });
  problems.push(...prepared.problems);
  const errors = problems.filter(({ severity }) => severity !== 'warning');
  return { inventory, runbooks, prepared, sources, errors };
}

function targetOf(name: string): Target {
  return {
    name,
    transport: 'ssh',
    address: address(name),
    port: undefined,
    user: 'root',
    identityFile: KEY_FILE,
    jump: undefined,
    knownHosts: [KNOWN_HOSTS_FILE],
    become: { password: undefined },
    connectTimeout: 30,
  };
}
