// Symbolic and hard links: what would have to change for one to be as wanted.
import { type Script, sh } from '../../base/script.ts';
import type { Change, Plan } from '../../module/change.ts';
import { NEW_FILE } from '../../module/mode.ts';
import { allOf, asChange, attributeChange, newAttributes, ownerScripts } from '../file/attributes.ts';
import type { Entry } from '../file/state.ts';
import { label, type PathState, type SettledWant, wantsAttributes, wrongKind } from './state.ts';
import { timeScripts, timesChange } from './times.ts';

/** A symbolic link at the path that says `src`; without one, the link that is there. */
export function planLink(have: PathState, want: SettledWant): Plan {
  const { entry, aim } = have;
  const { path, owner, group, src, follow, times } = want;
  const what = `link ${path}`;
  const changes: Change[] = [];
  if (entry?.kind !== 'link' || (src !== undefined && entry.target !== src)) {
    if (src === undefined) return { changes: [], failure: noSource(path) };
    const replaced = replaceable(entry, want);
    if (replaced === undefined && entry !== undefined && entry.kind !== 'link') {
      return { changes: [], failure: wrongKind(want, entry) };
    }
    const own = follow ? [] : ownerScripts(path, owner, group);
    changes.push({
      op: entry ? '~' : '+',
      what,
      from: entry && (entry.kind === 'link' ? entry.target : entry.kind),
      to: src,
      steps: [{ run: allOf([...(replaced ?? []), sh`ln -sfn -- ${src} ${path}`, ...own]) }],
      effects: [{ path, kind: 'link', target: src, ...(follow ? {} : { owner, group }) }],
    });
  } else if (!follow) {
    const change = attributeChange(path, entry, want);
    if (change) changes.push(asChange(what, path, change));
  }
  if (!follow || aim === undefined) return { changes };
  if (aim.entry === undefined) {
    const message = `${path} leads to nothing that could be given owner, group or mode`;
    return wantsAttributes(want) ? { changes, message } : { changes };
  }
  const change = attributeChange(aim.path, aim.entry, want);
  if (change) changes.push(asChange(label(aim.entry.kind, aim.path), aim.path, change));
  return { changes: [...changes, ...timesChange(aim.path, have.times, times)] };
}

function noSource(path: string): Plan['failure'] {
  return {
    summary: `there is no link ${path}`,
    detail: 'Without `src` a link is only looked at, and given attributes.',
    hint: 'Say with `src` where it shall lead.',
  };
}

/** A name at the path for the file that `src` is. */
export function planHardLink(have: PathState, want: SettledWant): Plan {
  const { entry, source } = have;
  const { path, src, times } = want;
  const what = `hard link ${path}`;
  const isOne = entry && source && entry.inode === source.inode && entry.device === source.device;
  if (isOne || (src === undefined && entry && entry.hardLinks > 1 && entry.kind !== 'directory')) {
    const change = attributeChange(path, entry, want);
    const attributes = change ? [asChange(what, path, change)] : [];
    return { changes: [...attributes, ...timesChange(path, have.times, times)] };
  }
  if (src === undefined) return { changes: [], failure: noSource(path) };
  if (source?.kind === 'directory') return { changes: [], failure: noHardLink(src, 'It is a directory.') };
  if (source && have.crosses)
    return { changes: [], failure: noHardLink(src, `It is on another file system than ${path}.`) };
  const isFree = entry === undefined || entry.kind === 'link' || (want.force && entry.kind !== 'directory');
  if (!isFree) return { changes: [], failure: wrongKind(want, entry) };
  const make = [
    sh`ln -fn -- ${src} ${path}`,
    ...newAttributes(path, want, source?.mode ?? NEW_FILE, false),
    ...timeScripts(path, have.times, times, false),
  ];
  const change: Change = {
    op: entry ? '~' : '+',
    what,
    from: entry?.kind,
    to: src,
    steps: [{ run: allOf(make) }],
    effects: [{ path, kind: 'anything' }],
  };
  return { changes: [change] };
}

function noHardLink(src: string, detail: string): Plan['failure'] {
  return { summary: `${src} can't have another name there`, detail, hint: 'Set `state: link`, or copy it.' };
}

/** With `force` a file or an empty directory makes room for a link: what has to run first. Undefined when it may not. */
function replaceable(entry: Entry | undefined, want: SettledWant): readonly Script[] | undefined {
  if (entry === undefined || !want.force) return undefined;
  return entry.kind === 'directory' ? [sh`rmdir -- ${want.path}`] : [];
}
