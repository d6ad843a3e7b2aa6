// The command line: one file a command, each registered here. Wrong use is exit 1 with what to write instead.

import { Command, CommanderError } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { buildCommand } from './commands/build.ts';
import { completionCommand } from './commands/completion.ts';
import { docCommand } from './commands/doc.ts';
import { helpCommand } from './commands/help.ts';
import { initCommand } from './commands/init.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { lintCommand } from './commands/lint.ts';
import { logsCommand } from './commands/logs.ts';
import { proofCommand } from './commands/proof.ts';
import { resumeCommand } from './commands/resume.ts';
import { runCommand } from './commands/run.ts';
import { schemaCommand } from './commands/schema.ts';
import { secretsCommand } from './commands/secrets.ts';
import { sshCommand } from './commands/ssh.ts';
import { trustCommand } from './commands/trust.ts';
import { workerCommand } from './commands/worker.ts';
import type { Environment } from './shared/environment.ts';
import { EXIT } from './shared/exit.ts';
import { problemsIn, reportProblems } from './shared/problems.ts';
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
  program.addCommand(runCommand(context), { isDefault: true });
  for (const command of [
    resumeCommand,
    lintCommand,
    auditCommand,
    inventoryCommand,
    trustCommand,
    sshCommand,
    logsCommand,
    buildCommand,
    proofCommand,
    secretsCommand,
    workerCommand,
    docCommand,
    schemaCommand,
    initCommand,
    completionCommand,
  ]) {
    program.addCommand(command(context));
  }
  program.addCommand(helpCommand(program, context));
  // Errors and exits of subcommands behave as those of the program.
  for (const command of allCommands(program)) {
    command.exitOverride().copyInheritedSettings(program);
  }
  return program;
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((inner) => [inner, ...allCommands(inner)]);
}
