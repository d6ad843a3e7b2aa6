// Which process a run lives in, so that a later one can tell whether it is still there.

import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import Type, { type Static } from 'typebox';
import { hasCode } from '../base/file-error.ts';
import { hasShape } from '../base/shape.ts';

const RunProcess = Type.Object({
  host: Type.String(),
  pid: Type.Integer({ minimum: 1 }),
  /** This boot of the machine, the namespace in which the pid counts and the process's start in clock ticks; '' off Linux. */
  boot: Type.String(),
  namespace: Type.String(),
  start: Type.String(),
});
export type RunProcess = Static<typeof RunProcess>;

/** The process that calls. */
export async function thisProcess(): Promise<RunProcess> {
  const boot = await readText('/proc/sys/kernel/random/boot_id');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return { host: hostname(), pid: process.pid, boot, namespace, start: await startOf(process.pid) };
}

/** True when parsed JSON says which process a run lives in. */
export function isRunProcess(value: unknown): value is RunProcess {
  return hasShape(RunProcess, value);
}

/**
 * Whether that process is still there. `unknown` when it can't be seen from here: on another machine, or in another
 * container of this one.
 */
export async function processState(other: RunProcess): Promise<'alive' | 'dead' | 'unknown'> {
  const own = await thisProcess();
  if (own.boot !== other.boot) return own.host === other.host ? 'dead' : 'unknown';
  if (own.namespace !== other.namespace || own.host !== other.host) return 'unknown';
  const start = await startOf(other.pid);
  if (start !== '' || other.start !== '') return start === other.start ? 'alive' : 'dead';
  return signalReaches(other.pid) ? 'alive' : 'dead';
}

/** The 22nd field of proc_pid_stat(5): it tells a process from a later one with the same number. '' if there is none. */
async function startOf(pid: number): Promise<string> {
  const stat = await readText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Whether there is such a process on this machine, whoever's it is. */
export function signalReaches(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

async function readText(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}
