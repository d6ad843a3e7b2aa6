// What probeUnits printed, as the state of each unit.

import { lastLines } from '../../base/last-lines.ts';
import type { Output } from '../../module/change.ts';
import type { Failure } from '../../module/failure.ts';
import { Missing } from '../../module/resource.ts';
import { readSections } from '../../module/sections.ts';
import { baseName } from '../file/path.ts';
import { parseFiles } from '../file/report.ts';
import type { Entry, FileReport } from '../file/state.ts';
import { alsoOf, type Fragment, type InstallState } from './install.ts';
import { unitNames } from './probe.ts';
import { isTemplateUnit, type UnitWant, unitQueries } from './want.ts';

/** systemctl's own words, `systemctl(1) show`. */
export interface UnitState {
  /** Its own name: the wanted one may be an alias. */
  readonly id: string;
  /** loaded, not-found, masked, bad-setting, error. */
  readonly load: string;
  /** active, inactive, failed, activating, deactivating, reloading, maintenance. */
  readonly active: string;
  readonly sub: string;
  /** enabled, disabled, static, masked, generated …; empty without a file. */
  readonly file: string;
  readonly type: string;
  readonly remains: boolean;
  readonly canReload: boolean;
  /** The directory in which its user may put units. */
  readonly config?: string | undefined;
  /** Path of the unit's own file, when it has one. */
  readonly fragment?: string | undefined;
  /** The init script or table that its file was generated from. */
  readonly source?: string | undefined;
  /** Other units want it or wait for what triggers it, whether or not it is enabled. */
  readonly pulled: boolean;
  /** Seconds since 1970 when it became active, give or take two; undefined when it isn't. */
  readonly since: number | undefined;
  /** What is at the paths of the wanted files. */
  readonly entries: readonly (Entry | undefined)[];
  /** How it is enabled: undefined where nobody asked, or where it isn't there. */
  readonly install?: InstallState | undefined;
  /** False where its manager is too old to know UpheldBy=. */
  readonly upholds?: false;
  /** Whether the init script that it was generated from runs at boot. */
  readonly initLinks?: boolean | undefined;
  /** What a pending change makes of that. */
  readonly boot?: string | undefined;
  /** The manager hasn't read some unit's files since they were changed. */
  readonly stale?: boolean | undefined;
  /** Why pending changes of a dry run may make it otherwise. */
  readonly doubt?: string | undefined;
}

type Found = Omit<UnitState, 'entries' | 'install'> & {
  readonly names: readonly string[];
  readonly files: readonly string[];
};

/** A unit that isn't there, and a template's file (`app@.service`): only its instances are units. */
const NOTHING: Omit<UnitState, 'entries' | 'id'> = {
  load: 'not-found',
  active: 'inactive',
  sub: 'dead',
  file: '',
  type: '',
  remains: false,
  canReload: true,
  pulled: false,
  since: undefined,
};

/** What was read of one manager. */
interface Manager {
  readonly config: string | undefined;
  readonly units: ReadonlyMap<string, Found>;
  readonly installs: readonly string[];
  readonly links: readonly string[];
  /** Names of init scripts. */
  readonly scripts: readonly string[];
  readonly stale: boolean;
}

/** One state for each want. @throws Error when the output can't be understood */
export function parseUnits(out: Output, wants: readonly UnitWant[]): readonly (UnitState | Missing<UnitState>)[] {
  const sections = readSections(out.stdout);
  if (sections.has('none')) return wants.map(() => new Missing<UnitState>({ needs: ['command:systemctl'] }));
  if (out.status !== 0) {
    const failure = { summary: 'systemd does not answer', detail: lastLines(out.stderr), ...lingering(wants) };
    return wants.map(() => new Missing<UnitState>({ needs: ['command:systemctl'], failure }));
  }
  const boot = bootTime(sections.get('clock') ?? []);
  const managerOf = (scope: UnitWant['scope']): Manager => ({
    config: scope === 'user' ? sections.get('config')?.[0] : undefined,
    units: blocks(sections.get(scope) ?? [], unitNames(wants, scope), boot),
    installs: sections.get(`${scope}installs`) ?? [],
    links: sections.get(`${scope}links`) ?? [],
    scripts: scope === 'system' ? (sections.get('scripts') ?? []) : [],
    stale: (sections.get(`${scope}reload`) ?? []).length > 0,
  });
  const managers = { system: managerOf('system'), user: managerOf('user') };
  const queries = unitQueries(wants);
  const report = queries.length === 0 ? undefined : parseFiles(out, queries);
  return wants.map((want) => stateOf(want, managers[want.scope], report));
}

/** A user's own manager runs while somebody is logged in, and no `become_user` logs in. */
function lingering(wants: readonly UnitWant[]): { readonly hint?: string } {
  if (!wants.some(({ scope }) => scope === 'user')) return {};
  return {
    hint: 'A user’s own manager runs while that user is logged in. Let it run from boot on, in an earlier task as root:\n\n    loginctl enable-linger NAME',
  };
}

