// What can be completed, read off the commands themselves: each command's words and options.
import type { Command, Option } from 'commander';

export interface CompletionChoice {
  readonly word: string;
  readonly description: string;
}

export interface CompletedOption {
  /** `-i` */
  readonly short: string | undefined;
  /** `--inventory` */
  readonly long: string;
  readonly description: string;
  /** What its value may be: one of these, or anything, a file to begin with; undefined without a value. */
  readonly value: readonly string[] | 'any' | undefined;
}

export interface CompletedCommand {
  /** Words behind `vrun`: `audit list`; empty where none stands yet, which is the default command. */
  readonly path: string;
  /** Subcommands, or what the argument may be. Files where there is none. */
  readonly words: readonly CompletionChoice[];
  readonly options: readonly CompletedOption[];
}

/** All commands of `program` but its hidden ones. `words` gives the argument's words of commands, by path. */
export function completionTree(
  program: Command,
  words: Readonly<Record<string, readonly CompletionChoice[]>>,
): readonly CompletedCommand[] {
  const below = (command: Command, path: string): CompletedCommand[] => {
    const subcommands = visible(command);
    const own = { path, words: words[path] ?? subcommands.map(choiceOf), options: optionsOf(command) };
    return [own, ...subcommands.flatMap((inner) => below(inner, `${path} ${inner.name()}`.trim()))];
  };
  const [root, ...commands] = below(program, '');
  const run = commands.find(({ path }) => path === 'run');
  if (!root || !run) throw new Error('the program has no command run, which is the default');
  return [{ ...root, options: uniquely([...run.options, ...root.options]) }, ...commands];
}

function visible(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((inner) => inner.name() !== 'help');
}

function choiceOf(command: Command): CompletionChoice {
  return { word: command.name(), description: command.description() };
}

function optionsOf(command: Command): readonly CompletedOption[] {
  return command.createHelp().visibleOptions(command).map(optionOf);
}

function optionOf({ short, long, flags, description, required, optional, argChoices }: Option): CompletedOption {
  return {
    short,
    long: long ?? flags,
    description,
    value: argChoices ?? (required || optional ? 'any' : undefined),
  };
}

function uniquely(options: readonly CompletedOption[]): readonly CompletedOption[] {
  return [...new Map(options.map((option) => [option.long, option])).values()];
}
