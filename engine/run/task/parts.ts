// What one message that changes something is made of, part by part, and what each part is for.
import type { Change, Plan } from '../../module/index.ts';
import type { Answer, Frame } from '../../transport/channel/connection.ts';
import type { HostState } from '../host/state.ts';
import type { BoundTask, ReadyItem } from '../list/bound.ts';
import type { PreparedStep } from '../message/steps.ts';
import { forgetWrites, noteWrites } from '../session/leftovers.ts';
import { type HeldNote, leaveNotes, leaveWitness, removeNote } from '../session/notes.ts';
import type { ShellUse } from '../session/session.ts';
import type { PlayServices } from '../together/services.ts';
import type { Transfer } from './transfer.ts';

/** Seconds for a script of the engine's own. */
const OWN_TIMEOUT = 60;

/** A step of a change, what goes before those of an item (`of`), or before and after all of them. */
export type Part =
  | { readonly purpose: 'before' | 'after'; readonly frame: Frame; readonly of?: ItemChanges }
  | { readonly purpose: 'step'; readonly frame: Frame; readonly of: ItemChanges; readonly step: ChangeStep };

export type ChangeStep = PreparedStep & { readonly change: Change };

/** The changes of one item, with what is left on the host of the handlers that they notify. */
export interface ItemChanges {
  readonly task: BoundTask;
  readonly item: ReadyItem;
  readonly plan: Plan;
  readonly steps: readonly ChangeStep[];
  readonly notes: readonly HeldNote[];
  readonly transfer: Transfer;
}

/** The changes of an item and of its neighbours as one message. */
export interface ChangeMessage {
  readonly first: ItemChanges;
  readonly neighbours: readonly ItemChanges[];
  /** Who gets it: the task's own host, or the one that it is delegated to. */
  readonly target: HostState;
  readonly route: ShellUse;
  readonly parts: readonly Part[];
  /** The handler that has run by then. */
  readonly handler: string | undefined;
}

/**
 * Before all steps go the notes of what is written and, the first time, the witness; before those of each item the notes of
 * the handlers that it notifies. After them what was only kept for reverts is removed, and the note of a `handler` that has
 * run by then.
 */
export function partsOf(
  all: readonly ItemChanges[],
  message: {
    readonly handler: string | undefined;
    readonly user: string | undefined;
    readonly witnessed: boolean;
  },
  { run, runbookKey }: Pick<PlayServices, 'run' | 'runbookKey'>,
): readonly Part[] {
  const { handler, user, witnessed } = message;
  const steps = all.flatMap((one) => one.steps);
  const witness = run.witness && !witnessed ? leaveWitness(run.witness) : undefined;
  const writes = noteWrites(run.id, steps);
  const before = [
    ...(writes ? [ownFrame(writes.text, { accept: 'any' })] : []),
    ...(witness ? [ownFrame(witness.text, { accept: 'any' })] : []),
  ];
  const after = tidied(steps, { run: run.id, user });
  const note = handler === undefined ? [] : [ownFrame(removeNote(runbookKey, handler).text, { accept: 'any' })];
  return [
    ...before.map((frame) => ({ purpose: 'before' as const, frame })),
    ...all.flatMap(ownParts),
    ...[...after, ...note].map((frame) => ({ purpose: 'after' as const, frame })),
  ];
}

function ownParts(of: ItemChanges): readonly Part[] {
  const leave = leaveNotes(of.notes);
  return [
    ...(leave ? [{ purpose: 'before' as const, frame: ownFrame(leave.text, { accept: [0] }), of }] : []),
    ...of.steps.map((step) => ({ purpose: 'step' as const, frame: step.frame, of, step })),
  ];
}

/** Whether the host's answer lets the message go on. */
export function isAccepted({ step }: Frame, { status, timedOut }: Answer): boolean {
  const accept = step?.accept ?? [0];
  return accept === 'any' ? !timedOut : accept.includes(status);
}

/** What goes behind steps that were done or put back: what was only kept for that, and the notes of it, are removed. */
export function tidied(
  steps: readonly PreparedStep[],
  { run, user }: { readonly run: string; readonly user: string | undefined },
): readonly Frame[] {
  const forget = forgetWrites(run, steps);
  return [
    ...steps.flatMap(({ cleanup }) => (cleanup ? [ownFrame(cleanup.text, { accept: 'any' }, user)] : [])),
    ...(forget ? [ownFrame(forget.text, { accept: 'any' })] : []),
  ];
}

/** A script that the engine itself needs beside the steps. */
export function ownFrame(script: string, step: NonNullable<Frame['step']>, user?: string): Frame {
  return { script, step, user, timeout: OWN_TIMEOUT };
}
