// Changes as data: what a module wants done. One file in engine/run/ performs them.

import type { Script } from '../base/script.ts';
import type { Value } from '../language/value/value.ts';
import type { Content } from './content.ts';
import { type Effect, type PathEffect, pathEffects } from './effect.ts';
import type { Failure } from './failure.ts';
import { isOctalMode } from './mode.ts';

/** `+` create, `~` update, `-` remove, `!` act (run, restart: not a state, so not held against the re-probe). */
export type Operation = '+' | '~' | '-' | '!';

/** One change with the steps that make it. Steps run in order and stop at the first that fails. */
export interface Change {
  readonly op: Operation;
  /** What it touches, for people: `user vantus`, `file /etc/motd`. */
  readonly what: string;
  /** State before and after, for the diff: one line each ("0644" → "0640"), or whole texts. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A setting's new value, which may be a secret that nobody marked as one: stands for `to` where the task has `diff: true`. */
  readonly value?: string | undefined;
  /** Whole texts of a file before and after; left out for secret or binary content. */
  readonly diff?: { readonly before: string; readonly after: string } | undefined;
  readonly steps: readonly Step[];
  /** What is so once the change is made, in order, besides the files that its steps write. */
  readonly effects?: readonly Effect[];
}

export type Step = RunStep | WriteStep | ReceiveStep;

/** A script, run as the task's user in a fresh environment. Fails by a non-zero exit status. */
export interface RunStep {
  readonly run: Script;
  readonly stdin?: Content;
  /** Run when a later step of the same change fails; in reverse order. */
  readonly revert?: Script;
  /** Exit statuses that are not a failure. Default [0]. `any`: the module's `after` decides. */
  readonly accept?: readonly number[] | 'any';
  /** Seconds; default 900. */
  readonly timeout?: number;
  /** What a person is to do when it fails. */
  readonly hint?: string | undefined;
  /** The file that the script replaces by `replaceFile`. */
  readonly writes?: string;
}

/**
 * A file written atomically by the engine: written in a private directory beside the target, owner and mode set, sync, rename.
 * A symbolic link in the target's place is replaced.
 * A directory in the target's place is refused. An existing file keeps mode and owner where they are not given;
 * a new one gets 0644 and the running user.
 */
export interface WriteStep {
  readonly write: {
    readonly path: string;
    readonly content: Content;
    /** Octal ("0640") or symbolic ("u=rw,g=r,o="). */
    readonly mode?: string | undefined;
    readonly owner?: string | undefined;
    readonly group?: string | undefined;
    /** Gets the temporary file as a word to put into a command; a non-zero status refuses the write. */
    readonly validate?: ((temporary: Script) => Script) | undefined;
    /** Keep the old file as PATH.YYYY-MM-DDTHH:MM:SSZ~ beside it. */
    readonly backup?: boolean | undefined;
  };
  /** When a later step of the same change fails, put back what was there before (or remove what wasn't). */
  readonly restore?: boolean;
}

/**
 * A file of the host brought to the controller, written whole or not at all. It is never shown, nor are its bytes
 * recorded; a change with such a step is an act (`!`), since what it makes isn't on the host.
 */
export interface ReceiveStep {
  readonly receive: {
    /** Absolute, on the host; links are followed. */
    readonly from: string;
    /** Absolute, on the controller; directories above it are made. */
    readonly to: string;
    /** Bytes, and their digest as it was read on the host: what has been added to the file since is left out. */
    readonly size: number;
    readonly sha256: string;
  };
}

/** The same change, with more that is so once it is made. */
export function withEffects(change: Change, more: readonly Effect[]): Change {
  return { ...change, effects: [...(change.effects ?? []), ...more] };
}

/** All effects of a change, in order: those of its write steps, which needn't be said, and those that its module says. */
export function effectsOf({ steps, effects = [] }: Change): readonly Effect[] {
  const told = new Set(pathEffects(effects).map(({ path }) => path));
  return [...steps.flatMap(writing).filter(({ path }) => !told.has(path)), ...effects];
}

/** Without a mode a file that was there keeps its own. */
function writing(step: Step): readonly PathEffect[] {
  if (!('write' in step)) return [];
  const { path, content, mode, owner, group } = step.write;
  const known = mode !== undefined && isOctalMode(mode) ? Number.parseInt(mode, 8) : undefined;
  return [{ path, kind: 'file', content, mode: known, owner, group }];
}

/** What the engine itself has to do: `set-fact` and `meta`. */
export type Directive =
  | { readonly kind: 'set-facts'; readonly facts: Readonly<Record<string, Value>> }
  | { readonly kind: 'flush-handlers' | 'barrier' | 'end-host' | 'end-play' | 'reset-connection' };

/** What is waited for before a task is `ok`; a dry run doesn't wait. */
export type Wait =
  /**
   * `run` reads only, ends when the host is worth another look, and takes `seconds` at most. If the look still finds the
   * plan's failure, the task fails with `otherwise`.
   */
  | { readonly kind: 'host'; readonly run: Script; readonly seconds: number; readonly otherwise: Failure }
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** A person at the terminal, asked once for all hosts. */
  | { readonly kind: 'prompt'; readonly prompt: string };

/** The steps end the connection, and the host comes back. */
export interface Rejoin {
  /** Within which it has to. */
  readonly seconds: number;
  /** Whether the state that is read there afterwards is the new one. Pure. */
  readonly back: (state: unknown) => boolean;
}

/** The answer of `plan`: nothing to change and no failure means that the task is `ok`. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly failure?: Failure | undefined;
  /** What `register` sees besides `changed failed skipped rc stdout stderr`. */
  readonly result?: Readonly<Record<string, Value>> | undefined;
  /** More of it that a second look can't tell, once the change is made: the commit before, how many lines went. */
  readonly past?: Readonly<Record<string, Value>> | undefined;
  /** A line or more for the screen and the report: `debug`. */
  readonly message?: string | undefined;
  readonly directive?: Directive | undefined;
  readonly wait?: Wait | undefined;
  readonly rejoin?: Rejoin | undefined;
  /** Why pending changes of a dry run may make it otherwise: the task is then unknown, and not `ok`. */
  readonly doubt?: string | undefined;
  /** What the changes would come to, where that is known: a dry run with nothing pending says so, and a run finds out. */
  readonly foretold?: Pick<Plan, 'failure' | 'result'> | undefined;
  /** Judges what the steps printed (`command`): replaces `failure` and adds to `result`. Pure. */
  readonly after?: ((outputs: readonly Output[]) => Pick<Plan, 'failure' | 'result'>) | undefined;
}

/** What a script printed. Texts are UTF-8 with replacement characters; the bytes are exact, at most 1 MiB each, or the task's `output_limit`. */
export interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
  readonly truncated: boolean;
  /** The outputs that were cut off at their end. */
  readonly cut?: readonly ('stdout' | 'stderr')[];
  readonly timedOut: boolean;
}
