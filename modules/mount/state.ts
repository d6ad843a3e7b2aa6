// What is mounted at a path, where it comes from, and what stands in the table of file systems.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import type { Foreseen } from '../../engine/module/define.ts';
import { Missing, type Resource, stateIfThere } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { untold } from '../../engine/resources/file/pending.ts';
import { LOOPS } from '../../engine/resources/path/link-sources.ts';
import {
  type EditedFile,
  type EditedState,
  parseEdited,
  pendingEdited,
  probeEdited,
} from '../../engine/resources/text/edited.ts';
import type { FstabLine } from './fstab-lines.ts';

export type MountGoal =
  | 'present'
  | 'mounted'
  | 'unmounted'
  | 'absent'
  | 'absent_from_fstab'
  | 'remounted'
  | 'ephemeral';

export interface MountWant {
  readonly goal: MountGoal;
  readonly line: FstabLine;
  /** Whether options were given at all. */
  readonly options: boolean;
  readonly fstab: EditedFile;
}

export interface Mount {
  readonly source: string;
  readonly fstype: string;
  /** `MAJOR:MINOR` of the device. */
  readonly device: string;
  /** Of the mount and of its file system. */
  readonly opts: readonly string[];
}

export interface MountState {
  readonly fstab: EditedState;
  readonly root: boolean;
  /** What is mounted at the path, one over the other: the last one is seen. */
  readonly mounts: readonly Mount[];
  readonly point: 'directory' | 'file' | 'none';
  /** `DEVICE:INODE` of the path and of the source: the same ones where that is bound. */
  readonly pointId: string;
  readonly sourceId: string;
  /** Where a source leads that is a path, a label or a UUID; undefined where it leads to nothing. */
  readonly source: string | undefined;
  /** `MAJOR:MINOR` of a source that is a device. */
  readonly device: string | undefined;
  /** Whether its kernel has the type of file system, or a program that mounts it. */
  readonly known: boolean;
}

/** A read-only script, to be read by `parseMount`. */
export function probeMount({ line: { path, src, fstype }, fstab }: MountWant): Script {
  return lines(
    LOOPS,
    sh`echo @who; id -u
p=${path}; s=${sourcePath(src)}
echo @point; if [ -d "$p" ]; then echo directory; elif [ -e "$p" ]; then echo file; else echo none; fi
stat -L -c '%d:%i' -- "$p" 2>/dev/null
echo @source; case $s in /*) loops "$s" || readlink -f -- "$s" 2>/dev/null; if [ -e "$s" ]; then stat -L -c '%d:%i %t:%T' -- "$s"; fi;; esac
echo @known; t=${fstype}; m=/lib/modules/$(uname -r)
case $t in
  nfs | nfs4 | cifs | smb3 | fuse.* | davfs | glusterfs | ceph) for d in /sbin /usr/sbin; do if [ -x "$d/mount.\${t%%.*}" ] || [ -x "$d/mount.$t" ]; then echo yes; fi; done;;
  auto | none | swap | "" | *,*) echo yes;;
  *) if grep -qwF -- "$t" /proc/filesystems || [ -x "/sbin/mount.$t" ] || [ ! -e "$m/modules.dep" ] || grep -qF -- "/$t.ko" "$m/modules.dep" || grep -qwF -- "fs-$t" "$m/modules.alias"; then echo yes; fi;;
esac
echo @mounted
[ ! -e "$p" ] || p=$(readlink -f -- "$p")
P=$(printf %s "$p" | sed 's/\\/\\134/g; s/ /\\040/g') awk '$5 == ENVIRON["P"]' /proc/self/mountinfo`,
    probeEdited(fstab),
  );
}

/** Where a source is found: a label or a UUID is a link, mount(8). */
function sourcePath(src: string): string {
  const [, tag = '', value = ''] = /^(UUID|LABEL|PARTUUID|PARTLABEL)="?([^"]*)"?$/.exec(src) ?? [];
  return tag === '' ? src : `/dev/disk/by-${tag.toLowerCase()}/${value}`;
}

