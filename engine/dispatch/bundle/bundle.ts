// What a worker needs to read a run as its coordinator has read it: the files as they were, what was asked for, and what can't be
// read anew: what programs printed, and secrets that were opened.
import type { Secret } from '../../language/value/secret.ts';
import type { Attended, RunIdentity } from '../../run/together/services.ts';

/** Below the root of the coordinator's files: `path` is absolute there. `mode` are permission bits, times are seconds since the epoch. */
export type BundledFile =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number; readonly modified: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly modified: number;
      readonly sha256: string;
      /** Its bytes in base64, or the objects that hold them, in their order. */
      readonly bytes: string | readonly string[];
    };

export interface Bundle<Options> {
  /** The version of vrun: worker and coordinator are of the same. */
  readonly version: string;
  readonly run: Pick<RunIdentity, 'id' | 'check' | 'diff'>;
  readonly operator: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** The coordinator's machine, its user's home, and the directory that it was called in. */
  readonly controller: string;
  readonly home: string;
  readonly cwd: string;
  /** What was called: runbooks as they were named, and options. */
  readonly runbooks: readonly string[];
  readonly options: Options;
  readonly attended: Attended;
  readonly password: Secret | undefined;
  /** Secrets of YAML files by the text that each is sealed as. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** What dynamic inventories printed, in base64, by their paths. */
  readonly printed: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly BundledFile[];
}
