// Completion for fish, with what each word and option is for.
import type { CompletedCommand, CompletedOption } from './tree.ts';

/** The file `vrun.fish` of fish's directory of completions. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const first = commands.find(({ path }) => path === '')?.words.map(({ word }) => word) ?? [];
  const lines = commands.flatMap((command) => {
    const when = condition(command, first, commands);
    const words = command.words.map(
      ({ word, description }) =>
        `complete -c vrun -n ${quoted(command.path === '' ? '__fish_is_first_token' : when)} -a ${quoted(word)} -d ${quoted(description)}`,
    );
    return [...words, ...command.options.map((option) => optionLine(when, option))];
  });
  return `# Completion of vrun for fish: vrun completion fish\n${lines.join('\n')}\n`;
}

/** True where the words of this command stand, and no further ones. */
function condition(
  { path }: CompletedCommand,
  first: readonly string[],
  commands: readonly CompletedCommand[],
): string {
  if (path === '') return `not __fish_seen_subcommand_from ${first.join(' ')}`;
  const seen = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const inner = commands.flatMap((other) =>
    other.path.startsWith(`${path} `) ? [other.path.slice(path.length + 1)] : [],
  );
  const none = inner.length === 0 ? [] : [`not __fish_seen_subcommand_from ${inner.join(' ')}`];
  return [...seen, ...none].join('; and ');
}

function optionLine(when: string, { short, long, description, value }: CompletedOption): string {
  const names = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.slice(2)}`].join(' ');
  const takes = value === undefined ? '' : value === 'any' ? ' -r -F' : ` -x -a ${quoted(value.join(' '))}`;
  return `complete -c vrun -n ${quoted(when)} ${names}${takes} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
