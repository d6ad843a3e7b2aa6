// `vrun worker`: who may take part in dispatched runs. Keys are made on the worker's machine, and listed on the operator's.
import { Command, Option } from 'commander';
import type { CommandContext } from '../shared/command-context.ts';
import { count } from '../shared/count.ts';
import { EXIT } from '../shared/exit.ts';
import { shownWorkerDirectory } from '../shared/worker-directory.ts';
import type { WorkOptions } from '../worker/work.ts';

export function workerCommand({ environment, ended }: CommandContext): Command {
  const worker = new Command('worker').description(
    'the workers of dispatched runs: their keys, and what the broker allows them',
  );

  worker
    .command('start', { isDefault: true })
    .description('take work of a region from the broker, and bring its hosts through their plays, until it is stopped')
    .requiredOption('--dispatch <url>', 'the broker, at nats://HOST:PORT')
    .option('--dispatch-ca <file>', 'who may have signed the broker’s certificate (PEM)')
    .requiredOption('--name <name>', 'what the worker is called, as it was enrolled')
    .option('--region <region>', 'whose hosts it reaches', 'main')
    .option('--directory <dir>', `where its keys lie; default ${shownWorkerDirectory(environment)}`)
    .option('--forks <n>', 'hosts at work at the same time; else 25 a processor core, 200 at most', count)
    .option('--metrics <place>', 'offer figures for Prometheus at [HOST:]PORT of this machine’s loopback')
    .action(async (options: WorkOptions) => {
      const { workAs } = await import('../worker/work.ts');
      ended(await workAs(options, environment));
    });

  worker
    .command('enroll')
    .description('on the worker’s machine: make its keys, unless they are there, and print its entry for workers.yml')
    .requiredOption('--name <name>', 'what the worker is called: a to z, 0 to 9 and -')
    .option('--region <region>', 'whose hosts it reaches, by their variable vrun_region', 'main')
    .option('--directory <dir>', `where its keys lie; default ${shownWorkerDirectory(environment)}`)
    .action(async (options: { readonly name: string; readonly region: string; readonly directory?: string }) => {
      const { enroll } = await import('../worker/keys.ts');
      await enroll(options, environment);
      ended(EXIT.ok);
    });

  worker
    .command('add')
    .description('put what `vrun worker enroll` printed into workers.yml')
    .argument('[file]', 'file with it, or - for standard input', '-')
    .action(async (file: string) => {
      const { addEntry } = await import('../worker/list.ts');
      await addEntry(file, environment);
      ended(EXIT.ok);
    });

  worker
    .command('list')
    .description('the workers of workers.yml')
    .addOption(new Option('--output <format>', 'for people or for programs').choices(['text', 'json']).default('text'))
    .action(async ({ output }: { readonly output: 'text' | 'json' }) => {
      const { listWorkers } = await import('../worker/list.ts');
      await listWorkers(output, environment);
      ended(EXIT.ok);
    });

  worker
    .command('revoke')
    .description('let a worker take part in no run that begins from now on')
    .argument('<name>', 'name of the worker')
    .action(async (name: string) => {
      const { revoke } = await import('../worker/list.ts');
      await revoke(name, environment);
      ended(EXIT.ok);
    });

  worker
    .command('coordinator')
    .description(
      'make the key by which this machine’s runs log in to the broker, unless it is there, and print its public half',
    )
    .action(async () => {
      const { makeCoordinator } = await import('../worker/keys.ts');
      await makeCoordinator(environment);
      ended(EXIT.ok);
    });

  worker
    .command('operator')
    .description(
      'print the line by which a worker knows whoever starts runs here: it belongs into its file `operators`',
    )
    .action(async () => {
      const { printOperator } = await import('../worker/operator.ts');
      await printOperator(environment);
      ended(EXIT.ok);
    });

  worker
    .command('permissions')
    .description('print the `authorization` block of nats-server.conf for the workers that aren’t revoked')
    .option('--coordinator <U…>', 'public NKey of who starts runs; default that of this machine')
    .action(async (options: { readonly coordinator?: string }) => {
      const { printPermissions } = await import('../worker/permissions.ts');
      await printPermissions(options.coordinator, environment);
      ended(EXIT.ok);
    });

  return worker;
}
