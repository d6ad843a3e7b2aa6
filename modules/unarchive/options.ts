// `extra_opts` as Ansible's playbooks have it: options of GNU tar and unzip that say what a parameter says, or what is done anyway.

import type { ParameterProblem } from '../../engine/language/runbook/catalog.ts';

export interface ArchiveOptions {
  readonly strip: number | undefined;
  readonly exclude: readonly string[];
  /** What stands for nothing here. */
  readonly unknown: readonly string[];
}

/** What is done without being asked: files belong to who unpacks them, others may not write to them, old ones are replaced. */
const ANYWAY = new Set([
  '--no-same-owner',
  '--no-same-permissions',
  '--overwrite',
  '--no-overwrite-dir',
  '-o',
  '-q',
  '-qq',
]);

/** From the words, one a list's item or several. */
export function archiveOptions(given: readonly string[]): ArchiveOptions {
  const words = given.flatMap((word) => word.trim().split(/\s+/));
  let strip: number | undefined;
  const exclude: string[] = [];
  const unknown: string[] = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const [, name = word, joined] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    const value = () => joined ?? words.shift() ?? '';
    if (name === '--strip-components' || name === '--strip') {
      const count = value();
      if (/^\d{1,3}$/.test(count)) strip = Number(count);
      else unknown.push(`${name}=${count}`);
    } else if (name === '--exclude') exclude.push(value());
    else if (!ANYWAY.has(word)) unknown.push(word);
  }
  return { strip, exclude: exclude.map((glob) => glob.replace(/^(['"])(.*)\1$/, '$2')), unknown };
}

/** Problems of the parameter `extra_opts`. */
export function checkOptions(given: unknown): readonly ParameterProblem[] {
  if (!Array.isArray(given)) return [];
  const { unknown } = archiveOptions(given.filter((word) => typeof word === 'string'));
  return unknown.map((word) => ({
    parameter: 'extra_opts',
    summary: `the option ‹${word}› is not known here`,
    hint: 'It takes --strip-components and --exclude, for which there are parameters, too; unpack with `command` and `creates` where others are needed.',
  }));
}
