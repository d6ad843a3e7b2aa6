// `vrun completion SHELL`: a script by which a shell completes vrun's commands, options and modules.
import { Argument, Command } from 'commander';
import { SHELLS, type Shell } from '../completion/shells.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/exit.ts';

const INSTALLING = `
Where shells look for it:
  vrun completion bash >~/.local/share/bash-completion/completions/vrun
  vrun completion zsh  >~/.zfunc/_vrun          # with fpath+=~/.zfunc before compinit
  vrun completion fish >~/.config/fish/completions/vrun.fish
`;

export function completionCommand({ environment, ended }: CommandContext): Command {
  const command = new Command('completion');
  return command
    .description('print what makes a shell complete vrun')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', INSTALLING)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion/complete.ts');
      environment.stdout.write(await completionScript(shell, command.parent ?? command, environment));
      ended(EXIT.ok);
    });
}
