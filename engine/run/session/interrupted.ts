// How the work on a host ends after Ctrl-C.

/** Thrown where something would have been begun, or was broken off, after Ctrl-C. */
export class Interrupted extends Error {
  /** True where a task was at work, and not about to begin. */
  readonly atWork: boolean;

  constructor(atWork = false) {
    super('interrupted');
    this.atWork = atWork;
    this.name = 'Interrupted';
  }
}
