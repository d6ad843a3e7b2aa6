// What a program knows of a runbook that it has loaded.
import type { Problem } from '../language/problem/problem.ts';

/** Where a runbook is run from. */
export interface Whereabouts {
  /** Where vrun.yml is sought, from there upward, and what paths are relative to. Default: the working directory. */
  readonly cwd?: string;
  /** The environment, for SSH_AUTH_SOCK, PATH and the like. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A runbook that may be run, as often as wanted. */
export interface LoadedRunbook {
  readonly file: string;
  /** The hosts of its plays, each once. */
  readonly hosts: readonly string[];
  /** What is allowed and most likely not meant. */
  readonly warnings: readonly Problem[];
}
