// What a task wants of apt, and the arguments that its dry run (`apt-get -s`) and its run share.

/** `name[:arch][=version]`; a version may end in `*`. */
export interface PackageSpec {
  readonly name: string;
  readonly arch: string | undefined;
  readonly version: string | undefined;
  /** As apt-get wants it. */
  readonly text: string;
}

export interface AptWant {
  readonly packages: readonly PackageSpec[];
  readonly state: 'present' | 'latest' | 'absent';
  /** Fetch apt's lists first when something is to be installed and they are older than `validFor` seconds. */
  readonly refresh: boolean;
  readonly validFor: number;
  readonly upgrade: 'safe' | 'full' | 'dist' | undefined;
  readonly recommends: boolean | undefined;
  readonly release: string | undefined;
  /** A package file on the host. */
  readonly deb: string | undefined;
  readonly purge: boolean;
  readonly autoremove: boolean;
  /** Exit status of policy-rc.d while packages are configured: 101 keeps services from starting. */
  readonly policy: number | undefined;
  /** Seconds. */
  readonly lockTimeout: number;
}

export const PACKAGE = /^([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?(?:=([A-Za-z0-9][A-Za-z0-9.+:~-]*\*?))?$/;

/** @throws Error for what isn't the name of a package. */
export function packageSpec(text: string): PackageSpec {
  const [, name, arch, version] = PACKAGE.exec(text) ?? [];
  if (name === undefined) throw new Error(`‹${text}› is no package's name`);
  return { name, arch, version, text };
}

/**
 * Arguments of `apt-get` that bring the packages, the file and the upgrade into the wanted state; the names of the
 * packages come last, and only those that aren't as wanted are to be named.
 */
export function operation(want: AptWant): readonly string[] {
  const autoremove = want.autoremove ? ['--auto-remove'] : [];
  if (want.state === 'absent') return [...autoremove, want.purge ? 'purge' : 'remove'];
  const options = [
    ...(want.release === undefined ? [] : ['-t', want.release]),
    ...(want.recommends === undefined ? [] : [want.recommends ? '--install-recommends' : '--no-install-recommends']),
    ...autoremove,
  ];
  if (want.upgrade !== undefined) {
    return [...options, ...(want.upgrade === 'safe' ? ['upgrade', '--with-new-pkgs'] : ['dist-upgrade'])];
  }
  return [
    ...options,
    // What a dry run didn't say must not go: an installation that would remove something is refused.
    ...(want.autoremove ? [] : ['--no-remove']),
    ...(want.packages.some(({ version }) => version !== undefined) ? ['--allow-downgrades'] : []),
    'install',
    ...(want.deb === undefined ? [] : [want.deb]),
  ];
}

/** Arguments for removing what nothing needs any more. */
export function cleaning(want: AptWant): readonly string[] {
  return [...(want.purge ? ['--purge'] : []), 'autoremove'];
}

/** Whether any package, file or upgrade is asked for at all. */
export function hasOperation(want: AptWant): boolean {
  return want.packages.length > 0 || want.deb !== undefined || want.upgrade !== undefined;
}
