// What a run was asked for, and by whom, as its first event and its open entry have it.

/** An option of the command line that was given, by its long name. */
export interface GivenOption {
  readonly option: string;
  readonly value?: string;
}

/** A variable of `-e`: its text, its value as JSON, or the file that it comes from. */
export interface GivenVariable {
  readonly name: string;
  readonly value?: string;
  readonly json?: string;
  readonly file?: string;
}

/** What was asked for, and by whom: left out where a run wasn't begun by a command line. */
export interface GivenOptions {
  readonly options?: readonly GivenOption[];
  readonly extraVars?: readonly GivenVariable[];
  /** Who became the operator by sudo, as sudo says (`SUDO_USER`). */
  readonly sudoUser?: string;
}
