/** What a test in a browser needs besides the lab: program → the Debian package that brings it. */
export const BROWSER: Readonly<Record<string, string>>;

/** Installs the Debian packages that this machine lacks: the lab's own, or those of `programs`. @param say is told so, a line */
export function installPrerequisites(
  say: (line: string) => void,
  programs?: Readonly<Record<string, string>>,
): Promise<void>;
