// States of paths for tables.
import type { Entry } from '../../../engine/resources/file/state.ts';

/** A regular file of root's with mode 0644, and what is given instead. */
export function entry(given: Partial<Entry>): Entry {
  return {
    kind: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    owner: 'root',
    group: 'root',
    size: 0,
    modified: 0,
    device: 1,
    inode: 1,
    hardLinks: 1,
    target: undefined,
    sha256: undefined,
    text: undefined,
    ...given,
  };
}
