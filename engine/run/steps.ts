// From a change's steps to the frames of a message. The only file that knows how a step is performed on a host.
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { StepData } from '../event/event.ts';
import { type Change, lines, type RunStep, type Script, type Step, sh, type WriteStep } from '../module/index.ts';
import { replaceFile } from '../module/resources/replace-file.ts';
import type { Budget, Frame } from '../transport/connection.ts';

/** Seconds for a step that doesn't set its own. */
const STEP_TIMEOUT = 900;

/** One step ready to be sent, and what takes it back if a later step of the same change fails. */
export interface PreparedStep {
  readonly step: Step;
  readonly frame: Frame;
  readonly revert: Script | undefined;
  /** Removes what was only kept for `revert`. */
  readonly cleanup: Script | undefined;
}

/** What a task says of all of its steps. */
export interface StepsTask {
  /** Its environment. */
  readonly exports: Script | undefined;
  /** What its `timeout` leaves for all of them together. */
  readonly budget: Budget | undefined;
}

/** The frames of one change, in order. `user` is who runs them in root's shell; undefined is the shell's own user. */
export function prepareSteps(
  change: Change,
  user: string | undefined,
  { exports, budget }: StepsTask = { exports: undefined, budget: undefined },
): readonly PreparedStep[] {
  const task = { user, exports, budget };
  return change.steps.map((step) => {
    const prepared = 'run' in step ? prepareRun(step, task) : prepareWrite(step, task);
    const own = (script: Script | undefined) => script && lines(exports, script);
    return { ...prepared, revert: own(prepared.revert), cleanup: own(prepared.cleanup) };
  });
}

/** The same steps as data, for the event that goes to disk before they are sent. */
export function describeSteps(change: Change, exports: Script | undefined): readonly StepData[] {
  return change.steps.map((step) =>
    'run' in step
      ? { run: lines(exports, step.run).text }
      : {
          write: step.write.path,
          sha256: step.write.content.secret ? null : step.write.content.sha256,
          size: step.write.content.size,
          mode: step.write.mode ?? null,
        },
  );
}

function prepareRun(
  step: RunStep,
  { user, exports, budget }: StepsTask & { readonly user: string | undefined },
): PreparedStep {
  return {
    step,
    frame: {
      script: lines(exports, step.run).text,
      budget,
      stdin: step.stdin?.outgoing(),
      user,
      timeout: step.timeout ?? budget?.seconds ?? STEP_TIMEOUT,
      step: { accept: step.accept ?? [0] },
    },
    revert: step.revert,
    cleanup: undefined,
  };
}

function prepareWrite(
  step: WriteStep,
  { user, exports, budget }: StepsTask & { readonly user: string | undefined },
): PreparedStep {
  const { path, content, ...rest } = step.write;
  const saved = `${posix.dirname(path)}/.vrun-${randomBytes(6).toString('hex')}.old`;
  return {
    step,
    frame: {
      script: lines(exports, replaceFile(sh`cat`, { path, ...rest, saved: step.restore ? saved : undefined })).text,
      budget,
      stdin: content.outgoing(),
      user,
      timeout: budget?.seconds ?? STEP_TIMEOUT,
      step: { accept: [0] },
    },
    revert: step.restore
      ? sh`if [ -e ${saved} ] || [ -L ${saved} ]; then mv -fT ${saved} ${path}; else rm -f ${path}; fi`
      : undefined,
    cleanup: step.restore ? sh`rm -f ${saved}` : undefined,
  };
}
