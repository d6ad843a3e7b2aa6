// A secret is a type: it prints as its name, and its value leaves it only through `reveal`.
import { inspect } from 'node:util';

/** A value that must not be seen. `String(secret)`, JSON and `console.log` give `‹secret:name›`. */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  /** The value itself. Called only where content or standard input is written, and by the redactor. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `‹secret:${this.name}›`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
