// What would have to change for a unit to be as wanted.
import type { Change, Failure, Plan, Step } from '../change.ts';
import type { Settled } from '../left.ts';
import type { Resource } from '../resource.ts';
import { sh } from '../script.ts';
import { planFile } from './managed-file.ts';
import { baseName, parentOf } from './path.ts';
import { lifecycle, systemctl } from './unit-scripts.ts';
import type { UnitState } from './unit-state.ts';
import type { UnitWant } from './unit-want.ts';

/** States of a unit's file that `enable` and `disable` have no say in. */
const FIXED = ['static', 'generated', 'indirect', 'alias', 'transient'];
/** What systemctl shows of a unit that was started. */
const UP = { active: 'active', sub: 'running' };
/** The start's time is known to two seconds. */
const JITTER = 2;

/** Plan of the module systemd. */
export function planUnit(have: UnitState, want: UnitWant): Plan {
  const result = { unit: want.unit, active: have.active, sub: have.sub, enabled: have.file };
  const plans = want.files.map((file, index) => planFile({ entry: have.entries[index] }, file));
  const failure = plans.find((plan) => plan.failure)?.failure ?? impossible(have, want);
  if (failure) return { changes: [], failure, result };
  const files = plans.flatMap(({ changes }) => changes);
  return {
    changes: [
      ...fileChanges(files, have, want),
      ...masking(have, want),
      ...enabling(have, want),
      ...running(have, want, files),
    ],
    result,
  };
}

/** The files, then the manager's reload and, where asked for, the restart: if that fails, the last file goes back. */
function fileChanges(files: readonly Change[], have: UnitState, want: UnitWant): readonly Change[] {
  const last = files.at(-1);
  if (!last) return [];
  const ctl = systemctl(want);
  const restart = want.restartOnChange && isUp(have) && !acts(want);
  const again = restart ? sh`${ctl} daemon-reload && ${ctl} restart -- ${want.unit}` : sh`${ctl} daemon-reload`;
  return files.map((change): Change => {
    const path = change.what.slice('file '.length);
    const steps: Step[] = [
      ...(change.op === '+' && path.endsWith('.conf') ? [{ run: sh`mkdir -p -- ${parentOf(path)}` }] : []),
      // Reverts run last to first: this one comes after the old file is back.
      ...(change === last ? [{ run: sh`:`, revert: again }] : []),
      ...change.steps,
      ...(change === last ? [{ run: sh`${ctl} daemon-reload` }] : []),
      ...(change === last && restart ? [lifecycle(want, 'restart', isOneshot(have))] : []),
    ];
    const own = baseName(path) === want.unit;
    return {
      ...change,
      ...(change === last && restart ? { to: [change.to, 'restarted'].filter((word) => word).join(', ') } : {}),
      steps,
      provides: [...(change.provides ?? []), ...(own && change.op === '+' ? ([`unit:${want.unit}`] as const) : [])],
    };
  });
}

function masking(have: UnitState, want: UnitWant): readonly Change[] {
  const masked = have.load === 'masked' || have.file.startsWith('masked');
  if (want.masked === undefined || want.masked === masked) return [];
  const run = sh`${systemctl(want)} ${want.masked ? 'mask' : 'unmask'} -- ${want.unit}`;
  const as = want.masked ? { load: 'masked', file: 'masked' } : { load: 'loaded', file: 'disabled' };
  return [step(want, masked ? 'masked' : 'not masked', want.masked ? 'masked' : 'not masked', { run }, as)];
}

function enabling(have: UnitState, want: UnitWant): readonly Change[] {
  if (want.enabled === undefined || FIXED.includes(have.file)) return [];
  const enabled = have.file === 'enabled';
  const disabled = !['enabled', 'enabled-runtime', 'linked', 'linked-runtime'].includes(have.file);
  if (want.enabled ? enabled : disabled) return [];
  const run = sh`${systemctl(want)} --quiet ${want.enabled ? 'enable' : 'disable'} -- ${want.unit}`;
  const from = have.file === '' ? 'not enabled' : have.file;
  const file = want.enabled ? 'enabled' : 'disabled';
  return [step(want, from, file, { run }, { file })];
}

