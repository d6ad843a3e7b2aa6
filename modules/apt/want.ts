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
  /** What is not installed stays so. */
  readonly onlyUpgrade: boolean;
  readonly allowDowngrade: boolean;
  readonly allowHeld: boolean;
  /** Whether the packages are kept in the version that they have; undefined leaves that alone. */
  readonly hold: boolean | undefined;
  /** What would have to go for it is a failure. */
  readonly noRemove: boolean;
  /** Fetched package files go: those that can't be fetched any more, or all. */
  readonly autoclean: boolean;
  readonly clean: boolean;
  /** Of dpkg, without the dashes. */
  readonly dpkgOptions: readonly string[];
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
  // Whoever says how a package is held has its version changed by this task alone.
  const held = want.allowHeld || want.hold !== undefined ? ['--allow-change-held-packages'] : [];
  if (want.state === 'absent') return [...autoremove, ...held, want.purge ? 'purge' : 'remove'];
  const options = [
    ...(want.release === undefined ? [] : ['-t', want.release]),
    ...(want.recommends === undefined ? [] : [want.recommends ? '--install-recommends' : '--no-install-recommends']),
    ...autoremove,
    ...held,
    ...(want.allowDowngrade ? ['--allow-downgrades'] : []),
    ...(want.noRemove ? ['--no-remove'] : []),
  ];
  if (want.upgrade !== undefined) {
    return [...options, ...(want.upgrade === 'safe' ? ['upgrade', '--with-new-pkgs'] : ['dist-upgrade'])];
  }
  return [
    ...options,
    ...(want.onlyUpgrade ? ['--only-upgrade'] : []),
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
