// `vrun build DIR`: a signed release of an application.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { BuildOptions } from '../build/command.ts';
import type { BuildGate } from '../build/settings.ts';
import { shownKeyFile } from '../proof/key-file.ts';
import type { CommandContext } from '../shared/command-context.ts';

export function buildCommand({ environment, ended }: CommandContext): Command {
  const key = shownKeyFile(environment);
  return new Command('build')
    .description('make a signed release of an application: install, gates, build, signature, archive')
    .argument('<directory>', 'the application, in a git work tree')
    .option('--check', 'look at everything, say what would be done, and build nothing', false)
    .option('--out <directory>', 'where releases are put down; default: builds in the project')
    .option('--settings <file>', 'what is to be known of the application; default: build.yml in the project')
    .option('--gate <name=script>', 'a gate and the npm script that it is; may be repeated', gate, [])
    .option('--start <command>', 'what starts the release, in its directory')
    .addOption(new Option('--id <name>', "the release's name; default: the commit's first twelve digits").argParser(id))
    .option('--key <file>', `the key that signs builds (default ${key})`)
    .option('--allow-dirty', "build what isn't committed, too; the commit then says -dirty", false)
    .option('-v, --verbose', 'show what npm says', false)
    .action(async (directory: string, options: BuildOptions) => {
      const { build } = await import('../build/command.ts');
      ended(await build(environment, directory, options));
    });
}

function gate(text: string, before: readonly BuildGate[]): readonly BuildGate[] {
  const [, name, script = name] = /^([^=]+)(?:=(.+))?$/.exec(text) ?? [];
  if (name === undefined || script === undefined) throw new InvalidArgumentError('A gate is NAME=SCRIPT.');
  if (before.some((one) => one.name === name)) throw new InvalidArgumentError(`‹${name}› is given twice.`);
  return [...before, { name, script }];
}

function id(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._+-]{0,126}$/.test(text) && text !== 'release') return text;
  throw new InvalidArgumentError('It begins with a letter or digit, and has these, dots, underlines, + and - in it.');
}
