// `vrun secrets`: `!secret` values are made, looked at, and encrypted again for others.
import { Command } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';
import { EXIT } from '../shared/exit.ts';
import { repeated } from '../shared/repeated.ts';

export function secretsCommand({ environment, ended }: CommandContext): Command {
  const secrets = new Command('secrets').description('values that are encrypted at rest, for the hosts alone');
  const recipient = ['-r, --recipient <age1…>', 'encrypt for this one, too; may be repeated', repeated, []] as const;

  secrets
    .command('init')
    .description('make the identity that opens secrets, unless it is there, and print whom to encrypt for')
    .action(async () => {
      const { initSecrets } = await import('../secrets/one-secret.ts');
      await initSecrets(environment);
      ended(EXIT.ok);
    });

  secrets
    .command('encrypt')
    .description('read a secret at the terminal or from standard input, and print it encrypted, to be pasted')
    .argument('[name]', 'name of the variable')
    .option(...recipient)
    .action(async (name: string | undefined, options: { readonly recipient: readonly string[] }) => {
      const { encryptCommand } = await import('../secrets/one-secret.ts');
      await encryptCommand(name, options.recipient, environment);
      ended(EXIT.ok);
    });

  secrets
    .command('list')
    .description('the secrets in files of variables, and whether they can be opened')
    .argument('<file...>', 'files with `!secret` values')
    .action(async (files: string[]) => {
      const { listSecrets } = await import('../secrets/one-secret.ts');
      ended((await listSecrets(files, environment)) ? EXIT.ok : EXIT.failed);
    });

  secrets
    .command('show')
    .description('print one secret in the clear')
    .argument('<file>', 'file with `!secret` values')
    .argument('<name>', 'its name, such as db_password or all.vars.db_password')
    .action(async (file: string, name: string) => {
      const { showSecret } = await import('../secrets/one-secret.ts');
      await showSecret(file, name, environment);
      ended(EXIT.ok);
    });

  secrets
    .command('rekey')
    .description('encrypt every secret in files anew, for those who may read it from now on')
    .argument('<file...>', 'files with `!secret` values')
    .option(...recipient)
    .action(async (files: string[], options: { readonly recipient: readonly string[] }) => {
      const { rekeySecrets } = await import('../secrets/rekey.ts');
      await rekeySecrets(files, options.recipient, environment);
      ended(EXIT.ok);
    });

  return secrets;
}