function stateOf(want: UnitWant, manager: Manager, report: FileReport | undefined): UnitState | Missing<UnitState> {
  const stale = want.reload && manager.stale ? { stale: true } : {};
  const entries = want.files.map(({ path }) => report?.entry(path));
  if (want.unit === '' || isTemplateUnit(want.unit)) return { ...NOTHING, id: want.unit, entries, ...stale };
  const found = manager.units.get(want.unit);
  if (!found) throw new Error(`systemctl said nothing of ${want.unit}`);
  const { names, files, ...rest } = found;
  const isThere = found.load !== 'not-found';
  const initLinks = rest.source?.startsWith('/etc/init.d/')
    ? manager.links.some((row) => row.replace(/^s S\d\d/, '') === rest.id.replace(/\.service$/, ''))
    : undefined;
  const state: UnitState = {
    ...rest,
    ...(manager.config === undefined ? {} : { config: manager.config }),
    entries,
    ...stale,
    ...(want.enabled !== undefined && isThere ? { install: installOf(manager, found) } : {}),
    ...(want.enabled !== undefined && manager.links.includes('u old') ? { upholds: false } : {}),
    ...(want.enabled !== undefined && initLinks !== undefined ? { initLinks } : {}),
  };
  if (isThere || !needsUnit(want)) return state;
  const script = want.unit.replace(/\.service$/, '');
  return new Missing({
    needs: [`unit:${want.unit}`],
    fresh: state,
    failure: manager.scripts.includes(script) ? onlyScript(script) : undefined,
  });
}

function onlyScript(name: string): Failure {
  return {
    summary: `There is no unit ${name}.service, only an init script`,
    detail: `systemd made none of /etc/init.d/${name}: a new one (262) has no generator for init scripts, and an older one makes a unit at its next \`daemon_reload\`.`,
    hint: 'Write a unit that starts what the script starts, with `content`, `template` or `src`.',
  };
}

/** What is stopped, disabled or unmasked need not be there, nor what is masked before it comes. */
export function needsUnit({ unit, state, enabled, files }: UnitWant): boolean {
  if (files.some(({ path }) => path.endsWith(`/${unit}`))) return false;
  return (state !== undefined && state !== 'stopped') || enabled === true || files.length > 0;
}

/** The unit with those that it leads to by Also=, and their links alone: those of neighbouring tasks' units are left out. */
function installOf({ units, installs, links }: Manager, unit: Found): InstallState {
  const fragmentsOf = ({ files }: Found) =>
    files.map((path) => ({
      path,
      install: installs.flatMap((row) => (row.startsWith(`${path}:`) ? [row.slice(path.length + 1)] : [])),
    }));
  const reached = new Map<Found, readonly Fragment[]>();
  const reach = (one: Found | undefined): void => {
    if (!one || reached.has(one)) return;
    const fragments = fragmentsOf(one);
    reached.set(one, fragments);
    const rows = fragments.flatMap(({ install }) => install);
    for (const name of alsoOf(one.id, rows)) reach(units.get(name));
  };
  reach(unit);
  const names = new Set([...reached.keys()].flatMap((one) => one.names));
  const of = (kind: string) =>
    links.flatMap((row) => {
      const link = row.slice(2);
      return row.startsWith(`${kind} `) && names.has(baseName(link)) ? [link] : [];
    });
  return {
    units: [...reached].map(([one, fragments]) => ({ names: one.names, fragments })),
    config: of('c'),
    runtime: of('r'),
    global: of('g'),
    taken: links.flatMap((row) => (row.startsWith('t ') && !names.has(row.slice(2)) ? [row.slice(2)] : [])),
  };
}

/** `NOW UPTIME`: when the clock of the Monotonic properties began, in seconds since 1970. */
function bootTime([row = '']: readonly string[]): number {
  const [now, up] = row.split(' ').map(Number);
  if (now === undefined || up === undefined || Number.isNaN(now - up)) throw new Error('the host has no clock');
  return now - up;
}

/**
 * Blocks of `Key=Value` with an empty line between: first those of the names, in their order, then those of the units
 * that they name, which go by what they are called themselves.
 */
function blocks(rows: readonly string[], units: readonly string[], boot: number): ReadonlyMap<string, Found> {
  if (units.length === 0) return new Map();
  const found = rows
    .join('\n')
    .trim()
    .split('\n\n')
    .map((text) => block(text, boot));
  if (found.length < units.length) throw new Error('systemctl answered for other units than were asked for');
  const further = found.slice(units.length).flatMap((one) => one.names.map((name) => [name, one] as const));
  const asked = found.slice(0, units.length).map((one, index) => [units[index] ?? '', one] as const);
  return new Map([...further, ...asked]);
}

function block(text: string, boot: number): Found {
  const values = new Map(
    text.split('\n').map((row) => {
      const at = row.indexOf('=');
      return [row.slice(0, at), row.slice(at + 1)] as const;
    }),
  );
  const value = (name: string) => values.get(name) ?? '';
  const words = (name: string) =>
    value(name)
      .split(' ')
      .filter((word) => word !== '');
  const since = Number(value('ActiveEnterTimestampMonotonic'));
  if (value('LoadState') === '') throw new Error('systemctl left out the state of a unit');
  const id = value('Id');
  return {
    id,
    names: [id, ...words('Names').filter((name) => name !== id)],
    files: [...words('FragmentPath'), ...words('DropInPaths')],
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    file: value('UnitFileState'),
    type: value('Type'),
    remains: value('RemainAfterExit') === 'yes',
    canReload: value('CanReload') === 'yes',
    fragment: value('FragmentPath') || undefined,
    ...(value('SourcePath') === '' ? {} : { source: value('SourcePath') }),
    pulled: ['WantedBy', 'RequiredBy', 'TriggeredBy', 'BoundBy'].some((name) => value(name) !== ''),
    since: since > 0 && value('ActiveState') === 'active' ? boot + since / 1e6 : undefined,
  };
}
