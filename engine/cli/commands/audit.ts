// `vrun audit`: the record, for people and for scripts. `verify` exits with 0 or 2.
import { Command } from 'commander';
import type { VerifyOptions } from '../actions/audit.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { repeated } from '../shared/repeated.ts';

export function auditCommand({ environment, ended }: CommandContext): Command {
  const actions = () => import('../actions/audit.ts');
  const audit = new Command('audit').description('the signed record of runs');
  audit
    .command('init')
    .description('make the key that signs the record, unless vrun.yml names one')
    .action(async () => ended(await (await actions()).initAudit(environment)));
  audit
    .command('list')
    .description('all runs, oldest first')
    .action(async () => ended(await (await actions()).showRuns(environment)));
  audit
    .command('show')
    .description("one run's report; without an id the last run's")
    .argument('[run]', 'id of a run, or its beginning', 'last')
    .action(async (run: string) => ended(await (await actions()).showRun(run, environment)));
  audit
    .command('verify')
    .description('check every signature, every link of the chain, every journal line and every sealed file')
    .option(
      '--witness <file>',
      'what hosts have seen of the chain: /var/lib/vrun/witness of each; may be repeated',
      repeated,
      [],
    )
    .option('--allowed-signers <file>', 'whom to trust; default .vrun/allowed_signers')
    .option('--record <directory>', 'the record to verify, such as an export; default .vrun')
    .action(async (options: VerifyOptions) => ended(await (await actions()).verify(options, environment)));
  audit
    .command('export')
    .description('copy the record with what is needed to verify it, without the key')
    .argument('<directory>', 'a new directory')
    .action(async (directory: string) => ended(await (await actions()).exportTo(directory, environment)));
  return audit;
}
