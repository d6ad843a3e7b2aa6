// A run as a worker reads it: its coordinator's files below a directory of its own, read and checked as they were there.
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesRead } from '../../base/files-read.ts';
import type { Bundle } from '../../dispatch/bundle/bundle.ts';
import { type GetPiece, unpack } from '../../dispatch/bundle/unpack.ts';
import type { OpenRun } from '../../dispatch/worker/context.ts';
import { Redactor } from '../../event/redact.ts';
import { printedBefore } from '../../inventory/sources/run-script.ts';
import type { Secret } from '../../language/value/secret.ts';
import { openedElsewhere } from '../../language/yaml/age.ts';
import { identityOf } from '../../run/play/run.ts';
import type { Semaphore } from '../../run/session/semaphore.ts';
import { closeJumpHosts } from '../../transport/ssh/context.ts';
import { loadRun } from '../run/load-run.ts';
import type { RunOptions } from '../run/options.ts';
import { hiding, planOf, reachHosts } from '../run/reach-hosts.ts';
import { type Config, readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import type { Project } from '../shared/project.ts';
import { connectContext } from '../shared/reach.ts';
import { shipped } from '../shared/shipped.ts';

export interface Reading {
  readonly environment: Environment;
  readonly forks: Semaphore;
  /** Aborted when hosts are to be given up. */
  readonly stop: AbortSignal;
}

/** Lays the bundle's files down and reads the run. @throws ProblemError as the coordinator would have */
export async function readRun(bundle: Bundle<unknown>, piece: GetPiece, reading: Reading): Promise<OpenRun> {
  const base = await mkdtemp(join(tmpdir(), 'vrun-worker-'));
  const close = () => rm(base, { recursive: true, force: true });
  try {
    await unpack(bundle.files, base, piece);
    // The coordinator of the very same version has sent it.
    return await read(bundle as Bundle<RunOptions>, base, { ...reading, close });
  } catch (error) {
    await close();
    throw error;
  }
}

async function read(
  bundle: Bundle<RunOptions>,
  base: string,
  { environment: own, forks, stop, close }: Reading & { readonly close: () => Promise<void> },
): Promise<OpenRun> {
  const { options, password, run, operator, version, attended } = bundle;
  // What is to be warned of was told where the run began.
  const environment = { ...own, cwd: `${base}${bundle.cwd}`, report: () => undefined };
  const loaded = await loadRun(bundle.runbooks, options, environment, stop, () =>
    openBundled(bundle, base, environment),
  );
  const started = new Date(bundle.started);
  const plan = planOf(loaded, { id: run.id, check: run.check, operator, version, started });
  const redactor = new Redactor();
  const hide = hiding(redactor, environment);
  for (const secret of [...loaded.prepared.secrets, ...(password ? [password] : [])]) hide(secret);
  const context = connectContext(environment, stop);
  const interrupts = { stop, abort: stop };
  setMaxListeners(0, stop);
  const states = reachHosts(plan, loaded, options, { environment, interrupts, password, context, hide });
  return {
    plan,
    states,
    services: {
      run: identityOf(plan, { diff: run.diff, witness: undefined }),
      person: attended,
      registry: loaded.project.registry,
      sources: loaded.sources,
      forks,
    },
    redactor,
    close: async () => {
      await Promise.allSettled(states.everyone().map(({ session }) => session.close()));
      closeJumpHosts(context.cache);
      await close();
    },
  };
}

/** The project as the bundle has it: its settings read below `base`, its secrets as they were opened. */
async function openBundled(bundle: Bundle<unknown>, base: string, environment: Environment): Promise<Project> {
  const read = new FilesRead(environment.cwd);
  const known: Secret[] = [];
  const unsealed = bundle.secrets;
  const printed = new Map([...bundle.printed].map(([path, outputs]) => [`${base}${path}`, outputs.map(fromBase64)]));
  return {
    config: below(base, await readConfig(environment.cwd, `${base}${bundle.home}`, read, base)),
    registry: shipped,
    read,
    identities: [],
    secrets: openedElsewhere(unsealed, (secret) => known.push(secret)),
    known,
    unsealed,
    base,
    runScript: printedBefore(printed),
  };
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

/** Absolute paths of the coordinator's are below `base` here. */
function below(base: string, config: Config): Config {
  const at = (path: string) => (path.startsWith('/') && !path.startsWith(`${base}/`) ? `${base}${path}` : path);
  return { ...config, inventory: config.inventory.map(at), knownHosts: config.knownHosts.map(at) };
}
