// Whether a unit starts at boot: what systemctl's enable, reenable and disable would have to do.
import { sh } from '../../base/script.ts';
import type { Change } from '../../module/change.ts';
import type { Failure } from '../../module/failure.ts';
import { type Boot, bootOf, type InstallState, installLines, NO_INSTALL } from './install.ts';
import { systemctl } from './scripts.ts';
import type { UnitState } from './state.ts';
import { isMasked, step, targetOf } from './step.ts';
import { type UnitWant, unitPath } from './want.ts';

/** Enables or disables, where the links that its [Install] section asks for aren't as they should be. */
export function planBoot(have: UnitState, want: UnitWant): readonly Change[] {
  if (want.enabled === undefined) return [];
  return want.enabled ? enabling(have, want) : disabling(have, want);
}

/** By what the task asks about, and where it doesn't ask by what systemctl says. */
export function isEnabled(have: UnitState, want: UnitWant): boolean {
  const { enabled } = want;
  if (enabled === undefined) return ['enabled', 'enabled-runtime', 'alias'].includes(have.file);
  const isAsWanted = planBoot(have, want).length === 0 && refusedBoot(have, want) === undefined;
  return isAsWanted ? enabled : !enabled;
}

function enabling(have: UnitState, want: UnitWant): readonly Change[] {
  const boot = bootState(have, want);
  const missing = !boot || boot.missing.length > 0;
  // Links that somebody made beside those of [Install] stay, unless the file is the task's own.
  const stale = boot !== undefined && boot.stale.length > 0 && boot.provided;
  const wrong = missing || (stale && want.files.length > 0);
  if (have.boot === 'enabled' || have.initLinks === true) return [];
  if (have.initLinks === undefined && !(boot ? wrong : have.file !== 'enabled')) return [];
  const verb = stale ? 'reenable' : 'enable';
  const force = want.force ? sh` --force` : sh``;
  const run = sh`${systemctl(want)} --quiet${force} ${verb} -- ${targetOf(have, want)}`;
  const differs =
    boot && boot.there.length + boot.stale.length > 0 && !want.files.some(({ content }) => content.secret);
  const from = differs ? `enabled (${[...boot.there, ...boot.stale].join(', ')})` : stateName(have);
  const to = differs ? `enabled (${[...boot.there, ...boot.missing].join(', ')})` : 'enabled';
  return [step(have, want, from, to, { run }, { file: 'enabled', boot: 'enabled' })];
}

function disabling(have: UnitState, want: UnitWant): readonly Change[] {
  // It can't be started, and systemctl takes none of its links away.
  if (isMasked(have) && want.masked !== false) return [];
  const boot = bootState(have, want);
  const links = boot ? [...boot.there, ...boot.stale, ...boot.runtime] : [];
  const isOff = boot ? links.length === 0 : !have.file.startsWith('enabled');
  const off = have.initLinks === undefined ? isOff : !have.initLinks;
  if (have.boot === 'disabled' || (off && have.boot !== 'enabled')) return [];
  const unit = targetOf(have, want);
  const disable = sh`${systemctl(want)} --quiet disable -- ${unit}`;
  const run =
    boot && boot.runtime.length > 0
      ? sh`${disable} && ${systemctl(want)} --quiet disable --runtime -- ${unit}`
      : disable;
  return [step(have, want, stateName(have), 'disabled', { run }, { file: 'disabled', boot: 'disabled' })];
}

/** What can't be enabled or disabled because of what it is: systemctl(1), the table of `is-enabled`. */
export function refusedBoot(have: UnitState, want: UnitWant): Failure | undefined {
  const boot = bootState(have, want);
  if (want.enabled === undefined || have.boot !== undefined || !boot || have.initLinks !== undefined) return undefined;
  const { unit } = want;
  if (want.enabled && boot.taken.length > 0 && !want.force) {
    // systemctl would make the links before it finds out.
    return {
      summary: `${unit} can't be enabled`,
      detail: `It is to be ${boot.taken.join(' and ')} as well (Alias=), and another unit is that already.`,
      hint: 'Disable the other one in an earlier task, or replace a link with `force: true`.',
    };
  }
  if (want.enabled && !boot.provided && have.load !== 'masked') {
    const links = [...boot.stale, ...boot.runtime, ...boot.global];
    if (want.files.length === 0 && (have.pulled || links.length > 0)) return undefined;
    const kind = have.file === 'transient' || have.file === 'generated' ? have.file : 'static';
    return {
      summary: `${unit} can't be enabled`,
      detail:
        kind === 'static'
          ? 'Its file has no [Install] section that says what would start it at boot, and no other unit wants it.'
          : `It is ${kind}: ${kind === 'generated' ? `made anew of ${have.source ?? 'something else'} at each boot` : 'gone after the next boot'}.`,
      hint:
        kind === 'static'
          ? 'Add a section such as:\n\n    [Install]\n    WantedBy=multi-user.target\n\nor enable the timer, socket or path that starts it.'
          : 'Write a unit with a file of its own.',
    };
  }
  if (!want.enabled && have.file === 'generated' && have.pulled) {
    return {
      summary: `${unit} can't be disabled`,
      detail: `It is generated, made anew of ${have.source ?? 'something else'} at each boot.`,
      hint: 'Take it out there, or set `masked: true`.',
    };
  }
  if (!want.enabled && boot.global.length > 0) {
    return {
      summary: `${unit} is enabled for all users`,
      detail: `Links in /etc/systemd/user say so: ${boot.global.join(', ')}.`,
      hint: `Let root disable it for all:\n\n    systemctl --global disable ${unit}\n\nor set \`masked: true\` for this user.`,
    };
  }
  return undefined;
}

/** How it will be enabled once the task's own files are there; undefined where nobody could read it. */
function bootState(have: UnitState, want: UnitWant): Boot | undefined {
  const unit = targetOf(have, want);
  const own = want.files.some(({ path }) => path === unitPath(unit));
  const { install } = have;
  if (install === undefined && !own) return undefined;
  const state = withFiles(install ?? NO_INSTALL, unit, want);
  return bootOf(have.upholds === false ? withoutUpheldBy(state) : state, unit);
}

function withoutUpheldBy(state: InstallState): InstallState {
  const known = (row: string) => !/^\s*UpheldBy\s*=/.test(row);
  return {
    ...state,
    units: state.units.map(({ names, fragments }) => ({
      names,
      fragments: fragments.map(({ path, install }) => ({ path, install: install.filter(known) })),
    })),
  };
}

/** The unit's fragments as the task leaves them: its own file first, then drop-ins by name. */
function withFiles(install: InstallState, unit: string, { files }: UnitWant): InstallState {
  const found = install.units.find(({ names }) => names.includes(unit));
  const written = files.map(({ path, content }) => ({
    path,
    install: installLines(content.bytes().toString('utf8')),
  }));
  const isWritten = ({ path }: { readonly path: string }) => written.some((one) => one.path === path);
  const own = unitPath(unit);
  const kept = (found?.fragments ?? []).filter((one) => !isWritten(one));
  const isDropIn = ({ path }: { readonly path: string }) => path.endsWith('.conf');
  const fragments = [
    ...(written.some(({ path }) => path === own)
      ? written.filter(({ path }) => path === own)
      : kept.filter((one) => !isDropIn(one))),
    ...[...kept, ...written].filter(isDropIn),
  ];
  return {
    ...install,
    units: [{ names: found?.names ?? [unit], fragments }, ...install.units.filter((one) => one !== found)],
  };
}

function stateName({ file }: UnitState): string {
  return file === '' ? 'not enabled' : file;
}
