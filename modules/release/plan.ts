// What would have to change for an application's releases to be as wanted: the decisions of the module release.
import type { Change, Plan } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { NEW_DIRECTORY, resolveMode } from '../../engine/module/mode.ts';
import { attributeChange } from '../../engine/resources/file/attributes.ts';
import { inTheWay, noDirectory } from '../../engine/resources/file/managed.ts';
import { isShut } from '../../engine/resources/file/refusal.ts';
import { archiveFailure } from './archive.ts';
import { releasesOf } from './pending.ts';
import { linkScript, releaseAttributes, relinkScript, removeRelease, unpackScript } from './scripts.ts';
import { type ReleaseState, type ReleaseWant, releasePath, sharedTarget } from './state.ts';
import { differenceOf } from './unchanged.ts';

type Named = ReleaseWant & { readonly id: string };

/** Plan of the module release. */
export function planRelease(have: ReleaseState, want: ReleaseWant): Plan {
  const failure = unusable(have, want);
  const planned: Plan = failure ? { changes: [], failure } : planState(have, want);
  const shut = planned.changes.length > 0 && have.shut !== undefined ? isShut(have.shut, want.path) : undefined;
  const plan: Plan = shut ? { changes: [], failure: shut } : planned;
  const id = want.id ?? have.was;
  const result = {
    id,
    path: want.path,
    current: have.was !== '' && have.was === id,
    was: have.was,
    previous: have.previous,
    released: id === '' ? '' : releasePath(want.path, id),
  };
  return { ...plan, result };
}

function planState(have: ReleaseState, want: ReleaseWant): Plan {
  if (want.state === 'previous') return planPrevious(have, want);
  if (want.id === undefined) return { changes: [] }; // refused by checkParams
  const named = { ...want, id: want.id };
  switch (want.state) {
    case 'present':
      return have.release ? planDrift(have, named) : planUnpack(have, named);
    case 'current':
      return planCurrent(have, named);
    case 'absent':
      return planAbsent(have, named);
  }
}

function unusable({ blocker, release, link }: ReleaseState, want: ReleaseWant): Failure | undefined {
  if (blocker !== undefined) return noDirectory(blocker, want.path);
  if (release && want.id !== undefined && release.kind !== 'directory') {
    return inTheWay(releasePath(want.path, want.id), release);
  }
  const links = want.state === 'current' || want.state === 'previous';
  return links && link && link.kind !== 'link' ? inTheWay(`${want.path}/${want.link}`, link) : undefined;
}

function planUnpack(have: ReleaseState, want: Named): Plan {
  const { path, id, src, owner, group } = want;
  if (src === undefined) return { changes: [] }; // parse has said that it is missing
  if (src.tree) {
    const summary = `${src.name} is a directory`;
    return { changes: [], failure: { summary, hint: 'A release is unpacked from an archive: make a .tar.gz of it.' } };
  }
  if (want.sha256 !== undefined && want.sha256 !== src.content.sha256) {
    return {
      changes: [],
      failure: {
        summary: `${src.name} is not the archive that is wanted`,
        detail: `Its sha256 is ${src.content.sha256}, and the task says ${want.sha256}.`,
        hint: 'Build it again, or take the digest that belongs to it.',
      },
    };
  }
  const failure = archiveFailure(id, src, want.manifest);
  if (failure !== undefined) return { changes: [], failure };
  const release = releasePath(path, id);
  const digest = src.content.sha256;
  const difference = differenceOf(have.was, have.filesInUse ?? [], src);
  const above = have.base ? [] : [path, `${path}/releases`];
  const change: Change = {
    op: '+',
    what: `release ${id} in ${path}`,
    to: `${src.name}, ${megabytes(src.content.size)}, sha256 ${digest.slice(0, 12)}…`,
    steps: [{ run: unpackScript(want, digest, difference), stdin: (difference ?? src).content, hint: UNBROKEN }],
    effects: [
      { makes: `path:${release}/` },
      ...above.map((one) => ({ path: one, kind: 'directory' as const })),
      { path: release, kind: 'directory', mode: resolveMode(want.mode, NEW_DIRECTORY, true), owner, group },
      ...want.shared.map((one) => sharedLink(want, one)),
      { settles: releasesOf(path), as: { [id]: digest } },
    ],
  };
  return { changes: [change] };
}

const UNBROKEN =
  'Nothing of it was put in place. Make the archive anew where it is built, or make room where it is unpacked.';

/** A release that is there: made from the same archive, with its links and attributes. Its files are not looked at. */
function planDrift(have: ReleaseState, want: Named): Plan {
  const { path, id, src } = want;
  const wanted = want.sha256 ?? src?.content.sha256;
  const known = have.all.find((one) => one.id === id)?.sha256 ?? '';
  if (wanted !== undefined && known !== wanted) return { changes: [], failure: otherArchive(path, id, known, wanted) };
  const release = releasePath(path, id);
  const wrong = want.shared.filter((one, index) => !isLinked(have.shared[index], one));
  const blocked = want.shared.findIndex((_, index) => {
    const kind = have.shared[index]?.entry?.kind;
    return kind !== undefined && kind !== 'link';
  });
  const blocking = have.shared[blocked]?.entry;
  if (blocking) {
    const failure = inTheWay(`${release}/${want.shared[blocked]}`, blocking);
    return { changes: [], failure: { ...failure, hint: 'Unpack the build under a new id, or remove what is there.' } };
  }
  const attributes = have.release && attributeChange(release, have.release, want);
  const what = `release ${id} in ${path}`;
  return {
    changes: [
      ...(attributes
        ? [
            {
              op: '~' as const,
              what,
              from: attributes.from,
              to: attributes.to,
              steps: [{ run: releaseAttributes(want) }],
              effects: [{ path: release, kind: 'same' as const, ...attributes.made }],
            },
          ]
        : []),
      ...(wrong.length > 0
        ? [
            {
              op: '~' as const,
              what,
              to: `shared ${wrong.join(', ')}`,
              steps: [{ run: relinkScript(want, wrong) }],
              effects: wrong.map((one) => sharedLink(want, one)),
            },
          ]
        : []),
    ],
  };
}

