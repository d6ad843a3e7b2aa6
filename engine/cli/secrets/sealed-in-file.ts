// The `!secret` values of one file of variables or of an inventory, still encrypted, with where they stand.

import { relative, resolve } from 'node:path';
import { NotPlain, readPlainText } from '../../base/plain-file.ts';
import { type Position, SourceText } from '../../language/problem/position.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { sealedSecrets } from '../../language/yaml/age.ts';
import { readYaml } from '../../language/yaml/yaml.ts';

/** A secret in a file, by its path of keys: `all.vars.db_password`. */
export interface StoredSecret {
  readonly name: string;
  readonly armored: string;
  /** Of its tag. */
  readonly at: Position;
}

/** @throws ProblemError for a file that can't be read, or isn't YAML */
export async function secretsIn(
  file: string,
  cwd: string,
): Promise<{ readonly text: string; readonly secrets: readonly StoredSecret[] }> {
  const path = resolve(cwd, file);
  const text = await readPlainText(path).catch((error: Error) =>
    fail({
      code: error instanceof NotPlain ? 'file-unreadable' : 'file-missing',
      summary: `can't read ‹${file}›`,
      detail: error.message,
    }),
  );
  const problems: Problem[] = [];
  // The YAML of inventories, which takes all that the YAML of runbooks does where there are secrets.
  const node = readYaml(new SourceText(relative(cwd, path), text), { version: '1.1', problems });
  if (problems.length > 0) throw new ProblemError(problems);
  const sealed = node === undefined ? [] : sealedSecrets(node);
  return { text, secrets: sealed.map(({ node: { value, at }, name }) => ({ name, armored: String(value), at })) };
}
