// `loadRunbook`: a runbook with its inventory, read and checked as the command line does.
import { resolve } from 'node:path';
import { loadRun } from '../cli/run/load-run.ts';
import { NO_OPTIONS, type RunOptions } from '../cli/run/options.ts';
import type { Json } from '../event/event.ts';
import { fail, type Problem } from '../language/problem/problem.ts';
import { Secret } from '../language/value/secret.ts';
import { remember } from './loaded.ts';
import { checkOptions, type Kinds } from './options.ts';
import type { LoadedRunbook, Whereabouts } from './runbook.ts';
import { asProblems, quietEnvironment } from './surroundings.ts';

/** What a runbook is run on and which part of it; the options of the command line by their names. */
export interface LoadOptions extends Whereabouts {
  /** Files, directories, executables or host lists. Default: what vrun.yml says. */
  readonly inventory?: string | readonly string[];
  readonly limit?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly startAtTask?: string;
  readonly extraVars?: Readonly<Record<string, Json>>;
  readonly user?: string;
  readonly privateKey?: string;
  readonly become?: boolean;
  /** Ends the reading: a dynamic inventory may take its time. */
  readonly signal?: AbortSignal;
}

const KINDS: Kinds<Required<LoadOptions>> = {
  cwd: 'a text',
  env: 'an object',
  inventory: 'a text or a list of texts',
  limit: 'a text',
  tags: 'a list of texts',
  skipTags: 'a list of texts',
  startAtTask: 'a text',
  extraVars: 'an object',
  user: 'a text',
  privateKey: 'a text',
  become: 'true or false',
  signal: 'an AbortSignal',
};

/** Reads and checks a runbook; nothing is connected to. @throws ProblemError with everything that is wrong */
export async function loadRunbook(file: string, options: LoadOptions = {}): Promise<LoadedRunbook> {
  if (typeof file !== 'string') fail({ code: 'usage', summary: 'loadRunbook takes the path of a runbook' });
  checkOptions(options, KINDS, 'loadRunbook');
  const warnings: Problem[] = [];
  const signal = options.signal ?? new AbortController().signal;
  try {
    const environment = quietEnvironment(options, { warnings, signals: [signal] });
    const asked = runOptions(options);
    const path = options.cwd === undefined ? file : resolve(options.cwd, file);
    const gathered = await loadRun([path], asked, environment, signal);
    const hosts = [...new Set([...gathered.prepared.hosts.values()].flat())];
    const runbook: LoadedRunbook = { file, hosts, warnings };
    remember(runbook, { gathered, options: asked, whereabouts: options });
    return runbook;
  } catch (error) {
    throw asProblems(error);
  }
}

function runOptions(options: LoadOptions): RunOptions {
  const { inventory = [], extraVars } = options;
  return {
    ...NO_OPTIONS,
    inventory: typeof inventory === 'string' ? [inventory] : inventory,
    limit: options.limit,
    tags: options.tags ?? [],
    skipTags: options.skipTags ?? [],
    startAtTask: options.startAtTask,
    extraVars: extraVars === undefined ? [] : [variablesText(extraVars)],
    user: options.user,
    become: options.become ?? false,
    privateKey: options.privateKey,
  };
}

/** As `-e` has it. A Secret would turn into its mask there. */
function variablesText(variables: Readonly<Record<string, Json>>): string {
  const check = (value: unknown): void => {
    if (value instanceof Secret) {
      fail({
        code: 'usage',
        summary: `extraVars can't hold the secret ‹${value.name}›`,
        hint: 'Put it into the inventory or a file of variables, encrypted: vrun secrets encrypt',
      });
    }
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(check);
  };
  check(variables);
  return JSON.stringify(variables);
}
