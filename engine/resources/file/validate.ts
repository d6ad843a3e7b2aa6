// `validate: visudo -cf %s`: a user's command that must accept a file before it takes its place.
import { type Script, sh } from '../../base/script.ts';
import type { ParameterProblem } from '../../language/runbook/catalog.ts';
import { splitWords } from '../../module/shell-words.ts';

/** Problems of the parameter `validate`. */
export function checkValidate(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  const command = params.validate;
  if (typeof command !== 'string') return [];
  const words = splitWords(command);
  if (words === undefined) {
    return [
      {
        parameter: 'validate',
        summary: 'The command has an unclosed quote',
        hint: 'Close it, or escape it with a backslash.',
      },
    ];
  }
  if (words.some((word) => word.includes('%s'))) return [];
  return [
    {
      parameter: 'validate',
      summary: 'The command does not say where the file goes',
      hint: 'Write %s where the path of the new file has to stand: visudo -cf %s',
    },
  ];
}

/** Gets the temporary file as a word; the program is known for a probe to look for. */
export type Validation = ((temporary: Script) => Script) & { readonly program?: string | undefined };

/** For a write step. The command runs without a shell's expansions: every word reaches it as it is written. */
export function validation(command: string | undefined): Validation | undefined {
  const words = command === undefined ? undefined : splitWords(command);
  if (words === undefined) return undefined;
  const validate = (temporary: Script) =>
    join(words.map((word) => (word.includes('%s') ? around(word, temporary) : sh`${word}`)));
  const [program = '%s'] = words;
  return program.includes('%s') ? validate : Object.assign(validate, { program });
}

function around(word: string, temporary: Script): Script {
  const parts = word.split('%s');
  return parts
    .map((part) => (part === '' ? sh`` : sh`${part}`))
    .reduce((before, part) => sh`${before}${temporary}${part}`);
}

function join(words: readonly Script[]): Script {
  return words.reduce((before, word) => sh`${before} ${word}`);
}
