// `vrun resume RUN`: what may be given anew to a run that goes on.
import { Command, Option } from 'commander';
import type { ResumeOptions } from '../run/given-again.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { count } from '../shared/count.ts';
import { repeated } from '../shared/repeated.ts';

export function resumeCommand({ environment, ended }: CommandContext): Command {
  return new Command('resume')
    .description('go on with a run whose process is gone, with the same files and options')
    .argument('<run>', 'id of the run, or its beginning; `last` is the newest')
    .option(
      '-e, --extra-vars <vars>',
      'what the record holds no value of, such as secrets; may be repeated',
      repeated,
      [],
    )
    .option('--forks <n>', 'hosts at work at the same time; else as the run was given', count)
    .option('-K, --ask-become-pass', 'ask for the sudo password', false)
    .addOption(new Option('--output <format>', 'what is written on standard output').choices(['text', 'json']))
    .option('-v, --verbose', 'tell of tasks that are ok, too', false)
    .action(async (run: string, options: ResumeOptions) => {
      const { resumeRun } = await import('../run/resume.ts');
      ended(await resumeRun(run, options, environment));
    });
}
