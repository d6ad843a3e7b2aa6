// The stock client at work for a person: host keys are as strict as in a run, and its streams are the person's, or read.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../../base/file-error.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Target } from '../../transport/channel/connection.ts';
import { unsharedOptions } from '../../transport/openssh/options.ts';
import { NO_SSH } from '../../transport/openssh/problem.ts';
import { sshEnvironment } from '../../transport/ssh/context.ts';
import type { Environment } from './environment.ts';
import { connectContext } from './reach.ts';

export interface OnHost {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** Ask for a terminal on the host. */
  readonly terminal: boolean;
  /** The streams are the person's own: ssh may ask there for a passphrase. Otherwise they are pipes, and nobody is asked. */
  readonly own: boolean;
}

/** How a process ended. */
export interface SshEnded {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<SshEnded>;
}

/** Starts a shell on a host, or a command: its words are joined by the host's shell, as with ssh. @throws ProblemError */
export async function startOnHost(target: Target, words: readonly string[], how: OnHost): Promise<Started> {
  const { environment, signal, terminal, own } = how;
  const directory = await mkdtemp(join(tmpdir(), 'vrun-ssh-'));
  const clean = () => rm(directory, { recursive: true, force: true });
  try {
    const context = connectContext(environment, signal);
    const [file = '', ...args] =
      target.transport === 'local'
        ? [environment.variables.SHELL || '/bin/sh', ...(words.length === 0 ? [] : ['-c', words.join(' ')])]
        : [
            'ssh',
            // The first that says something counts (ssh_config(5)).
            ...['-o', `BatchMode=${own ? 'no' : 'yes'}`, '-o', `RequestTTY=${terminal ? 'yes' : 'no'}`],
            ...(await unsharedOptions(target, context, directory)),
            ...['--', target.address, ...words],
          ];
    const env = { ...sshEnvironment(context), LC_ALL: environment.variables.LC_ALL };
    const stdio = own ? streamsOf(environment) : (['pipe', 'pipe', 'pipe'] as const);
    const child = spawn(file, args, { cwd: environment.cwd, env, stdio: [...stdio], detached: !own });
    if (own) {
      child.stdout?.pipe(environment.stdout, { end: false });
      child.stderr?.pipe(environment.stderr, { end: false });
    }
    const ended = new Promise<SshEnded>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve({ status, signal }));
    })
      .catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error;
        return fail(NO_SSH);
      })
      .finally(clean);
    return { process: child, ended };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** The status that a shell shows: 128 and the number of the signal that ended it. */
export function statusOf({ status, signal }: SshEnded): number {
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** The person's own streams, so that a terminal stays one; what is none of the system's is a pipe. */
function streamsOf({ stdin, stdout, stderr }: Environment): (number | 'pipe')[] {
  return [stdin, stdout, stderr].map((stream) =>
    'fd' in stream && typeof stream.fd === 'number' ? stream.fd : 'pipe',
  );
}
