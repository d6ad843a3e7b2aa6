// The awks that programs for hosts have to work with: Debian's, GNU's and BusyBox's.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const AWKS: readonly (readonly string[])[] = [['mawk'], ['gawk'], ['busybox', 'awk']].filter(
  ([name = '']) => spawnSync(name, ['--help']).error === undefined,
);

/** For `describe.each`. */
export const EACH_AWK = AWKS.map((awk) => [awk.join(' '), awk] as const);

export interface Run {
  readonly stdin?: string | Uint8Array;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * What the program prints, as bytes.
 * @throws Error with what awk said, where its status isn't 0 or it said anything
 */
export function awk([file = '', ...first]: readonly string[], program: string, { stdin, args, env }: Run): string {
  const done = spawnSync(file, [...first, ...options(args), program, ...operands(args)], {
    input: stdin ?? '',
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
    encoding: 'latin1',
  });
  if (done.status !== 0 || done.stderr !== '') throw new Error(`status ${done.status}: ${done.stderr}`);
  return done.stdout;
}

/** `-v NAME=value` and `-F c` come before the program. */
function options(args: readonly string[] = []): readonly string[] {
  const first = args.findIndex((arg, index) => !/^-[vF]/.test(arg) && !/^-[vF]$/.test(args[index - 1] ?? ''));
  return first < 0 ? args : args.slice(0, first);
}

const operands = (args: readonly string[] = []) => args.slice(options(args).length);

/** A path of this project's as this machine has it. */
export const inProject = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
