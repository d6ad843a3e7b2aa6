// Whole numbers on the command line.
import { InvalidArgumentError } from 'commander';

/** A number from 1 to 9999. @throws InvalidArgumentError, which commander tells */
export function count(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It is a whole number from 1 to 9999.');
}
