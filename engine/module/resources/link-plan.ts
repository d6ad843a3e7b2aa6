// Symbolic and hard links: what would have to change for one to be as wanted.
import type { Plan } from '../change.ts';
import { type Script, sh } from '../script.ts';
import { allOf, attributeChange, newAttributes, ownerScripts } from './attributes.ts';
import type { Entry } from './file-state.ts';
import { NEW_FILE } from './mode.ts';
import { changed, one, type PathState, type PathWant, wrongKind } from './path-state.ts';

/** A symbolic link at the path that says `src`. */
export function planLink(entry: Entry | undefined, want: PathWant, src: string): Plan {
  const { path, owner, group } = want;
  const what = `link ${path}`;
  if (entry?.kind === 'link' && entry.target === src) {
    const change = attributeChange(path, entry, want);
    return change ? one(changed(what, change, want)) : { changes: [] };
  }
  const replaced = replaceable(entry, want);
  if (replaced === undefined && entry !== undefined && entry.kind !== 'link') {
    return { changes: [], failure: wrongKind(want, entry) };
  }
  const make = [...(replaced ?? []), sh`ln -sfn -- ${src} ${path}`, ...ownerScripts(path, owner, group)];
  const from = entry && (entry.kind === 'link' ? entry.target : entry.kind);
  return one({
    op: entry ? '~' : '+',
    what,
    from,
    to: src,
    steps: [{ run: allOf(make) }],
    provides: [`path:${path}`],
    leaves: [{ path, kind: 'link', target: src, owner, group }],
  });
}

/** A name at the path for the file that `src` is. */
export function planHardLink(have: PathState, want: PathWant, src: string): Plan {
  const { entry, source } = have;
  const { path } = want;
  const what = `hard link ${path}`;
  if (entry && source && entry.inode === source.inode && entry.device === source.device) {
    const change = attributeChange(path, entry, want);
    return change ? one(changed(what, change, want)) : { changes: [] };
  }
  if (source?.kind === 'directory') return { changes: [], failure: noHardLink(src, 'It is a directory.') };
  if (source && have.crosses)
    return { changes: [], failure: noHardLink(src, `It is on another file system than ${path}.`) };
  const replaced = replaceable(entry, want);
  if (entry !== undefined && replaced === undefined) return { changes: [], failure: wrongKind(want, entry) };
  const make = [
    ...(replaced ?? []),
    sh`ln -f -- ${src} ${path}`,
    ...newAttributes(path, want, source?.mode ?? NEW_FILE, false),
  ];
  return one({
    op: entry ? '~' : '+',
    what,
    from: entry?.kind,
    to: src,
    steps: [{ run: allOf(make) }],
    provides: [`path:${path}`],
    leaves: [{ path, kind: 'anything' }],
  });
}

function noHardLink(src: string, detail: string): Plan['failure'] {
  return { summary: `${src} can't have another name there`, detail, hint: 'Set `state: link`, or copy it.' };
}

/** With `force` a file or an empty directory makes room for a link: what has to run first. Undefined when it may not. */
function replaceable(entry: Entry | undefined, want: PathWant): readonly Script[] | undefined {
  if (entry === undefined || !want.force) return undefined;
  return entry.kind === 'directory' ? [sh`rmdir -- ${want.path}`] : [];
}
