// The error of whoever may not go on: another has taken over, or may have.

/** Stop at once, say nothing more, and leave the work to whoever holds it. `why` is for a log. */
export class Fenced extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Fenced';
  }
}
