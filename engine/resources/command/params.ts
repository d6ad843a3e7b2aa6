// What command, shell and script take and give back alike, and what can't be right about it.
import { Type } from 'typebox';
import type { ParameterProblem } from '../../language/runbook/catalog.ts';
import { Text } from '../../module/parameters.ts';
import { splitWords } from '../../module/shell-words.ts';
import { hasControl, pathProblem } from '../file/path.ts';

/** What `register` sees of a command besides its status and its outputs. */
export const commandResults = Type.Object({
  stdout_lines: Type.Optional(Type.Array(Type.String(), { description: 'The lines of stdout; where the command ran' })),
  stderr_lines: Type.Optional(Type.Array(Type.String(), { description: 'The lines of stderr; where the command ran' })),
});

/** Parameters that the three share. */
export const commandParams = {
  chdir: Type.Optional(Type.String({ minLength: 1, description: 'Directory to run in; / when not given' })),
  creates: Type.Optional(Type.String({ minLength: 1, description: 'Path: when it exists, nothing is run' })),
  removes: Type.Optional(Type.String({ minLength: 1, description: 'Path: when it does not exist, nothing is run' })),
  unless: Type.Optional(
    Type.String({ minLength: 1, description: 'Shell command that only reads: when it succeeds, nothing is run' }),
  ),
  stdin: Type.Optional(Text({ description: 'Standard input of the command; may hold a secret' })),
};

/** Problems of a command that is given as `argv` or as `cmd`. */
export function checkWords(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  const { cmd } = params;
  const words = typeof cmd === 'string' ? splitWords(cmd) : undefined;
  return [
    ...('argv' in params === 'cmd' in params
      ? [{ parameter: undefined, summary: 'One command is wanted', hint: 'Give either argv or cmd.' }]
      : []),
    ...(typeof cmd === 'string' && (words === undefined || words.length === 0)
      ? [{ parameter: 'cmd', summary: 'The command can’t be split into words', hint: 'Close its quotes.' }]
      : []),
  ];
}

/** Problems of the shared parameters. */
export function checkCommand(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  const { chdir } = params;
  const directory = typeof chdir === 'string' ? pathProblem(chdir) : undefined;
  return [
    ...(directory ? [{ parameter: 'chdir', ...directory }] : []),
    ...['creates', 'removes'].flatMap((parameter) => {
      const path = params[parameter];
      if (typeof path !== 'string') return [];
      if (hasControl(path) || /[*?[]/.test(path)) {
        return [
          { parameter, summary: 'One path, not a pattern', hint: 'Name one file that tells whether it was done.' },
        ];
      }
      if (!path.startsWith('/') && typeof chdir !== 'string' && !('chdir' in params)) {
        return [{ parameter, summary: 'The path must be absolute', hint: 'Write it from the root, or set chdir.' }];
      }
      return [];
    }),
  ];
}