/** Missing without the source, where that is a path that has to be there, or without the program that mounts it. */
export function parseMount(out: Output, want: MountWant): MountState | Missing<MountState> {
  const edited = parseEdited(out, want.fstab);
  const fstab = stateIfThere(edited);
  if (fstab === undefined) return new Missing<MountState>({ needs: edited instanceof Missing ? edited.needs : [] });
  const sections = readSections(out.stdout);
  const section = (name: string) => sections.get(name) ?? [];
  const [source, ids = ''] = section('source');
  const [sourceId = '', numbers = ''] = ids.split(' ');
  const [point = 'none', pointId = ''] = section('point');
  const state: MountState = {
    fstab,
    root: section('who')[0] === '0',
    mounts: section('mounted').map(mountOf),
    point: point === 'directory' || point === 'file' ? point : 'none',
    pointId,
    sourceId,
    source: ids === '' ? undefined : source,
    device: deviceOf(numbers),
    known: section('known').includes('yes'),
  };
  const needs: readonly Resource[] = [
    ...(edited instanceof Missing ? edited.needs : []),
    ...(mounts(want) && state.mounts.length === 0 ? lacking(state, want) : []),
  ];
  return needs.length === 0 ? state : new Missing({ needs, fresh: { ...state, known: true } });
}

/** Whether the task mounts anything. */
export function mounts({ goal }: MountWant): boolean {
  return goal === 'mounted' || goal === 'ephemeral';
}

function lacking({ source, known }: MountState, { line: { src, fstype } }: MountWant): readonly Resource[] {
  const path = sourcePath(src);
  const isPlace =
    path.startsWith('/') && !path.startsWith('//') && !/^(nfs4?|9p|virtiofs|ceph|glusterfs)$/.test(fstype);
  return [
    ...(isPlace && source === undefined ? [`path:${path}` as const] : []),
    ...(known || !/^(nfs|cifs|smb3|fuse\.|davfs|glusterfs|ceph)/.test(fstype)
      ? []
      : [`command:mount.${fstype.replace(/\..*/, '')}` as const]),
  ];
}

/** proc_pid_mountinfo(5): `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS … - TYPE SOURCE OPTIONS`. */
function mountOf(row: string): Mount {
  const [before = '', after = ''] = row.split(/ - (.*)/s);
  const [, , device = '', , , own = ''] = before.split(' ');
  const [fstype = '', source = '', whole = ''] = after.split(' ');
  if (fstype === '') throw new Error(`the table of mounts has a line that is none of its own: ${row}`);
  const text = source.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
  return { source: text, fstype, device, opts: [...new Set([...own.split(','), ...whole.split(',')])] };
}

/** `stat -c %t:%T`, in hexadecimal; 0:0 for what is no device. */
function deviceOf(numbers: string): string | undefined {
  const [major = 0, minor = 0] = numbers.split(':').map((number) => Number.parseInt(number, 16));
  return numbers === '' || (major === 0 && minor === 0) ? undefined : `${major}:${minor}`;
}

/** The table as it will be once the pending changes of a dry run are made. */
export function pendingMount(
  have: MountState | Missing<MountState>,
  want: MountWant,
  foreseen: Foreseen,
): MountState | Missing<MountState> {
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const fstab = stateIfThere(pendingEdited(known.fstab, want.fstab, foreseen));
  if (fstab === undefined) return untold(want.fstab.path);
  const left = foreseen.at(want.line.path);
  const point =
    left?.kind === 'directory' || left?.kind === 'file' ? left.kind : left?.kind === 'nothing' ? 'none' : known.point;
  const state = { ...known, fstab, point };
  return have instanceof Missing ? new Missing({ needs: have.needs, fresh: state, failure: have.failure }) : state;
}
