// Reads any number of units with one `systemctl show` for each manager, and their files.
import type { Output } from '../change.ts';
import { type Missing, unknown } from '../resource.ts';
import { lines, type Script, sh } from '../script.ts';
import { probeFiles } from './file-probe.ts';
import { parseFiles } from './file-report.ts';
import type { Entry, FileReport } from './file-state.ts';
import { lastLines } from './said.ts';
import { readSections } from './sections.ts';
import { type UnitWant, unitQueries } from './unit-want.ts';

/** systemctl's own words, `systemctl(1) show`. */
export interface UnitState {
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
  /** Path of the unit's own file, when it has one. */
  readonly fragment?: string | undefined;
  /** Seconds since 1970 when it became active, give or take two; undefined when it isn't. */
  readonly since: number | undefined;
  /** What is at the paths of the wanted files. */
  readonly entries: readonly (Entry | undefined)[];
}

/** Of a template's file (`app@.service`) there is nothing to be shown: only its instances are units. */
const TEMPLATE: Omit<UnitState, 'entries'> = {
  load: 'not-found',
  active: 'inactive',
  sub: 'dead',
  file: '',
  type: '',
  remains: false,
  canReload: true,
  since: undefined,
};

export function isTemplate(unit: string): boolean {
  return /@\.[a-z]+$/.test(unit);
}

const PROPERTIES = [
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'Type',
  'RemainAfterExit',
  'CanReload',
  'FragmentPath',
  'ActiveEnterTimestampMonotonic',
].map((name) => `--property=${name}`);

/** A read-only script, to be read by `parseUnits`. */
export function probeUnits(wants: readonly UnitWant[]): Script {
  const system = names(wants, 'system');
  const user = names(wants, 'user');
  const queries = unitQueries(wants);
  return lines(
    sh`command -v systemctl >/dev/null || { echo @none; exit 0; }`,
    sh`echo @clock; IFS=' ' read -r up rest </proc/uptime; echo "$(date +%s) $up"`,
    system.length === 0 ? undefined : sh`echo @system; systemctl show --no-pager ${PROPERTIES} -- ${system} || exit`,
    user.length === 0
      ? undefined
      : sh`echo @user; XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user show --no-pager ${PROPERTIES} -- ${user} || exit`,
    queries.length === 0 ? undefined : probeFiles(queries),
  );
}

/** One state for each want. @throws Error when the output can't be understood */
export function parseUnits(out: Output, wants: readonly UnitWant[]): readonly (UnitState | Missing<UnitState>)[] {
  const sections = readSections(out.stdout);
  if (sections.has('none')) return wants.map(() => unknown<UnitState>('command:systemctl'));
  if (out.status !== 0) {
    const failure = { summary: 'systemd does not answer', detail: lastLines(out.stderr) };
    return wants.map(() => unknown<UnitState>('command:systemctl', undefined, failure));
  }
  const boot = bootTime(sections.get('clock') ?? []);
  const units = {
    system: blocks(sections.get('system') ?? [], names(wants, 'system'), boot),
    user: blocks(sections.get('user') ?? [], names(wants, 'user'), boot),
  };
  const queries = unitQueries(wants);
  const report = queries.length === 0 ? undefined : parseFiles(out, queries);
  return wants.map((want) =>
    stateOf(want, isTemplate(want.unit) ? TEMPLATE : units[want.scope].get(want.unit), report),
  );
}

function stateOf(
  want: UnitWant,
  found: Omit<UnitState, 'entries'> | undefined,
  report: FileReport | undefined,
): UnitState | Missing<UnitState> {
  if (!found) throw new Error(`systemctl said nothing of ${want.unit}`);
  const state = { ...found, entries: want.files.map(({ path }) => report?.entry(path)) };
  const makesItself = want.files.some(({ path }) => path.endsWith(`/${want.unit}`));
  // To mask a unit is allowed before it exists.
  const needed = !makesItself && (want.state !== undefined || want.enabled !== undefined || want.files.length > 0);
  return found.load === 'not-found' && needed ? unknown(`unit:${want.unit}`, state) : state;
}

function names(wants: readonly UnitWant[], scope: UnitWant['scope']): readonly string[] {
  return [...new Set(wants.filter((want) => want.scope === scope).map(({ unit }) => unit))].filter(
    (unit) => !isTemplate(unit),
  );
}

/** `NOW UPTIME`: when the clock of the Monotonic properties began, in seconds since 1970. */
function bootTime([row = '']: readonly string[]): number {
  const [now, up] = row.split(' ').map(Number);
  if (now === undefined || up === undefined || Number.isNaN(now - up)) throw new Error('the host has no clock');
  return now - up;
}

/** Blocks of `Key=Value` with an empty line between, in the order of the names. */
function blocks(
  rows: readonly string[],
  units: readonly string[],
  boot: number,
): ReadonlyMap<string, Omit<UnitState, 'entries'>> {
  if (units.length === 0) return new Map();
  const texts = rows.join('\n').trim().split('\n\n');
  if (texts.length !== units.length) throw new Error('systemctl answered for other units than were asked for');
  return new Map(units.map((unit, index) => [unit, block(texts[index] ?? '', boot)]));
}

function block(text: string, boot: number): Omit<UnitState, 'entries'> {
  const values = new Map(
    text.split('\n').map((row) => {
      const at = row.indexOf('=');
      return [row.slice(0, at), row.slice(at + 1)] as const;
    }),
  );
  const value = (name: string) => values.get(name) ?? '';
  const since = Number(value('ActiveEnterTimestampMonotonic'));
  if (value('LoadState') === '') throw new Error('systemctl left out the state of a unit');
  return {
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    file: value('UnitFileState'),
    type: value('Type'),
    remains: value('RemainAfterExit') === 'yes',
    canReload: value('CanReload') === 'yes',
    fragment: value('FragmentPath') || undefined,
    since: since > 0 && value('ActiveState') === 'active' ? boot + since / 1e6 : undefined,
  };
}
