// What there is of an application's releases on a host: PATH/releases/ID, PATH/current, PATH/previous, PATH/shared.

import { type ArchiveKind, archiveKind, unpacker } from '../../engine/archive/kind.ts';
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import type { LocalSource } from '../../engine/module/parameters.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { accountNeeds } from '../../engine/resources/file/managed.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import { type Entry, type FileQuery, type FileReport, rootsEntry } from '../../engine/resources/file/state.ts';
import { type FileInUse, parseFilesInUse, probeFilesInUse } from './unchanged.ts';

export interface ReleaseWant {
  /** Absolute: the directory that holds `releases`, `shared` and the links. */
  readonly path: string;
  /** Undefined only for `previous`. */
  readonly id: string | undefined;
  readonly state: 'present' | 'current' | 'previous' | 'absent';
  readonly src: LocalSource | undefined;
  readonly kind: ArchiveKind | undefined;
  /** What has to be in the archive; undefined: whatever is. */
  readonly manifest: LocalSource | undefined;
  /** What the archive's digest has to be; undefined: what it is. */
  readonly sha256: string | undefined;
  /** Paths inside a release that are links to the same path below PATH/shared. */
  readonly shared: readonly string[];
  readonly keep: number;
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly mode: string;
  /** The name of the link to the release in use. */
  readonly link: string;
}

export interface ReleaseState {
  readonly base: Entry | undefined;
  /** Something that isn't a directory, where one has to be. */
  readonly blocker: string | undefined;
  /** The directory in which nothing can be written, where releases are or would be. */
  readonly shut?: string | undefined;
  readonly release: Entry | undefined;
  readonly link: Entry | undefined;
  /** The release that the link points at; '' when it isn't there, or the link points elsewhere. */
  readonly was: string;
  /** The same of PATH/previous. */
  readonly previous: string;
  /** For each path of `shared`: what is there in the release, and whether it is in PATH/shared. */
  readonly shared: readonly { readonly entry: Entry | undefined; readonly kept: boolean }[];
  /** The releases that this module made, the newest first. */
  readonly all: readonly KnownRelease[];
  /** Larger files of the release that the link points at, read where another one is to be unpacked. */
  readonly filesInUse?: readonly FileInUse[] | undefined;
}

export interface KnownRelease {
  readonly id: string;
  /** Of its archive, as it was recorded. */
  readonly sha256: string;
  /** Seconds since 1970. */
  readonly made: number;
}

/** Where a release is. */
export const releasePath = (path: string, id: string) => `${path}/releases/${id}`;

/** Where the link to what is shared leads: relative, so that the whole may be moved. */
export const sharedTarget = (shared: string) => `${'../'.repeat(shared.split('/').length + 1)}shared/${shared}`;

/** The name beside a release under which its archive's digest is kept. */
export const markerName = (id: string) => `.${id}.sha256`;

/** Read-only: two lists of what was made, and the entries of everything that matters by name. */
export function probeRelease(want: ReleaseWant): Script {
  const tool = want.kind && unpacker(want.kind);
  return lines(
    sh`printf '@made\n'`,
    sh`( cd -- ${`${want.path}/releases`} 2>/dev/null || exit 0; set --`,
    sh`for m in .*.sha256; do r=\${m#.}; r=\${r%.sha256}; case $r in *[!A-Za-z0-9._+-]* | '') continue;; esac`,
    sh`  [ -d "$r" ] && [ ! -h "$r" ] && [ -f "$m" ] || continue; s=; IFS= read -r s <"$m"; printf '%s %s\n' "$r" "$s"; set -- "$@" "$m"; done`,
    sh`printf '@times\n'; [ $# -eq 0 ] || stat -c '%Y %n' -- "$@" )`,
    tool ? sh`printf '@tool\n'; command -v ${tool.command} >/dev/null && echo yes` : undefined,
    want.state === 'present' && want.src?.archive ? probeFilesInUse(want) : undefined,
    probeFiles(queriesOf(want)),
  );
}

function queriesOf(want: ReleaseWant): readonly FileQuery[] {
  const { path, id, owner, group, shared } = want;
  const release = id === undefined ? undefined : releasePath(path, id);
  return [
    { path, follow: true, owner, group },
    { path: `${path}/releases`, follow: true },
    { path: `${path}/${want.link}`, follow: true },
    { path: `${path}/previous`, follow: true },
    ...(release === undefined ? [] : [{ path: release }]),
    ...shared.map((one) => ({ path: `${release ?? path}/${one}`, others: [`${path}/shared/${one}`] })),
  ];
}

