// `vrun secrets rekey`: who may read the secrets of a file has changed. Every other byte of the file stays.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { replaceDurably } from '../../audit/chain/durable-file.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { decryptSecret, encrypterFor } from '../../language/yaml/age.ts';
import type { Environment } from '../shared/environment.ts';
import { openProject } from '../shared/project.ts';
import { chooseRecipients } from './one-secret.ts';
import { type StoredSecret, secretsIn } from './sealed-in-file.ts';

const ARMOR = /^([ \t]*)-----BEGIN AGE ENCRYPTED FILE-----[\s\S]*?-----END AGE ENCRYPTED FILE-----/m;

/** Either all secrets of all files are encrypted again, or, with a Problem for each that can't be opened, none. */
export async function rekeySecrets(
  files: readonly string[],
  extra: readonly string[],
  environment: Environment,
): Promise<void> {
  const project = await openProject(environment);
  const recipients = await chooseRecipients(project, extra, environment);
  const encrypt = await encrypterFor(recipients);
  const problems: Problem[] = [];
  const written: { readonly file: string; readonly text: string; readonly count: number }[] = [];
  for (const file of files) {
    const { text, secrets } = await secretsIn(file, environment.cwd);
    let next = text;
    // From the last to the first: a block that grows moves what is below it.
    for (const secret of secrets.toReversed()) {
      try {
        const plain = await decryptSecret(secret.armored, project.identities);
        next = replaced(next, secret, await encrypt(plain));
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        const why = error instanceof Error ? error.message : String(error);
        problems.push({
          code: 'secret-unreadable',
          summary: `The secret ‹${secret.name}› stays as it is: ${why}`,
          at: secret.at,
        });
      }
    }
    written.push({ file, text: next, count: secrets.length });
  }
  if (problems.length > 0) throw new ProblemError(problems);
  for (const { file, text, count } of written) {
    const path = resolve(environment.cwd, file);
    if (count > 0) await replaceDurably(path, text, (await stat(path)).mode & 0o777);
    environment.stdout.write(`${file}: ${count} ${count === 1 ? 'secret' : 'secrets'} for ${recipients.join(', ')}\n`);
  }
}

/** The text with another armored block behind the secret's tag. */
function replaced(text: string, { at }: StoredSecret, armored: string): string {
  const lines = text.split('\n');
  const before = lines.slice(0, at.line).join('\n');
  const after = `\n${lines.slice(at.line).join('\n')}`;
  if (!/^\n\s*-----BEGIN/.test(after)) throw new Error('it is not written as `!secret |` with its text below');
  const block = (_all: string, indent: string) =>
    armored
      .trim()
      .split('\n')
      .map((line) => indent + line)
      .join('\n');
  return before + after.replace(ARMOR, block);
}
