// What `vrun secrets` does with the identity and with one secret at a time.
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { createFile } from '../../audit/chain/durable-file.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { fail } from '../../language/problem/problem.ts';
import { decryptSecret, encrypterFor, newIdentity, readAgeIdentity, recipientOf } from '../../language/yaml/age.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { identityFile, openProject, type Project } from '../shared/project.ts';
import { askSecret } from '../shared/prompt.ts';
import { secretsIn } from './sealed-in-file.ts';

/** Makes the identity unless it is there. Never overwrites. @throws ProblemError */
export async function initSecrets(environment: Environment): Promise<void> {
  const config = await readConfig(environment.cwd, environment.home);
  const { file } = identityFile(config, environment);
  const made = await newIdentity();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = `# created: ${new Date().toISOString()}\n# public key: ${made.recipient}\n${made.key}\n`;
  const created = await createFile(file, text);
  if (created) await chmod(file, 0o600);
  const recipients = await recipientsOf(file);
  const shown = relative(environment.cwd, file);
  environment.stdout.write(
    [
      created
        ? `Made the identity ${shown}. Keep it out of the repository, and keep a copy: without it no secret can be opened.`
        : `The identity ${shown} is there already: nothing was overwritten.`,
      'Whoever encrypts for it needs its public half:',
      '',
      ...recipients.map((recipient) => `    ${recipient}`),
      '',
      'Several people: list all of theirs as `recipients` in vrun.yml.',
      '',
    ].join('\n'),
  );
}

/** Prints `NAME: !secret |` and what follows. @throws ProblemError */
export async function encryptCommand(
  name: string | undefined,
  extra: readonly string[],
  environment: Environment,
): Promise<void> {
  const project = await openProject(environment);
  const encrypt = await encrypterFor(await chooseRecipients(project, extra, environment));
  const plain = await readPlain(name ?? 'secret', environment);
  const lines = (await encrypt(plain)).trim().split('\n');
  const head = name === undefined ? '!secret |' : `${name}: !secret |`;
  environment.stdout.write([head, ...lines.map((line) => `  ${line}`), ''].join('\n'));
}

/** A line for each secret. @returns whether every one can be opened */
export async function listSecrets(files: readonly string[], environment: Environment): Promise<boolean> {
  const { identities } = await openProject(environment);
  let all = true;
  for (const file of files) {
    for (const { name, armored, at } of (await secretsIn(file, environment.cwd)).secrets) {
      const trouble = await decryptSecret(armored, identities).then(
        () => undefined,
        (error: Error) => error.message,
      );
      all &&= trouble === undefined;
      environment.stdout.write(
        `${at.file}:${at.line}  ${name}${trouble === undefined ? '' : `  can't be opened: ${trouble}`}\n`,
      );
    }
  }
  return all;
}

/** Prints the plain text of one secret, and nothing else. @throws ProblemError */
export async function showSecret(file: string, name: string, environment: Environment): Promise<void> {
  const { identities } = await openProject(environment);
  const { secrets } = await secretsIn(file, environment.cwd);
  const found = secrets.filter((secret) => secret.name === name || secret.name.endsWith(`.${name}`));
  const [secret] = found;
  if (secret === undefined || found.length > 1) {
    const names = (found.length > 1 ? found : secrets).map((one) => one.name);
    fail({
      code: 'usage',
      summary: `${file} has ${found.length > 1 ? 'several secrets' : 'no secret'} ‹${name}›`,
      hint: (found.length > 1 ? undefined : didYouMean(name, names)) ?? `There are ${names.join(', ') || 'none'}.`,
    });
  }
  const plain = await decryptSecret(secret.armored, identities).catch((error: Error) =>
    fail({
      code: 'secret-unreadable',
      summary: `The secret ‹${secret.name}› can't be opened: ${error.message}`,
      at: secret.at,
    }),
  );
  const end = environment.stdout.isTTY === true && !plain.endsWith('\n') ? '\n' : '';
  environment.stdout.write(plain + end);
}

/** Whom to encrypt for: those of vrun.yml, and those of the command line; without any, one's own identity. */
export async function chooseRecipients(
  { config }: Project,
  extra: readonly string[],
  environment: Environment,
): Promise<readonly string[]> {
  const listed = [...new Set([...config.recipients, ...extra])];
  if (listed.length > 0) return listed;
  const { file } = identityFile(config, environment);
  return recipientsOf(file);
}

/** The public halves of an identity file. @throws ProblemError when there is none */
async function recipientsOf(file: string): Promise<readonly string[]> {
  const identities = await readAgeIdentity(file);
  return Promise.all(identities.flatMap((identity) => ('key' in identity ? [recipientOf(identity.key)] : [])));
}

/** A single line loses its line break, as `echo` adds one; a text of several lines is kept as it is. */
async function readPlain(name: string, environment: Environment): Promise<string> {
  const { stdin } = environment;
  const plain = stdin.isTTY
    ? ((await askSecret(environment, name, `${name} (not shown)`))?.reveal() ?? '')
    : await readAll(stdin);
  const line = plain.replace(/\r?\n$/, '');
  const text = line.includes('\n') ? plain : line;
  if (text === '')
    fail({ code: 'usage', summary: 'the secret is empty', hint: 'Type it, or give it on standard input.' });
  return text;
}
