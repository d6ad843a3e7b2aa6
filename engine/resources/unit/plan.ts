// What would have to change for a unit to be as wanted.
import { sh } from '../../base/script.ts';
import { type Change, type Plan, type Step, withEffects } from '../../module/change.ts';
import type { Settled } from '../../module/effect.ts';
import type { Failure } from '../../module/failure.ts';
import { planFile } from '../file/managed.ts';
import { baseName, parentOf } from '../file/path.ts';
import { isEnabled, planBoot, refusedBoot } from './boot.ts';
import { lifecycle, systemctl, type Verb } from './scripts.ts';
import type { UnitState } from './state.ts';
import { isMasked, step, targetOf } from './step.ts';
import type { UnitWant } from './want.ts';

/** What systemctl shows of a unit that was started. */
const UP = { active: 'active', sub: 'running' };
const MASKED = { load: 'masked', file: 'masked' };
/** The start's time is known to two seconds. */
const JITTER = 2;

/** Plan of the module systemd. */
export function planUnit(have: UnitState, want: UnitWant): Plan {
  const { active, sub, file } = have;
  const result = { unit: targetOf(have, want), active, sub, file, enabled: isEnabled(have, want) };
  const plans = want.files.map((file, index) => planFile({ entry: have.entries[index] }, file));
  const failure = plans.find((plan) => plan.failure)?.failure ?? impossible(have, want) ?? refusedBoot(have, want);
  if (failure) return { changes: [], failure, result };
  const files = plans.flatMap(({ changes }) => changes);
  const state = running(have, want, files);
  const boot = planBoot(have, want);
  const stops = want.state === 'stopped';
  return {
    changes: [
      ...(have.stale && files.length === 0 ? [reread(want)] : []),
      ...fileChanges(files, have, want, boot.length > 0),
      // What is disabled may not be known by this name any more, and what is masked can't be disabled.
      ...(stops ? state : []),
      ...(want.masked === true ? [] : masking(have, want)),
      ...boot,
      ...(want.masked === true ? masking(have, want) : []),
      ...(stops ? [] : state),
    ],
    result,
    doubt: have.doubt,
    ...cannotReload(have, want),
  };
}

/** An act: whether a unit's files are newer than what the manager knows is all that can be read. */
function reread(want: UnitWant): Change {
  const run = sh`${systemctl(want)} daemon-reload`;
  return { op: '!', what: 'systemd', from: 'files that it has not read', to: 'read again', steps: [{ run }] };
}

/**
 * The files, then the manager's reload and, where asked for, the restart: if that fails, the last file goes back. What makes
 * or takes the links of [Install] next (`reloads`) ends with a reload of its own, as systemctl(1) says of enable.
 */
function fileChanges(files: readonly Change[], have: UnitState, want: UnitWant, reloads: boolean): readonly Change[] {
  const last = files.at(-1);
  if (!last) return [];
  const ctl = systemctl(want);
  const unit = targetOf(have, want);
  const restart = want.restartOnChange && isUp(have) && !acts(want);
  const again = restart ? sh`${ctl} daemon-reload && ${ctl} restart -- ${unit}` : sh`${ctl} daemon-reload`;
  return files.map((change): Change => {
    const path = change.what.slice('file '.length);
    const steps: Step[] = [
      ...(change.op === '+' && path.endsWith('.conf') ? [{ run: sh`mkdir -p -- ${parentOf(path)}` }] : []),
      // Reverts run last to first: this one comes after the old file is back.
      ...(change === last ? [{ run: sh`:`, revert: again }] : []),
      ...change.steps,
      ...(change === last && (restart || !reloads) ? [{ run: sh`${ctl} daemon-reload` }] : []),
      ...(change === last && restart ? [lifecycle(want, unit, 'restart', isOneshot(have))] : []),
    ];
    const own = baseName(path) === want.unit;
    const to = change === last && restart ? [change.to, 'restarted'].filter((word) => word).join(', ') : change.to;
    return withEffects({ ...change, to, steps }, own && change.op === '+' ? [{ makes: `unit:${want.unit}` }] : []);
  });
}

function masking(have: UnitState, want: UnitWant): readonly Change[] {
  if (want.masked === undefined) return [];
  const unit = targetOf(have, want);
  const ctl = systemctl(want);
  const force = want.force ? sh` --force` : sh``;
  if (want.masked) {
    // One that is masked until the next boot is not masked then.
    if (isMasked(have) && have.file !== 'masked-runtime') return [];
    const from = isMasked(have) ? 'masked until the next boot' : 'not masked';
    return [step(have, want, from, 'masked', { run: sh`${ctl}${force} mask -- ${unit}` }, MASKED)];
  }
  if (!isMasked(have)) return [];
  // Without the option only what stays is taken away, with it only what ends at the next boot.
  const run = sh`${ctl} unmask -- ${unit} && ${ctl} unmask --runtime -- ${unit}`;
  return [step(have, want, 'masked', 'not masked', { run }, { load: 'loaded', file: 'disabled' })];
}

