// `vrun RUNBOOK… -i INVENTORY`: what a run can be told.
import { Command, Option } from 'commander';
import { refuseMistyped } from '../run/mistyped.ts';
import type { RunOptions } from '../run/options.ts';
import type { CommandContext } from '../shared/command-context.ts';
import { count } from '../shared/count.ts';
import { repeated } from '../shared/repeated.ts';

export function runCommand({ environment, ended }: CommandContext): Command {
  const command = new Command('run')
    .description('run runbooks (the default command)')
    .argument('<runbook...>', 'runbooks, in the order in which they run')
    .option('-i, --inventory <source>', 'file, directory, executable or host list; may be repeated', repeated, [])
    .option('--check', 'dry run: say what would change, change nothing', false)
    .option('--diff', 'show the differences in files', false)
    .option('-l, --limit <pattern>', 'only these hosts')
    .option('-t, --tags <tags>', 'only tasks with one of these tags', words, [])
    .option('--skip-tags <tags>', 'no tasks with one of these tags', words, [])
    .option('--start-at-task <name>', 'begin with the first task of this name; a pattern such as `Switch*` may do')
    .option('--step', 'ask before each task: no, yes, or continue without asking', false)
    .option('-e, --extra-vars <vars>', 'K=V, a JSON map, or @file; may be repeated', repeated, [])
    .option('--forks <n>', 'hosts at work at the same time; else 25 a processor core, 200 at most', count)
    .option('-u, --user <name>', 'log in as this user where nothing else says so')
    .option('-b, --become', 'run tasks as root where nothing else says so', false)
    .option('-K, --ask-become-pass', 'ask for the sudo password', false)
    .option('--private-key <file>', 'log in with this key where the inventory names none')
    .option('--dispatch <url>', 'have workers reach the hosts, through the broker at nats://HOST:PORT')
    .option('--dispatch-ca <file>', 'who may have signed the broker’s certificate (PEM)')
    .option('--list-hosts', 'list the hosts and do nothing', false)
    .option('--list-tasks', 'list the tasks and do nothing', false)
    .option('--list-tags', 'list the tags and do nothing', false)
    .addOption(
      new Option('--output <format>', 'what is written on standard output').choices(['text', 'json']).default('text'),
    )
    .option('--detailed-exitcode', 'exit with 3 when a dry run would change something', false)
    .option('-v, --verbose', 'tell of tasks that are ok, too', false);
  return command.action(async (runbooks: string[], options: RunOptions) => {
    const commands = command.parent?.commands.map((other) => other.name()) ?? [];
    await refuseMistyped(runbooks[0], commands, environment.cwd);
    const { runFiles } = await import('../run/command.ts');
    ended(await runFiles(runbooks, options, environment));
  });
}

const words = (value: string, before: readonly string[]) => [
  ...before,
  ...value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
];
