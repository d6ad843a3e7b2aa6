// What a module's probes printed on a real host in a situation, byte for byte, and how it is kept.
import { createHash } from 'node:crypto';
import type { Module, Output } from '../../../engine/module/index.ts';
import { outputOf } from '../../../engine/run/message/probes.ts';
import { bind, type Params } from './bind.ts';
import type { Situation } from './situation.ts';

/** Whose verdicts those of the other suites are held against. */
export const REFERENCE = 'bookworm';

/** The suites whose transcripts are kept. What sid says beyond Debian 13 is in those of uutils, which has its systemd, apt and nginx, too. */
export const RECORDED = [REFERENCE, 'trixie', 'uutils'];

/** Whether a module's transcripts of a suite are kept: what prisma-migrate reads is Prisma's own on every system, and takes a quarter of an hour. */
export function isKept(module: string, suite: string): boolean {
  return suite === REFERENCE || module !== 'prisma-migrate';
}

export interface Transcript {
  readonly title: string;
  /** As /etc/os-release and /etc/debian_version tell it. */
  readonly release: string;
  readonly as: 'root' | 'ops';
  readonly probes: readonly Probed[];
}

/** One script and its answer; the tasks that share it. */
export interface Probed {
  readonly params: readonly Params[];
  /** Sha256 of the script: another one has to be recorded anew. */
  readonly sha256: string;
  readonly status: number;
  readonly stdout: Bytes;
  readonly stderr: Bytes;
  readonly truncated?: boolean;
}

/** Lines of UTF-8 text, or what isn't that. */
export type Bytes = readonly string[] | { readonly b64: string };

/** One script of a situation, ready to be sent, and what it is to find out. */
export interface SituationProbe {
  readonly params: readonly Params[];
  readonly wants: readonly unknown[];
  readonly script: string;
  readonly stdin: Uint8Array | undefined;
}

/** The scripts of a situation, as the engine groups them: one for neighbours where the module shares it. */
export function probesOf(module: Module, situation: Situation): readonly SituationProbe[] {
  const traits = { readOnly: situation.readOnly ?? false, hosts: 1 };
  const groups = module.shared ? [situation.wants] : situation.wants.map((params) => [params]);
  return groups.flatMap((params) => {
    const wants = params.map((one) => bind(module, one, situation.local, traits));
    const script = module.probe(wants);
    return script ? [{ params, wants, script: script.text, stdin: module.input(wants)?.bytes() }] : [];
  });
}

export function digest(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}

export function toBytes(bytes: Uint8Array): Bytes {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return Buffer.from(text).equals(buffer) ? text.split('\n') : { b64: buffer.toString('base64') };
}

function fromBytes(kept: Bytes): Buffer {
  return 'b64' in kept ? Buffer.from(kept.b64, 'base64') : Buffer.from(kept.join('\n'));
}

/** What the module's parser gets: the recorded bytes, decoded as the engine decodes them. */
export function recordedOutput({ status, stdout, stderr, truncated = false }: Probed): Output {
  const bytes = { stdout: fromBytes(stdout), stderr: fromBytes(stderr) };
  return outputOf({ status, ...bytes, truncated, timedOut: false, skipped: false, stray: undefined });
}
