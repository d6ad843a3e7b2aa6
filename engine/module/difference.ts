// Where a module means something else than Ansible's of the same name.

export interface Difference {
  /** Names it within its module; the differential test refers to it. */
  readonly key: string;
  /** The parameters of Ansible's that it is about, by Ansible's names; none: the module as a whole. */
  readonly parameters?: readonly string[];
  readonly ansible: string;
  readonly vrun: string;
  /** What to write in place of the parameters. */
  readonly instead?: string;
}

/** What to write instead of a parameter of Ansible's that the module doesn't take. */
export function insteadOf(differences: readonly Difference[], parameter: string): string | undefined {
  const difference = differences.find(({ parameters = [] }) => parameters.includes(parameter));
  return difference && (difference.instead ?? `Ansible: ${difference.ansible} vrun: ${difference.vrun}`);
}
