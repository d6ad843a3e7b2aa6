// What vrun reads of a converged host: the scripts of its first message, as the engine itself makes them. The benchmark's
// floor sends just these by stock ssh. Nothing is connected to: a connection that only listens stands in for the host.

import '../compile.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { type Problem, ProblemError } from '../../engine/language/problem/problem.ts';
import { readRunbook } from '../../engine/language/read/runbook.ts';
import { secretOpener } from '../../engine/language/yaml/age.ts';
import { createRegistry } from '../../engine/module/registry.ts';
import { Sources } from '../../engine/run/controller/sources.ts';
import { hostStates } from '../../engine/run/host/hosts.ts';
import { run } from '../../engine/run/play/run.ts';
import { prepare } from '../../engine/run/prepare/prepare.ts';
import type { Answer, Connection, Frame, Shell } from '../../engine/transport/channel/connection.ts';
import { modules } from '../../modules/index.ts';

/**
 * The reads of a runbook for each host that it runs on, as one POSIX sh script a host.
 * @param root  the project; the working directory has to be the same
 * @throws ProblemError for a runbook or an inventory that doesn't hold
 */
export async function readsOf(
  root: string,
  files: { runbook: string; inventory: string },
): Promise<ReadonlyMap<string, string>> {
  const registry = createRegistry(modules);
  const problems: Problem[] = [];
  const { runbook, problems: found } = await readRunbook(files.runbook, {
    catalog: registry,
    secrets: secretOpener([], () => undefined),
  });
  problems.push(...found);
  const inventory = await loadInventory([files.inventory], {
    cwd: root,
    problems,
    signal: new AbortController().signal,
    secrets: secretOpener([], () => undefined),
    runbookDirectories: [],
    environment: {},
  });
  const runbooks = runbook ? [runbook] : [];
  const sources = new Sources(root, root);
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
  if (problems.some(({ severity }) => severity !== 'warning')) throw new ProblemError(problems);

  const frames = new Map<string, readonly Frame[]>();
  const plan = {
    runbooks,
    inventory,
    hosts: prepared.hosts,
    extra: prepared.extra,
    paces: prepared.paces,
    files: prepared.files,
    facts: prepared.facts,
    id: 'reads',
    check: true,
    operator: 'bench',
    version: '',
    started: new Date(),
  };
  let heardAll: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => {
    heardAll = resolve;
  });
  const hosts = hostStates(plan, {
    reach: ({ host }) => ({ target: { ...nowhere, name: host.name }, become: { on: false, user: 'root' } }),
    connect: async ({ name }) =>
      listener((sent) => {
        frames.set(name, sent);
        if (frames.size === hosts.size) heardAll();
      }),
    controller: 'bench',
    stop: new AbortController().signal,
    abort: new AbortController().signal,
  });
  // The run never ends, since its hosts never answer.
  void run(plan, hosts, {
    diff: false,
    registry,
    sources,
    emit: async () => undefined,
    witness: undefined,
    stop: new AbortController().signal,
    forks: hosts.size,
  });
  await heard;
  return new Map([...frames].map(([name, sent]) => [name, sent.map(scriptOf).join('')]));
}

/** One probe in a subshell of its own, as the engine runs it: one that exits ends itself only. */
function scriptOf({ script, stdin }: Frame): string {
  const input =
    stdin === undefined
      ? '</dev/null'
      : `<<'END OF INPUT'\n${Buffer.from(stdin).toString('utf8').trimEnd()}\nEND OF INPUT`;
  return `(\n${script}\n) ${input}\n`;
}

const nowhere = {
  transport: 'ssh',
  address: 'nobody',
  port: undefined,
  user: undefined,
  identityFile: undefined,
  jump: undefined,
  knownHosts: [],
  become: { password: undefined },
  connectTimeout: 1,
} as const;

/** What a host says whose lock is free and that has nothing left to do. */
const free: Answer = {
  status: 0,
  stdout: Buffer.from('lock taken\nanswered\n'),
  stderr: new Uint8Array(),
  truncated: false,
  timedOut: false,
  skipped: false,
  stray: undefined,
};

/** Passes on the first message that is sent to it; never answers it. */
function listener(sent: (frames: readonly Frame[]) => void): Connection {
  const shell: Shell = {
    messages: 0,
    async *send(frames) {
      sent(frames);
      yield* await new Promise<readonly Answer[]>(() => undefined);
    },
    guard: () => undefined,
    close: async () => undefined,
  };
  return {
    hostKey: undefined,
    user: 'nobody',
    openShell: async () => ({ shell, hello: free }),
    download: () => {
      throw new Error('nothing is brought from these hosts');
    },
    exec: () => Promise.reject(new Error('nobody is there')),
    hurry: () => undefined,
    closed: new Promise(() => undefined),
    close: async () => undefined,
  };
}