function running(have: UnitState, want: UnitWant, files: readonly Change[]): readonly Change[] {
  const oneshot = isOneshot(have);
  const from = have.sub === 'auto-restart' ? 'failing' : have.active;
  switch (want.state) {
    case 'restarted':
      return [act(want, from, 'restarted', lifecycle(want, 'restart', oneshot), oneshot ? {} : UP)];
    case 'reloaded':
      return [
        act(
          want,
          from,
          isUp(have) ? 'reloaded' : 'started',
          lifecycle(want, isUp(have) ? 'reload' : 'start', oneshot),
          oneshot ? {} : UP,
        ),
      ];
    case 'stopped':
      // One that crashes and is about to be started again has not stopped.
      return !['inactive', 'failed'].includes(have.active)
        ? [step(want, from, 'stopped', lifecycle(want, 'stop', oneshot), { active: 'inactive', sub: 'dead' })]
        : [];
    case 'started':
    case undefined:
      break;
  }
  if (want.state === 'started' && !isUp(have)) {
    // What runs once and ends is never found running.
    const start = lifecycle(want, 'start', oneshot);
    return [oneshot ? act(want, from, 'run once', start, {}) : step(want, from, 'started', start, UP)];
  }
  // A run that was cut off between the file and the restart is finished here.
  const written = Math.max(...have.entries.map((entry) => entry?.modified ?? 0));
  const stale = have.since !== undefined && written > have.since + JITTER;
  if (want.restartOnChange && stale && files.length === 0 && isUp(have)) {
    return [step(want, 'running from before its file changed', 'restarted', lifecycle(want, 'restart', oneshot), UP)];
  }
  return [];
}

function impossible(have: UnitState, want: UnitWant): Failure | undefined {
  const masked = have.load === 'masked' || have.file.startsWith('masked');
  const starts = want.state !== undefined && want.state !== 'stopped';
  if (masked && want.masked === undefined && (starts || want.enabled === true)) {
    return {
      summary: `${want.unit} is masked`,
      detail: 'A masked unit can be neither started nor enabled.',
      hint: 'Set `masked: false` in this task if that is meant.',
    };
  }
  if (['bad-setting', 'error'].includes(have.load) && want.files.length === 0 && (starts || want.enabled === true)) {
    return {
      summary: `systemd can't make sense of ${want.unit}`,
      detail: 'A setting in its file or drop-ins is wrong.',
      hint: `See what:\n\n    systemctl status ${want.unit}`,
    };
  }
  if (want.masked === true && !masked && have.fragment?.startsWith('/etc/systemd/system/')) {
    return {
      summary: `${want.unit} can't be masked`,
      detail: `The mask would take the place of ${have.fragment}, and systemctl refuses that.`,
      hint: 'Remove that file first if it may go, or use `state: stopped` and `enabled: false`.',
    };
  }
  if (want.state === 'reloaded' && have.load === 'loaded' && !have.canReload && want.files.length === 0) {
    return { summary: `${want.unit} can't reload`, hint: 'Use `state: restarted`.' };
  }
  return undefined;
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

/** `as`: what systemctl will show then, where that differs. */
function step(want: UnitWant, from: string, to: string, one: Step, as: Settled['as']): Change {
  return { op: '~', what: `unit ${want.unit}`, from, to, steps: [one], settles: { resource: resourceOf(want), as } };
}

function act(want: UnitWant, from: string, to: string, one: Step, as: Settled['as']): Change {
  return { ...step(want, from, to, one, as), op: '!' };
}

/** A user's units are others than the system's of the same name. */
export function resourceOf({ unit, scope }: UnitWant): Resource {
  return scope === 'system' ? `unit:${unit}` : `unit:user/${unit}`;
}
