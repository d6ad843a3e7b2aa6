// How releases are unpacked, linked and removed on a host. Everything happens in a private directory beside the releases
// and is then renamed: there is never half a release, and what a run that was cut off left is removed by the next one.

import { lines, type Script, sh } from '../../engine/base/script.ts';
import { exactOctal, NEW_DIRECTORY, resolveMode } from '../../engine/module/mode.ts';
import { renameOver } from '../../engine/resources/file/rename.ts';
import { unpack } from '../../engine/resources/tree/archive.ts';
import { markerName, type ReleaseWant, releasePath, sharedTarget } from './state.ts';
import { type Difference, join } from './unchanged.ts';

/** Makes a private directory beside the releases and enters it; it is removed at the end. */
const PRIVATE = lines(
  sh`r=$PWD; rm -rf ./.vrun-release-*`,
  sh`w=$(mktemp -d "$r/.vrun-release-XXXXXX") || exit 1; trap 'cd / && rm -rf "$w"' EXIT`,
  sh`cd -P -- "$w" && [ -O . ] || { echo "$w is not ours any more" >&2; exit 1; }`,
);

/**
 * Makes a new release of the archive on standard input, whose sha256 has to be `digest`; or of what it differs in from a release
 * that is there, of an archive with this digest.
 */
export function unpackScript(
  want: ReleaseWant & { readonly id: string },
  digest: string,
  difference: Difference | undefined,
): Script {
  const { path, id, kind, owner, group, shared, mode } = want;
  const to = `../${id}`;
  return lines(
    sh`mkdir -p -- ${`${path}/releases`} && cd -P -- ${`${path}/releases`} || exit 1`,
    PRIVATE,
    ...(difference
      ? [join(difference)]
      : [
          // Standard input may be a large file that is gone but for us: closed, its room is free again.
          sh`d=$(tee archive | sha256sum) || exit 1; d=\${d%% *}; exec </dev/null`,
          sh`[ "$d" = ${digest} ] || { echo "the archive that arrived has the sha256 $d and not "${digest} >&2; exit 1; }`,
          unpack(kind ?? 'tar.gz'),
        ]),
    ...shared.map((one) => lines(keepShared(want, one), linkShared(want, one, 'tree'))),
    owner === undefined && group === undefined ? undefined : sh`chown -hR -- ${account(owner, group)} tree || exit 1`,
    sh`chmod -- ${exactOctal(resolveMode(mode, NEW_DIRECTORY, true))} tree || exit 1`,
    sh`printf '%s\n' ${digest} >marker && chmod 0644 marker || exit 1`,
    sh`sync -f tree 2>/dev/null || sync`,
    sh`if [ -e ${to} ] || [ -h ${to} ]; then echo ${releasePath(path, id)}" is there already" >&2; exit 1; fi`,
    // The marker first: a release without one would never be believed.
    sh`mv -fT -- marker ${`../${markerName(id)}`} && mv -T -- tree ${to}`,
  );
}

/** Gives a release that is there the links to what is shared. */
export function relinkScript(want: ReleaseWant & { readonly id: string }, paths: readonly string[]): Script {
  return lines(
    sh`cd -P -- ${`${want.path}/releases`} || exit 1`,
    PRIVATE,
    ...paths.map((one) => lines(keepShared(want, one), linkShared(want, one, `../${want.id}`))),
  );
}

/** A shared path that isn't there yet becomes an empty directory. The working directory is the private one. */
function keepShared({ owner, group }: ReleaseWant, path: string): Script {
  const kept = `../../shared/${path}`;
  const mine = owner !== undefined || group !== undefined;
  return lines(
    sh`if [ ! -e ${kept} ] && [ ! -h ${kept} ]; then`,
    path.includes('/') ? sh`mkdir -p -- ${parent(kept)} || exit 1` : sh`mkdir -p ../../shared || exit 1`,
    sh`mkdir -- ${kept} || exit 1`,
    mine ? sh`chown -h -- ${account(owner, group)} ${kept} || exit 1` : undefined,
    sh`fi`,
  );
}

/** In the place of whatever the archive has there; relative, so that the whole may be moved. */
function linkShared({ owner, group }: ReleaseWant, path: string, release: string): Script {
  const at = `${release}/${path}`;
  const mine = owner !== undefined || group !== undefined;
  return lines(
    release === 'tree' ? sh`rm -rf -- ${at} || exit 1` : undefined,
    path.includes('/') ? sh`mkdir -p -- ${parent(at)} || exit 1` : undefined,
    sh`rm -f l && ln -s -- ${sharedTarget(path)} l || exit 1`,
    mine ? sh`chown -h -- ${account(owner, group)} l || exit 1` : undefined,
    sh`${renameOver(sh`l`, sh`${at}`)} || exit 1`,
  );
}

/** Owner, group and mode of a release that is there. */
export function releaseAttributes(want: ReleaseWant & { readonly id: string }): Script {
  const release = releasePath(want.path, want.id);
  const { owner, group } = want;
  return lines(
    owner === undefined && group === undefined
      ? undefined
      : sh`chown -hR -- ${account(owner, group)} ${release} || exit 1`,
    sh`chmod -- ${exactOctal(resolveMode(want.mode, NEW_DIRECTORY, true))} ${release}`,
  );
}

/** Points links of PATH at releases, in this order, each at once. */
export function linkScript(path: string, links: readonly { readonly name: string; readonly id: string }[]): Script {
  return lines(
    sh`cd -P -- ${`${path}/releases`} || exit 1`,
    PRIVATE,
    ...links.map(
      ({ name, id }) => sh`ln -s -- ${`releases/${id}`} l && ${renameOver(sh`l`, sh`${`../../${name}`}`)} || exit 1`,
    ),
    sh`sync -f . 2>/dev/null || sync`,
  );
}

/** Removes a release: out of the way at once, then file by file. `unlink`: PATH/previous leads to it. */
export function removeRelease(path: string, id: string, unlink: boolean): Script {
  return lines(
    sh`cd -P -- ${`${path}/releases`} || exit 1`,
    PRIVATE,
    unlink ? sh`rm -f ../../previous || exit 1` : undefined,
    sh`mv -T -- ${`../${id}`} gone || exit 1`,
    sh`rm -f ${`../${markerName(id)}`}`,
    sh`rm -rf gone`,
  );
}

function account(owner: string | undefined, group: string | undefined): string {
  return `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