function isLinked(have: ReleaseState['shared'][number] | undefined, path: string): boolean {
  return have?.kept === true && have.entry?.kind === 'link' && have.entry.target === sharedTarget(path);
}

function otherArchive(path: string, id: string, known: string, wanted: string): Failure {
  const made =
    known === '' ? 'nobody wrote down from which archive' : `it was made from another archive (sha256 ${known})`;
  return {
    summary: `release ${id} is there, but ${known === '' ? 'not known' : 'made from another archive'}`,
    detail: `In ${releasePath(path, id)} there is a release, and ${made}; wanted is ${wanted}.`,
    hint: 'A release is never replaced: give the build an id of its own, or remove it first with `state: absent`.',
  };
}

function planCurrent(have: ReleaseState, want: Named): Plan {
  const { path, id, link } = want;
  const changes: Change[] = [];
  const former = have.was === id ? have.previous : have.was;
  if (have.was !== id) {
    changes.push({
      op: have.link ? '~' : '+',
      what: `link ${path}/${link}`,
      from: have.link && (have.link.target ?? '?'),
      to: `releases/${id}`,
      // The way back first: without it a run that is cut off here could not go back.
      ...linking(want, [...(have.was === '' ? [] : [{ name: 'previous', id: have.was }]), { name: link, id }]),
    });
  }
  const kept = new Set([id, ...(have.was === id || have.was === '' ? [have.previous] : [former])]);
  const others = have.all.filter((one) => !kept.has(one.id));
  const room = want.keep - (have.all.length - others.length);
  for (const one of others.slice(Math.max(0, room))) {
    changes.push(removal(path, one.id, false));
  }
  return { changes };
}

/** With an id: back from that release, if it is the one in use. Without: back from whatever is, each time. */
function planPrevious(have: ReleaseState, want: ReleaseWant): Plan {
  const { path, link, id } = want;
  if (id !== undefined && have.was !== id) return { changes: [] };
  if (have.previous === '' || have.previous === have.was) {
    return {
      changes: [],
      failure: {
        summary: `there is no previous release in ${path}`,
        detail: `${path}/previous does not lead to a release other than the one in use${have.was === '' ? '' : ` (${have.was})`}.`,
        hint: 'It is remembered when `state: current` switches. Switch to a release by its id instead.',
      },
    };
  }
  // What is in use first: a run that is cut off here has gone back, and only forgot what it came from.
  const links = [{ name: link, id: have.previous }, ...(have.was === '' ? [] : [{ name: 'previous', id: have.was }])];
  const change: Change = {
    op: id === undefined ? '!' : '~',
    what: `link ${path}/${link}`,
    from: have.link?.target,
    to: `releases/${have.previous}`,
    ...linking(want, links),
  };
  return { changes: [change] };
}

function linking(
  { path, link }: ReleaseWant,
  links: Parameters<typeof linkScript>[1],
): Pick<Change, 'steps' | 'effects'> {
  return {
    steps: [{ run: linkScript(path, links) }],
    effects: [
      { makes: `path:${path}/${link}/` },
      ...links.map(({ name, id }) => ({ path: `${path}/${name}`, kind: 'link', target: `releases/${id}` }) as const),
    ],
  };
}

/** What becomes of a shared path of the release. */
function sharedLink({ path, id, owner, group }: Named, shared: string) {
  const at = `${releasePath(path, id)}/${shared}`;
  return { path: at, kind: 'link', target: sharedTarget(shared), owner, group } as const;
}

function removal(path: string, id: string, unlink: boolean): Change {
  return {
    op: '-',
    what: `release ${id} in ${path}`,
    steps: [{ run: removeRelease(path, id, unlink) }],
    effects: [
      { path: releasePath(path, id), kind: 'nothing' },
      ...(unlink ? [{ path: `${path}/previous`, kind: 'nothing' as const }] : []),
    ],
  };
}

function planAbsent(have: ReleaseState, { path, id, link }: Named): Plan {
  if (!have.release) return { changes: [] };
  if (have.was === id) {
    return {
      changes: [],
      failure: {
        summary: `release ${id} is in use`,
        detail: `${path}/${link} leads to it.`,
        hint: 'Switch to another release first, with `state: current` or `state: previous`.',
      },
    };
  }
  return { changes: [removal(path, id, have.previous === id)] };
}

function megabytes(size: number): string {
  return size < 100_000 ? `${size} bytes` : `${(size / 1e6).toFixed(1)} MB`;
}
