// From a change's steps to the frames of a message. The only file that knows how a step is performed on a host.
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { StepData } from '../../event/event.ts';
import {
  type Change,
  lines,
  type ReceiveStep,
  type RunStep,
  type Script,
  type Step,
  sh,
  type WriteStep,
} from '../../module/index.ts';
import { renameOver } from '../../resources/file/rename.ts';
import { replaceFile } from '../../resources/file/replace.ts';
import type { Budget, Frame } from '../../transport/channel/connection.ts';

/** Seconds for a step that doesn't set its own. */
const STEP_TIMEOUT = 900;

/** One step ready to be sent, and what takes it back if a later step of the same change fails. */
export interface PreparedStep {
  readonly step: Step;
  readonly frame: Frame;
  readonly revert: Script | undefined;
  /** Removes what was only kept for `revert`. */
  readonly cleanup: Script | undefined;
  /** The private directory in which a file is written before it takes its place; see leftovers.ts. */
  readonly beside: string | undefined;
}

/** What a task says of all of its steps. */
export interface StepsTask {
  /** Its environment. */
  readonly exports: Script | undefined;
  /** What its `timeout` leaves for all of them together. */
  readonly budget: Budget | undefined;
  /** Bytes that are kept of each output; undefined is the usual limit. */
  readonly outputLimit?: number | undefined;
}

/** The frames of one change, in order. `user` is who runs them in root's shell; undefined is the shell's own user. */
export function prepareSteps(
  change: Change,
  user: string | undefined,
  own: StepsTask = { exports: undefined, budget: undefined },
): readonly PreparedStep[] {
  const { exports } = own;
  const task = { user, ...own };
  return change.steps.map((step) => {
    const prepared = preparedStep(step, task);
    const exported = (script: Script | undefined) => script && lines(exports, script);
    return { ...prepared, revert: exported(prepared.revert), cleanup: exported(prepared.cleanup) };
  });
}

/** The same steps as data, for the event that goes to disk before they are sent. */
export function describeSteps(change: Change, exports: Script | undefined): readonly StepData[] {
  return change.steps.map((step) => {
    if ('run' in step) return { run: lines(exports, step.run).text };
    if ('receive' in step) {
      const { from, to, sha256, size } = step.receive;
      return { receive: from, to, sha256, size };
    }
    const { path, content, mode } = step.write;
    return {
      write: path,
      sha256: content.secret ? null : content.sha256,
      size: content.size,
      mode: mode ?? null,
    };
  });
}

type OwnTask = StepsTask & { readonly user: string | undefined };

function preparedStep(step: Step, task: OwnTask): PreparedStep {
  if ('run' in step) return prepareRun(step, task);
  return 'receive' in step ? prepareReceive(step, task) : prepareWrite(step, task);
}

/** The file itself comes on a channel of its own once the message is through: see receive.ts. */
function prepareReceive(step: ReceiveStep, { user, exports, budget }: OwnTask): PreparedStep {
  const { from } = step.receive;
  const script = sh`if [ ! -f ${from} ] || [ ! -r ${from} ]; then echo ${from}" cannot be read as a file" >&2; exit 1; fi`;
  return {
    step,
    frame: {
      script: lines(exports, script).text,
      budget,
      user,
      timeout: budget?.seconds ?? STEP_TIMEOUT,
      step: { accept: [0] },
    },
    revert: undefined,
    cleanup: undefined,
    beside: undefined,
  };
}

function prepareRun(step: RunStep, { user, exports, budget, outputLimit }: OwnTask): PreparedStep {
  const beside = step.writes === undefined ? undefined : besideOf(step.writes);
  return {
    step,
    frame: {
      script: lines(exports, beside === undefined ? undefined : inside(beside), step.run).text,
      budget,
      stdin: step.stdin?.outgoing(),
      user,
      outputLimit,
      timeout: step.timeout ?? budget?.seconds ?? STEP_TIMEOUT,
      step: { accept: step.accept ?? [0] },
    },
    revert: step.revert,
    cleanup: undefined,
    beside,
  };
}

function prepareWrite(step: WriteStep, { user, exports, budget }: OwnTask): PreparedStep {
  const { path, content, ...rest } = step.write;
  const beside = besideOf(path);
  const saved = `${beside}.old`;
  return {
    step,
    frame: {
      script: lines(
        exports,
        inside(beside),
        replaceFile(sh`cat`, { path, ...rest, saved: step.restore ? saved : undefined }),
      ).text,
      budget,
      stdin: content.outgoing(),
      user,
      timeout: budget?.seconds ?? STEP_TIMEOUT,
      step: { accept: [0] },
    },
    revert: step.restore
      ? sh`if [ -e ${saved} ] || [ -L ${saved} ]; then ${renameOver(sh`${saved}`, sh`${path}`)}; else rm -f ${path}; fi`
      : undefined,
    cleanup: step.restore ? sh`rm -f ${saved}` : undefined,
    beside,
  };
}

/** A name beside the target that nobody can foresee. */
function besideOf(path: string): string {
  return posix.join(posix.dirname(path), `.vrun-${randomBytes(6).toString('hex')}`);
}

/** Tells replaceFile where to write. */
function inside(beside: string): Script {
  return sh`vrun_w=${posix.basename(beside)}`;
}

/** True for a step that succeeds whatever its status: its module judges it, once the answer is there. */
export function isJudgedLater({ frame }: PreparedStep): boolean {
  return frame.step?.accept === 'any';
}
