// What a shell completes: vrun's commands, options and modules.
import type { Command } from 'commander';
import type { Environment } from '../shared/environment.ts';
import { modulesAround } from '../shared/project.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { SHELLS, type Shell } from './shells.ts';
import { type CompletedCommand, completionTree } from './tree.ts';
import { zshCompletion } from './zsh.ts';

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The script by which that shell completes `program`. */
export async function completionScript(shell: Shell, program: Command, environment: Environment): Promise<string> {
  const modules = await modulesAround(environment);
  const words = {
    doc: modules
      .names()
      .map(modules.module)
      .map(({ name, summary }) => ({ word: name, description: summary })),
    completion: SHELLS.map((word) => ({ word, description: '' })),
  };
  return SCRIPTS[shell](completionTree(program, words));
}
