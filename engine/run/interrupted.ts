// How the work on a host ends after Ctrl-C.

/** Thrown where something would have been begun, or was broken off, after Ctrl-C. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
