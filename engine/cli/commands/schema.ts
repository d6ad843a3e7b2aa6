// `vrun schema`: the JSON Schema of runbooks, for editors.
import { Command } from 'commander';
import { runbookSchema } from '../../language/schema/schema.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/problems.ts';
import { modulesAround } from '../shared/project.ts';

export function schemaCommand({ environment, registry, ended }: CommandContext): Command {
  return new Command('schema').description('print the JSON Schema of runbooks').action(async () => {
    const schema = runbookSchema(await modulesAround(environment, registry));
    environment.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    ended(EXIT.ok);
  });
}
