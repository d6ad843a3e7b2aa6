// `vrun schema`: the JSON Schema of runbooks, with the project's own modules.
import { runbookSchema } from '../../language/schema/schema.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { modulesAround } from '../shared/project.ts';

export async function printSchema(environment: Environment): Promise<number> {
  const schema = runbookSchema(await modulesAround(environment));
  environment.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return EXIT.ok;
}
