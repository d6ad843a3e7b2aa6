// A systemd unit as a task wants it: its state, its file and its drop-ins.
import type { Content } from '../../module/content.ts';
import { fileQuery, type ManagedFile } from '../file/managed.ts';

export interface UnitWant {
  /** Full name, `nginx.service`; empty where only the manager is to read its files again. */
  readonly unit: string;
  readonly scope: 'system' | 'user';
  readonly state: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  readonly enabled: boolean | undefined;
  readonly masked: boolean | undefined;
  /** The unit's own file and its drop-ins. */
  readonly files: readonly ManagedFile[];
  readonly restartOnChange: boolean;
  /** Seconds that it must stay active after a start. */
  readonly settle: number;
  /** Seconds that a start, stop or reload may take. */
  readonly timeout: number;
  /** Whether a manager that hasn't read changed files of any unit is to do so. */
  readonly reload: boolean;
  /** Links of others in the way of its own are replaced. */
  readonly force: boolean;
  /** Starting and stopping are asked for and not waited for. */
  readonly noBlock: boolean;
}

const TYPES = 'service|socket|device|mount|automount|swap|target|path|timer|slice|scope';
export const UNIT = /^[A-Za-z0-9:_.@\\-]+$/;

/** systemctl's own rule: a name without a unit's suffix is a service's. */
export function unitName(name: string): string {
  return new RegExp(`\\.(${TYPES})$`).test(name) ? name : `${name}.service`;
}

export function isTemplateUnit(unit: string): boolean {
  return /@\.[a-z]+$/.test(unit);
}

/** Where an administrator's units are, systemd.unit(5). */
const DIRECTORY = '/etc/systemd/system';

/** Where the file of a unit's own is written. */
export function unitPath(unit: string): string {
  return `${DIRECTORY}/${unit}`;
}

/** The file of a unit's own. A secret one can be read by root only. */
export function unitFile(unit: string, content: Content): ManagedFile {
  return managed(unitPath(unit), content);
}

/** `UNIT.d/NAME.conf`: settings added to those of the unit's file. */
export function dropIn(unit: string, name: string, content: Content): ManagedFile {
  return managed(`${DIRECTORY}/${unit}.d/${name.replace(/\.conf$/, '')}.conf`, content);
}

function managed(path: string, content: Content): ManagedFile {
  return { path, content, owner: 'root', group: 'root', mode: content.secret ? '0600' : '0644', restore: true };
}

export function unitQueries(wants: readonly UnitWant[]) {
  return wants.flatMap(({ files }) => files.map(fileQuery));
}
