// `vrun completion SHELL`: a script by which a shell completes vrun's commands, options and modules.
import { Argument, Command } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/problems.ts';
import { modulesAround } from '../shared/project.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { type CompletedCommand, completionTree } from './tree.ts';
import { zshCompletion } from './zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } satisfies Record<
  string,
  (commands: readonly CompletedCommand[]) => string
>;

const INSTALLING = `
Where shells look for it:
  vrun completion bash >~/.local/share/bash-completion/completions/vrun
  vrun completion zsh  >~/.zfunc/_vrun          # with fpath+=~/.zfunc before compinit
  vrun completion fish >~/.config/fish/completions/vrun.fish
`;

export function completionCommand({ environment, registry, ended }: CommandContext): Command {
  const names = Object.keys(SHELLS);
  const command = new Command('completion');
  return command
    .description('print what makes a shell complete vrun')
    .addArgument(new Argument('<shell>', 'which shell').choices(names))
    .addHelpText('after', INSTALLING)
    .action(async (shell: keyof typeof SHELLS) => {
      const modules = await modulesAround(environment, registry);
      const words = {
        doc: modules
          .names()
          .map(modules.module)
          .map(({ name, summary }) => ({ word: name, description: summary })),
        completion: names.map((word) => ({ word, description: '' })),
      };
      environment.stdout.write(SHELLS[shell](completionTree(command.parent ?? command, words)));
      ended(EXIT.ok);
    });
}
