// The releases that the module release will find once the pending changes of a dry run are made.
import type { Foreseen } from '../../engine/module/define.ts';
import type { PathEffect } from '../../engine/module/effect.ts';
import { Missing, type Resource, stateIfThere } from '../../engine/module/resource.ts';
import { untold, withAttributes } from '../../engine/resources/file/pending.ts';
import { type Entry, UNREAD } from '../../engine/resources/file/state.ts';
import { idOf, type KnownRelease, NEW_RELEASE, type ReleaseState, type ReleaseWant, releasePath } from './state.ts';

/** What unpacking settles: by id, the digest of the archive. */
export const releasesOf = (path: string): Resource => `path:${path}/releases`;

type State = ReleaseState | Missing<ReleaseState>;

/** The state as it will be; Missing where it can't be told, or where the release that is wanted goes. */
export function pendingRelease(have: State, want: ReleaseWant, foreseen: Foreseen): State {
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const { path, id, link, src } = want;
  const releases = releasesThen(have, known, want, foreseen);
  const links = [
    linkThen(known.link, foreseen.at(`${path}/${link}`)),
    linkThen(linkTo(known.previous), foreseen.at(`${path}/previous`)),
  ];
  const [current, previous] = links;
  if (releases === undefined || current === 'untold' || previous === 'untold') return untold(path);
  const used = (one: Entry | undefined) => (releases.isThere(idOf(one, path)) ? idOf(one, path) : '');
  const release =
    id === undefined || !releases.isThere(id)
      ? undefined
      : entryThen(known.release, foreseen.at(releasePath(path, id)));
  const then: ReleaseState = {
    ...known,
    base: baseThen(known.base, foreseen.at(path)),
    ...{ release, link: current, was: used(current), previous: used(previous), all: releases.all },
    shared: want.shared.map((one, index) =>
      sharedThen(known.shared[index], foreseen.at(`${releasePath(path, id ?? '')}/${one}`)),
    ),
  };
  const wanted: Resource = `path:${releasePath(path, id ?? '')}`;
  const lacks =
    release === undefined &&
    id !== undefined &&
    (want.state === 'current' || (want.state === 'present' && src === undefined));
  const needs = have instanceof Missing ? have.needs.filter((need) => need !== wanted) : [];
  if (lacks)
    return new Missing<ReleaseState>({
      needs: [...needs, wanted],
      failure: have instanceof Missing ? have.failure : undefined,
    });
  return needs.length === 0 ? then : new Missing({ needs, fresh: then });
}

/** Those that this module made, the newest first, and whether there is one of a name; undefined where it can't be told. */
function releasesThen(have: State, known: ReleaseState, { path, id }: ReleaseWant, foreseen: Foreseen) {
  const digests = foreseen.settled(releasesOf(path));
  const now = new Map(
    known.all.filter((one) => !(have instanceof Missing && one.id === id)).map((one) => [one.id, one]),
  );
  const others = [
    known.was,
    known.previous,
    ...(known.release && !(have instanceof Missing) && id !== undefined ? [id] : []),
  ];
  const there = new Set([...now.keys(), ...others].filter((one) => one !== ''));
  let newest = Math.max(0, ...known.all.map(({ made }) => made));
  for (const one of new Set([...there, ...Object.keys(digests), ...(id === undefined ? [] : [id])])) {
    const kind = foreseen.at(releasePath(path, one))?.kind;
    const sha256 = digests[one];
    if (kind === 'file' || kind === 'link') return undefined;
    if (kind === 'nothing') {
      there.delete(one);
      now.delete(one);
    } else if (kind === 'directory') {
      there.add(one);
      if (sha256 !== undefined) now.set(one, { id: one, sha256, made: ++newest });
    }
  }
  const all: readonly KnownRelease[] = [...now.values()].toSorted((one, other) => other.made - one.made);
  return { all, isThere: (one: string) => there.has(one) };
}

function baseThen(now: Entry | undefined, left: PathEffect | undefined): Entry | undefined {
  if (left?.kind === 'nothing') return undefined;
  return left?.kind === 'directory' ? withAttributes({ ...UNREAD, kind: 'directory' }, left) : now;
}

function linkTo(id: string): Entry | undefined {
  return id === '' ? undefined : { ...UNREAD, kind: 'link', target: `releases/${id}` };
}

function linkThen(now: Entry | undefined, left: PathEffect | undefined): Entry | undefined | 'untold' {
  if (left === undefined || left.kind === 'same') return now;
  if (left.kind === 'nothing') return undefined;
  return left.kind === 'link' ? { ...UNREAD, kind: 'link', target: left.target } : 'untold';
}

function entryThen(now: Entry | undefined, left: PathEffect | undefined): Entry {
  if (left?.kind === 'directory') return withAttributes(NEW_RELEASE, left);
  return left?.kind === 'same' && now ? withAttributes(now, left) : (now ?? NEW_RELEASE);
}

function sharedThen(now: ReleaseState['shared'][number] | undefined, left: PathEffect | undefined) {
  if (left?.kind === 'link') return { entry: { ...UNREAD, kind: 'link' as const, target: left.target }, kept: true };
  const entry = left === undefined || left.kind === 'same' ? now?.entry : undefined;
  return { entry, kept: now?.kept ?? false };
}
