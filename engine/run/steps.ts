// From a change's steps to the frames of a message. The only file that knows how a step is performed on a host.
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { StepData } from '../event/event.ts';
import { type Change, lines, type RunStep, type Script, type Step, sh, type WriteStep } from '../module/index.ts';
import type { Frame } from '../transport/connection.ts';

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

/** The frames of one change, in order. `user` is who runs them in root's shell; undefined is the shell's own user. */
export function prepareSteps(change: Change, user: string | undefined): readonly PreparedStep[] {
  return change.steps.map((step) => ('run' in step ? prepareRun(step, user) : prepareWrite(step, user)));
}

/** The same steps as data, for the event that goes to disk before they are sent. */
export function describeSteps(change: Change): readonly StepData[] {
  return change.steps.map((step) =>
    'run' in step
      ? { run: step.run.text }
      : {
          write: step.write.path,
          sha256: step.write.content.secret ? null : step.write.content.sha256,
          size: step.write.content.size,
          mode: step.write.mode ?? null,
        },
  );
}

function prepareRun(step: RunStep, user: string | undefined): PreparedStep {
  return {
    step,
    frame: {
      script: step.run.text,
      stdin: step.stdin?.bytes(),
      user,
      timeout: step.timeout ?? STEP_TIMEOUT,
      step: { accept: step.accept ?? [0] },
    },
    revert: step.revert,
    cleanup: undefined,
  };
}

function prepareWrite(step: WriteStep, user: string | undefined): PreparedStep {
  const { path, content } = step.write;
  const saved = `${posix.dirname(path)}/.vrun-${randomBytes(6).toString('hex')}.old`;
  return {
    step,
    frame: {
      script: writeScript(step, saved).text,
      stdin: content.bytes(),
      user,
      timeout: STEP_TIMEOUT,
      step: { accept: [0] },
    },
    revert: step.restore
      ? sh`if [ -e ${saved} ] || [ -L ${saved} ]; then mv -f ${saved} ${path}; else rm -f ${path}; fi`
      : undefined,
    cleanup: step.restore ? sh`rm -f ${saved}` : undefined,
  };
}

/**
 * The content arrives on standard input. It is written beside the target, gets its owner and mode, is checked,
 * synced (POSIX has no sync of one file, hence the fallback) and renamed over the target: readers see the old file
 * or the new one, never half of one.
 */
function writeScript(step: WriteStep, saved: string): Script {
  const { path, mode, owner, group, validate, backup } = step.write;
  const directory = posix.dirname(path);
  return lines(
    sh`t=${path}; d=${directory}`,
    // A link to one too: mv would put the file into it.
    sh`if [ -d "$t" ]; then echo "$t is a directory" >&2; exit 1; fi`,
    sh`umask 077; n=$(mktemp "$d/.vrun-XXXXXX") || exit 1; trap 'rm -f "$n"' EXIT`,
    sh`cat >"$n" || exit 1`,
    // A file that is there lends its owner and mode where none are asked for.
    sh`if [ -f "$t" ]; then o=$(stat -c '%u:%g' "$t"); m=$(stat -c %a "$t"); else o=; m=0644; fi`,
    sh`if [ -n "$o" ] && [ "$o" != "$(stat -c '%u:%g' "$n")" ]; then chown "$o" "$n" || exit 1; fi`,
    owner === undefined ? undefined : sh`chown ${owner} "$n" || exit 1`,
    group === undefined ? undefined : sh`chgrp ${group} "$n" || exit 1`,
    // A symbolic mode builds on what was there.
    mode === undefined || !/^[0-7]+$/.test(mode) ? sh`chmod "$m" "$n" || exit 1` : undefined,
    mode === undefined ? undefined : sh`chmod ${mode} "$n" || exit 1`,
    validate === undefined ? undefined : sh`(${validate(sh`"$n"`)}) || exit`,
    sh`sync "$n" 2>/dev/null || sync`,
    step.restore
      ? sh`if [ -e "$t" ] || [ -L "$t" ]; then ln "$t" ${saved} 2>/dev/null || cp -pP "$t" ${saved} || exit 1; fi`
      : undefined,
    backup === true
      ? sh`if [ -e "$t" ]; then cp -pP "$t" "$t.$(date -u +%Y-%m-%dT%H:%M:%SZ)~" || exit 1; fi`
      : undefined,
    sh`mv -f "$n" "$t" || exit 1; trap - EXIT`,
  );
}
