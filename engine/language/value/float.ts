// Numbers that are no whole numbers by the way they are written: `8.0`, `1.10`, `1e3`. They count as numbers, and stand in a
// text as they are written.

export class Float {
  readonly number: number;
  readonly text: string;

  constructor(number: number, text: string) {
    this.number = number;
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** JSON has one kind of number. */
  toJSON(): number {
    return this.number;
  }
}

/** The number, as a Float where its text would be lost: JavaScript writes `8.0` as 8 and `1.10` as 1.1. */
export function asWritten(number: number, text: string): number | Float {
  return String(number) === text ? number : new Float(number, text);
}

/** A result of floating-point arithmetic: 2.0 stays one, so that what is computed with it is too. */
export function asComputed(number: number): number | Float {
  return Number.isInteger(number) && Math.abs(number) < 1e21 ? new Float(number, `${number}.0`) : number;
}

/** A Float as a number; anything else as it is. */
export function withoutText<T>(value: T | Float): T | number {
  return value instanceof Float ? value.number : value;
}
