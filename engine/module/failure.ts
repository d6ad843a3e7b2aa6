// Why a task fails, for people.

/** A check that isn't met, or state that can't be reached. */
export interface Failure {
  readonly summary: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}