/**
 * @throws Error for what the probe doesn't print
 */
export function parseRelease(out: Output, want: ReleaseWant): ReleaseState | Missing<ReleaseState> {
  const { path, id, state, src } = want;
  const report = parseFiles(out, queriesOf(want));
  const found = stateOf(out, report, want);
  if (id === undefined) return found;
  const there = found.release !== undefined;
  const needed = `path:${releasePath(path, id)}` as const;
  if (!there && (state === 'current' || (state === 'present' && src === undefined))) {
    return new Missing<ReleaseState>({
      needs: [needed],
      fresh: withRelease(found, id, path),
      failure: {
        summary: `there is no release ${id} in ${path}`,
        detail: `${releasePath(path, id)} is not there.`,
        hint: 'Unpack it in an earlier task, with `state: present` and `src`.',
      },
    });
  }
  if (state !== 'present') return found;
  const tool = want.kind && !there ? unpacker(want.kind) : undefined;
  const hasTool = readSections(out.stdout).get('tool')?.includes('yes') ?? true;
  const needs: Resource[] = [
    ...accountNeeds(report, want),
    ...(tool && !hasTool ? [`package:${tool.package}` as const] : []),
  ];
  return needs.length === 0 ? found : new Missing({ needs, fresh: found });
}

function stateOf(out: Output, report: FileReport, want: ReleaseWant): ReleaseState {
  const { path, id, shared } = want;
  const pointed = (name: string) =>
    report.followed(`${path}/${name}`)?.kind === 'directory' ? idOf(report.entry(`${path}/${name}`), path) : '';
  const directories = [path, `${path}/releases`];
  const notDirectory = (one: string) => report.entry(one) && report.followed(one)?.kind !== 'directory';
  return {
    base: report.entry(path),
    blocker: report.blocker(path) ?? directories.find(notDirectory),
    shut: report.exists(path) ? report.shut(`${path}/releases`) : undefined,
    release: id === undefined ? undefined : report.entry(releasePath(path, id)),
    link: report.entry(`${path}/${want.link}`),
    was: pointed(want.link),
    previous: pointed('previous'),
    shared:
      id === undefined
        ? []
        : shared.map((one) => ({
            entry: report.entry(`${releasePath(path, id)}/${one}`),
            kept: report.exists(`${path}/shared/${one}`),
          })),
    all: readMade(out),
    filesInUse: parseFilesInUse(out),
  };
}

/** The release that a link points at. */
export function idOf(link: Entry | undefined, path: string): string {
  const target = link?.kind === 'link' ? (link.target ?? '') : '';
  const below = target.startsWith(`${path}/`) ? target.slice(path.length + 1) : target;
  return /^releases\/([^/]+)\/?$/.exec(below)?.[1] ?? '';
}

function readMade(out: Output): readonly KnownRelease[] {
  const sections = readSections(out.stdout);
  const times = new Map(
    (sections.get('times') ?? []).map((row) => {
      const [, seconds, id = ''] = /^(\d+) \.(.+)\.sha256$/.exec(row) ?? [];
      if (seconds === undefined) throw new Error(`stat printed a line that is none of its own: ${row}`);
      return [id, Number(seconds)] as const;
    }),
  );
  const made = (sections.get('made') ?? []).map((row) => {
    const [, id, sha256 = ''] = /^([A-Za-z0-9._+-]+) ?(.*)$/s.exec(row) ?? [];
    if (id === undefined) throw new Error(`the probe of releases printed a line that is none of its own: ${row}`);
    return { id, sha256, made: times.get(id) ?? 0 };
  });
  return made.toSorted((one, other) => other.made - one.made || (one.id < other.id ? 1 : -1));
}

/** The state once the release has been unpacked. */
function withRelease(state: ReleaseState, id: string, path: string): ReleaseState {
  const made = Math.max(0, ...state.all.map((one) => one.made)) + 1;
  return {
    ...state,
    // A link may lead there already, and to nothing as yet.
    was: idOf(state.link, path) === id ? id : state.was,
    release: NEW_RELEASE,
    shared: state.shared.map(() => ({ entry: undefined, kept: true })),
    all: [{ id, sha256: '', made }, ...state.all],
  };
}

/** What `present` makes. */
export const NEW_RELEASE = rootsEntry({ kind: 'directory', mode: 0o755 });

/** The kind of the archive that `src` names. */
export function archiveKindOf(src: LocalSource | undefined): ArchiveKind | undefined {
  return src && archiveKind(src.name);
}
