// `vrun help audit verify` is `vrun audit verify --help`.
import { Command } from 'commander';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { fail } from '../../language/problem/problem.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/exit.ts';

/** @param program  whose commands it knows */
export function helpCommand(program: Command, { ended }: Pick<CommandContext, 'ended'>): Command {
  return new Command('help')
    .description('show the help of a command')
    .argument('[command...]', 'its name')
    .action((names: string[]) => {
      names.reduce(commandOf, program).outputHelp();
      ended(EXIT.ok);
    });
}

/** @throws ProblemError where `above` has no such command */
function commandOf(above: Command, name: string): Command {
  const found = above.commands.find((command) => command.name() === name);
  if (found !== undefined) return found;
  const names = above.commands.map((command) => command.name());
  return fail({
    code: 'usage',
    summary: `there is no command ‹${name}›`,
    hint: didYouMean(name, names) ?? 'vrun --help lists them all.',
  });
}
