// `int`, `uint` and `double` as CEL has them. cel-js's own take '' for 0, '0b11' for 3 and '0x10' for 16.0, know no `int(1u)`, and
// let numbers pass that have no 64 bits to be in.
import { type Environment, EvaluationError } from '@marcbachmann/cel-js';

const CONVERSIONS: readonly string[] = ['int', 'uint', 'double'];

const MARK = ' as CEL has it';

/** What a function is called in a syntax tree, so that it is ours: no expression can call it by this name. */
export function ownName(name: string): string {
  return CONVERSIONS.includes(name) ? `${name}${MARK}` : name;
}

/** A message that names functions, with their names as they are written. */
export function withoutMarks(message: string): string {
  return message.replaceAll(MARK, '');
}

export function addConversions(environment: Environment): void {
  const overload = (name: string, type: string, handler: (value: never) => unknown) =>
    environment.registerFunction({ name: ownName(name), params: [{ type }], returnType: name, handler });
  const whole = (value: bigint | undefined) =>
    value !== undefined && BigInt.asIntN(64, value) === value ? value : refuse('int');
  const unsigned = (value: bigint | undefined): unknown =>
    value !== undefined && BigInt.asUintN(64, value) === value ? environment.evaluate(`${value}u`) : refuse('uint');
  const truncated = (value: number) => (Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined);
  for (const [name, made] of [
    ['int', whole],
    ['uint', unsigned],
  ] as const) {
    overload(name, 'int', (value: bigint) => made(value));
    overload(name, 'uint', (value: object) => made(BigInt(String(value))));
    overload(name, 'double', (value: number) => made(truncated(value)));
    overload(name, 'string', (value: string) => made(DIGITS.test(value) ? BigInt(value) : undefined));
  }
  overload('int', 'google.protobuf.Timestamp', (value: Date) => BigInt(Math.floor(value.getTime() / 1000)));
  overload('double', 'int', (value: bigint) => Number(value));
  overload('double', 'uint', (value: object) => Number(String(value)));
  overload('double', 'double', (value: number) => value);
  overload('double', 'string', (value: string) => (NUMBER.test(value) ? Number(value) : named(value)));
}

const DIGITS = /^[-+]?[0-9]{1,20}$/;
const NUMBER = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;

function named(value: string): number {
  const [, sign, word] = /^([-+]?)(?:(inf(?:inity)?)|nan)$/i.exec(value) ?? refuse('double');
  return word === undefined ? Number.NaN : sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function refuse(type: string): never {
  throw new EvaluationError({
    code: `${type}_conversion_error`,
    message: `${type}() type error: cannot convert to ${type}`,
  });
}
