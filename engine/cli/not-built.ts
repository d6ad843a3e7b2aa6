// What the language's page documents and this version doesn't do yet: said so, never accepted and ignored.
import { Command } from 'commander';
import { type Problem, ProblemError } from '../language/problem.ts';

const COMMANDS: Readonly<Record<string, string>> = {
  init: 'copy runbooks/, templates/ and inventory/ of vrun itself',
};

/** Commands that say that they aren't built. */
export function notBuiltCommands(): readonly Command[] {
  return Object.entries(COMMANDS).map(([name, instead]) =>
    new Command(name)
      .argument('[argument...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw new ProblemError([notBuilt(`vrun ${name}`, instead)]);
      }),
  );
}

function notBuilt(what: string, instead: string): Problem {
  return { code: 'not-built', summary: `${what} isn't built yet`, hint: `Until then ${instead}.` };
}
