// `vrun schema`: the JSON Schema of runbooks, for editors.
import { Command } from 'commander';
import { runbookSchema } from '../../language/schema/schema.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/problems.ts';

export function schemaCommand({ environment, registry, ended }: CommandContext): Command {
  return new Command('schema').description('print the JSON Schema of runbooks').action(() => {
    environment.stdout.write(`${JSON.stringify(runbookSchema(registry), null, 2)}\n`);
    ended(EXIT.ok);
  });
}
