// The command line: one file a command, each registered here. Wrong use is exit 1 with what to write instead.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../language/problem/did-you-mean.ts';
import { ProblemError } from '../language/problem/problem.ts';
import { auditCommand } from './commands/audit.ts';
import { buildCommand } from './commands/build.ts';
import { completionCommand } from './commands/completion.ts';
import { docCommand } from './commands/doc.ts';
import { initCommand } from './commands/init.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { lintCommand } from './commands/lint.ts';
import { logsCommand } from './commands/logs.ts';
import { proofCommand } from './commands/proof.ts';
import { schemaCommand } from './commands/schema.ts';
import { secretsCommand } from './commands/secrets.ts';
import { sshCommand } from './commands/ssh.ts';
import { trustCommand } from './commands/trust.ts';
import { refuseMistyped } from './run/mistyped.ts';
import type { RunOptions } from './run/options.ts';
import type { CommandContext } from './shared/command-context.ts';
import type { Environment } from './shared/environment.ts';
import { EXIT } from './shared/exit.ts';
import { problemsIn, reportProblems } from './shared/problems.ts';
import { repeated } from './shared/repeated.ts';
import { VERSION } from './shared/version.ts';

/** Runs one command line; resolves with its exit status and never throws. */
export async function runProgram(argv: readonly string[], environment: Environment): Promise<number> {
  let status: number = EXIT.ok;
  const program = createProgram(environment, (ended) => {
    status = ended;
  });
  if (argv.length === 0) {
    environment.stderr.write(program.helpInformation());
    return EXIT.usage;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    reportProblems(problemsIn(error), environment);
    return EXIT.usage;
  }
}

function createProgram(environment: Environment, ended: (status: number) => void): Command {
  const program = new Command('vrun')
    .description('Brings servers to the state that runbooks describe, and leaves a signed record of it.')
    .usage('RUNBOOK... -i INVENTORY [options]   (vrun run --help lists them)\n       vrun COMMAND ...')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showSuggestionAfterError()
    .helpCommand(false)
    .enablePositionalOptions() // what follows the host of `vrun ssh` is the host's
    .exitOverride()
    .configureOutput({
      writeOut: (text) => environment.stdout.write(text),
      writeErr: (text) => environment.stderr.write(text),
    });
  const context = { environment, ended };
  program.addCommand(runSubcommand(context), { isDefault: true });
  for (const command of [
    lintCommand,
    auditCommand,
    inventoryCommand,
    trustCommand,
    sshCommand,
    logsCommand,
    buildCommand,
    proofCommand,
    secretsCommand,
    docCommand,
    schemaCommand,
    initCommand,
    completionCommand,
  ]) {
    program.addCommand(command(context));
  }
  program.addCommand(helpCommand(program, ended));
  // Errors and exits of subcommands behave as those of the program.
  for (const command of allCommands(program)) {
    command.exitOverride().copyInheritedSettings(program);
  }
  return program;
}

/** `vrun help audit verify` is `vrun audit verify --help`. */
function helpCommand(program: Command, ended: (status: number) => void): Command {
  return new Command('help')
    .description('show the help of a command')
    .argument('[command...]', 'its name')
    .action((names: string[]) => {
      const found = names.reduce((at, name) => {
        const inner = at.commands.find((command) => command.name() === name);
        if (inner !== undefined) return inner;
        const hint =
          didYouMean(
            name,
            at.commands.map((command) => command.name()),
          ) ?? 'vrun --help lists them all.';
        throw new ProblemError([{ code: 'usage', summary: `there is no command ‹${name}›`, hint }]);
      }, program);
      found.outputHelp();
      ended(EXIT.ok);
    });
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((inner) => [inner, ...allCommands(inner)]);
}

const words = (value: string, before: readonly string[]) => [
  ...before,
  ...value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
];

function count(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It is a whole number from 1 to 9999.');
}

function runSubcommand({ environment, ended }: CommandContext): Command {
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
    .option('--forks <n>', 'hosts at work at the same time', count)
    .option('-u, --user <name>', 'log in as this user where nothing else says so')
    .option('-b, --become', 'run tasks as root where nothing else says so', false)
    .option('-K, --ask-become-pass', 'ask for the sudo password', false)
    .option('--private-key <file>', 'log in with this key where the inventory names none')
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
    const { runCommand } = await import('./run/command.ts');
    ended(await runCommand(runbooks, options, environment));
  });
}
