// A file of the host with the content of another file of the host.
import { type Script, sh } from '../../base/script.ts';
import type { Change, Plan } from '../../module/change.ts';
import { exactOctal, NEW_FILE, octal, resolveMode } from '../../module/mode.ts';
import { asChange, attributeChange, describeAttributes, unreadable } from '../file/attributes.ts';
import { type FileState, inTheWay, type ManagedFile, noDirectory } from '../file/managed.ts';
import { parentOf } from '../file/path.ts';
import { refusal } from '../file/refusal.ts';
import { replaceFile } from '../file/replace.ts';
import type { Entry, FileQuery } from '../file/state.ts';

export interface HostCopy extends Omit<ManagedFile, 'content'> {
  /** Where the content is, on the host. */
  readonly source: string;
}

/** What has to be read: both, with their digests. */
export function hostCopyQueries(source: string, path: string): readonly FileQuery[] {
  return [
    { path, digest: true, room: [parentOf(path)] },
    { path: source, digest: true, follow: true },
  ];
}

/** One change at most, like planFile. `source` is there: otherwise the task was Missing it, and its content is unknown. */
export function planHostCopy(target: FileState, source: FileState, given: HostCopy): Plan {
  const mode = given.mode === 'preserve' ? octal(source.entry?.mode ?? NEW_FILE) : given.mode;
  const want = { ...given, mode };
  const plan = planChange(target, source, want);
  const [change] = plan.changes;
  const content = source.entry && { size: source.entry.size };
  const isWritten = change?.steps.some((step) => 'run' in step && step.writes !== undefined) === true;
  const failure = change && refusal(target, { ...want, content }, isWritten);
  return failure ? { changes: [], failure } : plan;
}

function planChange({ entry: have, blocker }: FileState, { entry: source }: FileState, want: HostCopy): Plan {
  const { path } = want;
  const what = `file ${path}`;
  if (source && source.kind !== 'file') {
    return {
      changes: [],
      failure: {
        summary: `${want.source} is not a file`,
        detail: 'With remote_src, copy takes a file or a directory of the host.',
      },
    };
  }
  if (!have && blocker !== undefined) return { changes: [], failure: noDirectory(blocker, path) };
  if (have && have.kind !== 'file' && have.kind !== 'link') return { changes: [], failure: inTheWay(path, have) };
  if (have && want.force === false) return { changes: [] };
  if (source && source.sha256 === undefined) return { changes: [], failure: unreadable(want.source) };
  if (have?.kind === 'file' && source && have.sha256 === source.sha256) {
    const change = attributeChange(path, have, want);
    return { changes: change ? [asChange(what, path, change)] : [] };
  }
  const base = have?.kind === 'file' ? have.mode : NEW_FILE;
  const attributes = describeAttributes(want, base, false);
  const change: Change = {
    op: have ? '~' : '+',
    what,
    to: [`copy of ${want.source}`, attributes].filter((part) => part !== undefined).join(', '),
    steps: [{ run: copyScript(want, have), writes: path }],
    effects: [{ path, kind: 'anything' }],
  };
  return { changes: [change] };
}

/** Written as the engine writes a file; what is there already lends its attributes as it was read. */
function copyScript(want: HostCopy, have: Entry | undefined): Script {
  const { path, source, validate, backup } = want;
  const kept = have?.kind === 'file' ? have : undefined;
  const owner = want.owner ?? (kept && `${kept.uid}`);
  const group = want.group ?? (kept && `${kept.gid}`);
  const base = kept?.mode ?? NEW_FILE;
  const mode = exactOctal(want.mode === undefined ? base : resolveMode(want.mode, base, false));
  return replaceFile(sh`cat <${source}`, { path, owner, group, mode, validate, backup });
}
