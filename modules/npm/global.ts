// A package that npm installed for all of a host, and the version that it has: read without starting npm.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import type { Foreseen } from '../../engine/module/define.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { asUser, cannotBecome, checkUser } from '../../engine/resources/command/as-user.ts';
import { isTouched, untold } from '../../engine/resources/file/pending.ts';
import { checkNpm, NO_NPM, type NpmCall } from './call.ts';
import GLOBAL from './global.cjs';

/** Which version is wanted: any, one that fits a range, the one that the registry has a tag for, or that there is none. */
export type WantedVersion =
  | { readonly kind: 'any' | 'none' }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'tag'; readonly tag: string };

export interface GlobalWant extends NpmCall {
  readonly name: string;
  readonly version: WantedVersion;
}

export interface GlobalPackage {
  /** Its directory. */
  readonly path: string;
  /** `broken`: something is in its place that says no version. */
  readonly version: string | undefined;
  /** A directory that npm would have to write in, and may not. */
  readonly shut: string | undefined;
  /** The version that the registry has for the tag, or what it said instead. */
  readonly newest: { readonly version: string } | { readonly said: string } | undefined;
  /** npm's files of settings. */
  readonly settings: readonly string[];
}

/**
 * Read-only. Where packages lie, `prefix` says (npm-config(1)): in the environment, the user's file, the global one or npm's own;
 * else it is the directory above that of node. Where none of these says anything, that is plain; else npm's own library is asked.
 */
export function probeGlobal(want: GlobalWant): Script {
  const { npm, user, name, registry, version } = want;
  const tag = version.kind === 'tag' ? version.tag : '';
  return lines(
    checkUser(user),
    checkNpm(want),
    asUser(user),
    sh`cd / && vrun_n=$(readlink -f "$(command -v node)") && vrun_b=$(readlink -f "$(command -v ${npm})") || exit 1`,
    sh`vrun_b=\${vrun_b%/bin/*}/npmrc vrun_p=\${vrun_n%/*/*} vrun_rc=\${HOME:-/root}/.npmrc vrun_o=
vrun_grc=$vrun_p/etc/npmrc`,
    sh`vrun_plain() {
case $vrun_n in */bin/node) ;; *) return 1;; esac
[ "$(head -c 4 "$vrun_n" | tail -c 3)" = ELF ] || return 1
! env | grep -Eiq '^(prefix|destdir|npm_config_(prefix|userconfig|globalconfig))=' &&
! as grep -Esq 'prefix|config' "$vrun_rc" "$vrun_grc" "$vrun_b"
}`,
    sh`vrun_t=${tag}
if [ -n "$vrun_t" ] || ! vrun_plain; then
vrun_o=$(as node -e ${GLOBAL} "$(command -v ${npm})" ${registry ?? ''} ${name} "$vrun_t") || exit 1
vrun_row() { printf '%s\n' "$vrun_o" | sed -n "$1p"; }
vrun_p=$(vrun_row 1) vrun_rc=$(vrun_row 2) vrun_grc=$(vrun_row 3)
fi`,
    sh`vrun_p=\${vrun_p%/}; vrun_m=$vrun_p/lib/node_modules/${name}
printf '@path\n%s\n@settings\n%s\n%s\n%s\n' "$vrun_m" "$vrun_rc" "$vrun_grc" "$vrun_b"
if [ -f "$vrun_m/package.json" ]; then echo @package; sed 's/^/ /' "$vrun_m/package.json"; echo
elif [ -e "$vrun_m" ] || [ -h "$vrun_m" ]; then echo @package; fi`,
    sh`for vrun_w in "$vrun_p/lib/node_modules" "$vrun_p/bin"; do
while [ -n "$vrun_w" ] && [ ! -e "$vrun_w" ]; do vrun_w=\${vrun_w%/*}; done
as test -w "\${vrun_w:-/}" || { printf '@shut\n%s\n' "\${vrun_w:-/}"; break; }
done
printf '%s\n' "$vrun_o" | sed 1,3d`,
  );
}

/** @throws Error where npm's settings can't be read */
export function parseGlobal(out: Output, { user, npm }: GlobalWant): GlobalPackage | Missing<GlobalPackage> {
  if (out.status !== 0) {
    const why = /^\w*Error: .*$/m.exec(out.stderr)?.[0] ?? out.stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(`npm's settings cannot be read, or it is older than npm 7: ${why}`);
  }
  const sections = readSections(out.stdout);
  const lacks = (need: Resource, failure?: Failure) => new Missing<GlobalPackage>({ needs: [need], failure });
  if (sections.has('user')) return lacks(`user:${user}`);
  if (sections.has('denied')) return lacks(`user:${user}`, cannotBecome(user));
  if (sections.has('npm')) return lacks(npm === 'npm' ? 'command:npm' : `path:${npm}`, NO_NPM);
  const row = (section: string) => sections.get(section)?.[0];
  const path = row('path');
  if (!path?.startsWith('/')) throw new Error('npm did not say where global packages are');
  const newest = row('newest');
  const said = row('said')?.trim();
  return {
    path,
    version: versionIn(sections.get('package')),
    shut: row('shut'),
    newest: newest === undefined ? (said === undefined ? undefined : { said }) : { version: newest },
    settings: (sections.get('settings') ?? []).filter((file) => file.startsWith('/')),
  };
}

/** Where another task writes npm's settings, or the package itself, nobody can tell what npm will find. */
export function pendingGlobal(have: GlobalPackage, foreseen: Foreseen): GlobalPackage | Missing<GlobalPackage> {
  const { path, settings } = have;
  return isTouched([path, `${path}/package.json`, ...settings], foreseen) ? untold(path) : have;
}

/** What package.json says of itself; npm writes it last. */
function versionIn(rows: readonly string[] | undefined): string | undefined {
  if (rows === undefined) return undefined;
  try {
    const { version }: { readonly version?: unknown } = Object(JSON.parse(rows.join('\n').trim()));
    return typeof version === 'string' && version !== '' ? version : 'broken';
  } catch {
    return 'broken';
  }
}
