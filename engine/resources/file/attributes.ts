// Owner, group and mode: how they differ from what is wanted, in words and in commands.
import { type Script, sh } from '../../base/script.ts';
import type { Change } from '../../module/change.ts';
import type { PathAttributes } from '../../module/effect.ts';
import type { Failure } from '../../module/failure.ts';
import { exactOctal, octal, resolveMode } from '../../module/mode.ts';
import { type Entry, isNumeric } from './state.ts';

/** The language's OWN. */
export interface Ownership {
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Octal or symbolic; means nothing for a symbolic link. */
  readonly mode?: string | undefined;
}

/** What of it differs, in words ("mode 0644, owner root"), and the commands that set it. */
export interface AttributeChange {
  readonly from: string;
  readonly to: string;
  readonly scripts: readonly Script[];
  /** Those that are new. */
  readonly made: PathAttributes;
}

/** Undefined when owner, group and mode of what is there are as wanted. `follow`: `have` is what the link at `path` leads to. */
export function attributeChange(
  path: string,
  have: Entry,
  want: Ownership,
  follow = false,
): AttributeChange | undefined {
  const mode = wantedMode(have, want);
  const owner = want.owner !== undefined && !sameUser(have, want.owner) ? want.owner : undefined;
  const group = want.group !== undefined && !sameGroup(have, want.group) ? want.group : undefined;
  const chmod = mode !== undefined && mode !== have.mode;
  if (!chmod && owner === undefined && group === undefined) return undefined;
  const words = (shownMode: string, shownOwner: string, shownGroup: string) =>
    [
      ...(chmod ? [`mode ${shownMode}`] : []),
      ...(owner === undefined ? [] : [`owner ${shownOwner}`]),
      ...(group === undefined ? [] : [`group ${shownGroup}`]),
    ].join(', ');
  return {
    from: words(octal(have.mode), have.owner ?? `${have.uid}`, have.group ?? `${have.gid}`),
    to: words(octal(mode ?? 0), owner ?? '', group ?? ''),
    made: { mode: chmod ? mode : undefined, owner, group },
    scripts: [
      ...ownerScripts(path, owner, group, follow),
      // chown(2) takes set-id bits away, so they are set again after it.
      ...(chmod || (mode !== undefined && (mode & 0o6000) !== 0) ? [modeScript(path, mode)] : []),
    ],
  };
}

/** That change as one of a plan: what is at the path stays, with these attributes. */
export function asChange(what: string, path: string, { from, to, scripts, made }: AttributeChange): Change {
  return { op: '~', what, from, to, steps: [{ run: allOf(scripts) }], effects: [{ path, kind: 'same', ...made }] };
}

/** What is known of a file or directory that was given its attributes at a mode of `base`; who made it is not said. */
export function madeAttributes(want: Ownership, base: number, directory: boolean): PathAttributes {
  const { owner, group, mode } = want;
  // A directory above it may pass on its set-gid bit.
  const unasked = directory ? undefined : base;
  return { mode: mode === undefined ? unasked : resolveMode(mode, base, directory), owner, group };
}

/** The commands that give something newly made its wanted attributes. `base`: its mode before. */
export function newAttributes(path: string, want: Ownership, base: number, directory: boolean): readonly Script[] {
  const mode = want.mode === undefined ? undefined : resolveMode(want.mode, base, directory);
  return [...ownerScripts(path, want.owner, want.group), ...(mode === undefined ? [] : [modeScript(path, mode)])];
}

/** In words, for a change's `to`: "mode 0755, owner vantus". Undefined when nothing was asked for. */
export function describeAttributes(want: Ownership, base: number, directory: boolean): string | undefined {
  const words = [
    ...(want.mode === undefined ? [] : [`mode ${octal(resolveMode(want.mode, base, directory))}`]),
    ...(want.owner === undefined ? [] : [`owner ${want.owner}`]),
    ...(want.group === undefined ? [] : [`group ${want.group}`]),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}

/** `chown` or `chgrp` of the thing itself; of what a link leads to only with `follow`. */
export function ownerScripts(
  path: string,
  owner: string | undefined,
  group: string | undefined,
  follow = false,
): readonly Script[] {
  const options = follow ? ['--'] : ['-h', '--'];
  if (owner === undefined && group === undefined) return [];
  if (owner === undefined) return [sh`chgrp ${options} ${group ?? ''} ${path}`];
  return [sh`chown ${options} ${group === undefined ? owner : `${owner}:${group}`} ${path}`];
}

/** `chmod` with exactly these bits. */
export function modeScript(path: string, mode: number): Script {
  return sh`chmod -- ${exactOctal(mode)} ${path}`;
}

/** True when it belongs to the user, given by name or number. */
export function sameUser(have: Pick<Entry, 'uid' | 'owner'>, want: string): boolean {
  return have.owner === want || (isNumeric(want) && have.uid === Number(want));
}

/** True when it belongs to the group, given by name or number. */
export function sameGroup(have: Pick<Entry, 'gid' | 'group'>, want: string): boolean {
  return have.group === want || (isNumeric(want) && have.gid === Number(want));
}

/** One script that stops at the first command that fails. */
export function allOf(scripts: readonly Script[]): Script {
  return scripts.reduce(
    (before, next) => sh`${before} &&
${next}`,
  );
}

/** What to say when the task's user may not read something. */
export function unreadable(path: string): Failure {
  return {
    summary: `cannot read ${path}`,
    detail: 'The user that the task runs as has no permission to look at it.',
    hint: 'Set `become: true` on the task.',
  };
}

function wantedMode(have: Entry, want: Ownership): number | undefined {
  if (want.mode === undefined || have.kind === 'link') return undefined;
  return resolveMode(want.mode, have.mode, have.kind === 'directory');
}