function running(have: UnitState, want: UnitWant, files: readonly Change[]): readonly Change[] {
  const oneshot = isOneshot(have);
  const from = have.sub === 'auto-restart' ? 'failing' : have.active;
  const up = oneshot || want.noBlock ? {} : UP;
  const act = (to: string, verb: Verb) => [
    { ...step(have, want, from, to, lifecycle(want, targetOf(have, want), verb, oneshot), up), op: '!' as const },
  ];
  const change = (was: string, to: string, verb: Verb, as: Settled) =>
    // With no_block it may not have happened yet at the second look.
    want.noBlock
      ? act(to, verb)
      : [step(have, want, was, to, lifecycle(want, targetOf(have, want), verb, oneshot), as)];
  switch (want.state) {
    case 'restarted':
      return act('restarted', 'restart');
    case 'reloaded':
      return isUp(have) ? act('reloaded', 'reload') : act('started', 'start');
    case 'stopped':
      // One that crashes and is about to be started again has not stopped.
      return ['inactive', 'failed'].includes(have.active)
        ? []
        : change(from, 'stopped', 'stop', { active: 'inactive', sub: 'dead' });
    case 'started':
    case undefined:
      break;
  }
  // What runs once and ends is never found running.
  if (want.state === 'started' && !isUp(have)) {
    return oneshot ? act('run once', 'start') : change(from, 'started', 'start', UP);
  }
  // A run that was cut off between the file and the restart is finished here.
  const written = Math.max(...have.entries.map((entry) => entry?.modified ?? 0));
  const stale = have.since !== undefined && written > have.since + JITTER;
  if (want.restartOnChange && stale && files.length === 0 && isUp(have)) {
    return change('running from before its file changed', 'restarted', 'restart', UP);
  }
  return [];
}

function impossible(have: UnitState, want: UnitWant): Failure | undefined {
  const masked = isMasked(have);
  const starts = want.state === 'restarted' || (want.state !== undefined && want.state !== 'stopped' && !isUp(have));
  if (masked && want.masked === undefined && (starts || want.enabled === true)) {
    return {
      summary: `${want.unit} is masked`,
      detail: 'A masked unit can be neither started nor enabled.',
      hint: 'Set `masked: false` in this task if that is meant.',
    };
  }
  const { fragment = '' } = have;
  if (masked && want.masked === false && !/^\/(etc|run)\/|^[^/]*$|\/\.config\//.test(fragment)) {
    return {
      summary: `${want.unit} can't be unmasked`,
      detail: `${fragment} is empty or a link to /dev/null, and wasn't made by systemctl, which removes only what it made itself.`,
      hint: `Write a unit of your own in its place, with \`content\`, \`template\` or \`src\`.`,
    };
  }
  if (['bad-setting', 'error'].includes(have.load) && want.files.length === 0 && (starts || want.enabled === true)) {
    return {
      summary: `systemd can't make sense of ${want.unit}`,
      detail: 'A setting in its file or drop-ins is wrong.',
      hint: `See what:\n\n    systemctl status ${want.unit}`,
    };
  }
  if (want.masked === true && !masked && fragment.startsWith('/etc/systemd/system/')) {
    return {
      summary: `${want.unit} can't be masked`,
      detail: `The mask would take the place of ${have.fragment}, and systemctl refuses that.`,
      hint: 'Remove that file first if it may go, or use `state: stopped` and `enabled: false`.',
    };
  }
  return undefined;
}

/** systemctl refuses it then. One that was started in place of a reload is all right, which is why it is no failure of the plan. */
function cannotReload(have: UnitState, want: UnitWant): Pick<Plan, 'foretold'> {
  if (want.state !== 'reloaded' || !isUp(have) || have.canReload || want.files.length > 0) return {};
  return { foretold: { failure: { summary: `${want.unit} can't reload`, hint: 'Use `state: restarted`.' } } };
}

function isUp({ active, sub }: UnitState): boolean {
  return ['active', 'reloading', 'refreshing'].includes(active) || (active === 'activating' && sub !== 'auto-restart');
}

function isOneshot({ type, remains }: UnitState): boolean {
  return type === 'oneshot' && !remains;
}

function acts({ state }: UnitWant): boolean {
  return state === 'restarted' || state === 'stopped';
}
