// `vrun schema`: the JSON Schema of runbooks, for editors.
import { Command } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';

export function schemaCommand({ environment, ended }: CommandContext): Command {
  return new Command('schema').description('print the JSON Schema of runbooks').action(async () => {
    const { printSchema } = await import('../actions/schema.ts');
    ended(await printSchema(environment));
  });
}
