// `vrun proof`: signs a build, and checks one on this machine. `verify` exits with 0 or 2.
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { GateResult } from '../../proof/build-record.ts';
import { patternFault } from '../../proof/ignore.ts';
import { proofKeyFile, shownKeyFile } from '../proof/key-file.ts';
import { gateResult, type ProofVerifyOptions, type SignOptions } from '../proof/options.ts';
import type { CommandContext } from '../shared/command-context.ts';

export function proofCommand({ environment, ended }: CommandContext): Command {
  const inCwd = (path: string) => resolve(environment.cwd, path);
  const key = () => new Option('--key <file>', `the key that signs builds (default ${shownKeyFile(environment)})`);
  const proof = new Command('proof').description('signed builds: what is deployed is what was built');
  proof
    .command('init')
    .description('make the key that signs builds, outside of every project')
    .addOption(key())
    .option('--identity <name>', 'who signs, in allowed_signers', `${environment.user}@${environment.machine}`)
    .option('--allowed-signers <file>', 'file to list the key in; default: allowed_signers beside the key')
    .action(async (options: { key?: string; identity: string; allowedSigners?: string }) => {
      const { initProof } = await import('../proof/init.ts');
      await initProof(environment, {
        key: inCwd(options.key ?? proofKeyFile(environment)),
        identity: options.identity,
        allowedSigners: options.allowedSigners === undefined ? undefined : inCwd(options.allowedSigners),
      });
    });
  proof
    .command('sign')
    .description('write build.json, manifest.json and its signature into a finished build')
    .argument('<directory>', 'the build')
    .addOption(key())
    .option('--commit <commit>', 'what it was built from; default: what git says')
    .option('--lockfile <file>', 'file whose digest is depsSha256; default: package-lock.json of the build')
    .option('--gate <name=result>', 'a gate and passed, failed or not-run; may be repeated', gate, [])
    .option('--gates <file>', 'JSON map from gates to results')
    .option('--ignore <pattern>', 'path that is not signed, * stands for anything; may be repeated', ignore, [])
    .option('--start <command>', 'the command that starts it, as its release.json says', command)
    .option('--built-at <time>', 'ISO 8601; default: SOURCE_DATE_EPOCH, else now', time)
    .action(async (directory: string, options: SignOptions) => {
      const { signProof } = await import('../proof/sign.ts');
      await signProof(environment, await directoryAt(inCwd(directory)), {
        ...options,
        lockfile: options.lockfile === undefined ? undefined : inCwd(options.lockfile),
        gates: options.gates === undefined ? undefined : inCwd(options.gates),
      });
    });
  proof
    .command('verify')
    .description('hold a build on this machine against its signed manifest')
    .argument('<directory>', 'the build')
    .option('--allowed-signers <file>', 'whom to trust; default: allowed_signers of the project, else beside your key')
    .option('--commit <commit>', 'the commit that it must be')
    .option('--gates <names>', 'gates that it must have, with commas between', (names: string) => names.split(','), [])
    .option('--lockfile <path>', 'path in the build whose digest depsSha256 must be', 'package-lock.json')
    .addOption(
      new Option('--output <format>', 'what is written on standard output').choices(['text', 'json']).default('text'),
    )
    .action(async (directory: string, options: ProofVerifyOptions) => {
      const { verifyProof } = await import('../proof/verify.ts');
      ended(await verifyProof(environment, inCwd(directory), options));
    });
  return proof;
}

/** The directory itself where a link leads to it; what isn't there is told by whoever looks into it. */
async function directoryAt(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function gate(text: string, before: readonly GateResult[]): readonly GateResult[] {
  const [, name = '', result = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  return [...before, gateResult(name, result)];
}

function ignore(pattern: string, before: readonly string[]): readonly string[] {
  const fault = patternFault(pattern);
  if (fault !== undefined) throw new InvalidArgumentError(`‹${pattern}›: ${fault}.`);
  return [...before, pattern];
}

function command(text: string): string {
  if (text.trim() !== '' && !/\p{Cc}/u.test(text)) return text;
  throw new InvalidArgumentError('Write one line, as for a shell.');
}

function time(text: string): string {
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InvalidArgumentError('Write it as 2026-11-23T01:20:00Z.');
}
