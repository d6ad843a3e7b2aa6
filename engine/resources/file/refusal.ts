// Why a host refuses that something at a path is written, moved or given other attributes: what its probe could tell, so
// that it is said before anything is done.
import type { Failure } from '../../module/failure.ts';
import type { Ownership } from './attributes.ts';
import { type FileState, isNumeric } from './state.ts';
import type { Validation } from './validate.ts';

/** What is to be done there. */
interface Undertaking extends Ownership {
  readonly path: string;
  readonly content?: { readonly size: number } | undefined;
  readonly validate?: Validation | undefined;
}

/**
 * Undefined where nothing is known to be against it.
 * @param written whether the thing itself is made, replaced or removed; else only its attributes change
 */
export function refusal(state: FileState, want: Undertaking, written: boolean): Failure | undefined {
  const { entry, shut, room, lacks, self } = state;
  const { path, owner, content, validate } = want;
  if (written && entry?.held === 'mount') return isMounted(path);
  if (entry?.held === 'fixed') return isFixed(path);
  if (written && shut !== undefined) return isShut(shut, path);
  if (entry?.held === 'foreign') return isForeign(path, entry.owner ?? `${entry.uid}`);
  if (self !== undefined && owner !== undefined && owner !== self && !isNumeric(owner)) return isGivenAway(path, owner);
  if (written && validate !== undefined && lacks !== undefined) return hasNoProgram(lacks, path);
  if (written && room !== undefined && content !== undefined && content.size > room)
    return isFull(path, content.size, room);
  return undefined;
}

/** What is mounted can't be replaced or removed. */
export function isMounted(path: string): Failure {
  return {
    summary: `${path} is a mount point`,
    detail: "Something is mounted there, so that nothing else can take its place and it can't be removed.",
    hint: 'Change what is mounted there, or unmount it in an earlier task.',
  };
}

function isFixed(path: string): Failure {
  return {
    summary: `${path} can't be changed by anybody`,
    detail: 'It is immutable (see lsattr(1)), or its file system is read-only.',
    hint: 'Take that away in an earlier task, with `chattr -i` or `mount -o remount,rw`, if it is meant.',
  };
}

/** Nothing can be made, renamed or removed in the directory. */
export function isShut(directory: string, path: string): Failure {
  return {
    summary: `nothing can be written in ${directory}`,
    detail: `That is where ${path} is or would be. The task's user may not, the directory is immutable, or its file system is read-only.`,
    hint: 'Set `become: true` on the task; where root may not either, see `lsattr -d` and `findmnt -T` there.',
  };
}

function isForeign(path: string, owner: string): Failure {
  return {
    summary: `${path} belongs to ${owner}`,
    detail: 'Only its owner and root can change it and keep its owner and mode.',
    hint: 'Set `become: true` on the task.',
  };
}

function isGivenAway(path: string, owner: string): Failure {
  return {
    summary: `${path} can't be given to ${owner}`,
    detail: "Only root can make a file somebody else's.",
    hint: 'Set `become: true` on the task.',
  };
}

function hasNoProgram(program: string, path: string): Failure {
  return {
    summary: `the host has no ${program} to check ${path} with`,
    detail: 'The command of `validate` is not there, so that the file would be refused.',
    hint: 'Install it in an earlier task.',
  };
}

/** There is less room than what is to be written needs. Bytes. */
export function isFull(path: string, size: number, room: number): Failure {
  return {
    summary: `there is no room for ${path}`,
    detail: `It needs ${size} bytes, and the file system has ${room} left.`,
    hint: 'Make room in an earlier task, or choose another place: df -h',
  };
}
