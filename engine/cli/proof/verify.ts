// `vrun proof verify`: what differs between a build on this machine and what was signed.

import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { readPlain } from '../../base/plain-file.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { visible } from '../../language/problem/visible.ts';
import { countFindings, findingLines, totalOf } from '../../proof/findings.ts';
import { type BuildVerification, verifyBuild } from '../../proof/verify-build.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { reportProblems } from '../shared/problems.ts';
import { proofKeyFile } from './key-file.ts';
import { type ProofVerifyOptions, requireDirectory } from './options.ts';

/** The exit status: 0 when everything is as it was signed, else 2. */
export async function verifyProof(
  environment: Environment,
  build: string,
  options: ProofVerifyOptions,
): Promise<number> {
  try {
    await requireDirectory(build, 'What is verified is a build, with its manifest.json at the top.');
    const name = await allowedSigners(environment, options.allowedSigners);
    const verification = await verifyBuild(build, {
      allowedSigners: { name: relative(environment.cwd, name) || name, bytes: await readBytes(name) },
      commit: options.commit,
      gates: options.gates,
      maxAge: undefined,
      lockfile: options.lockfile,
      now: new Date(),
    });
    const text =
      options.output === 'json' ? `${JSON.stringify(resultOf(verification))}\n` : textOf(verification, build);
    environment.stdout.write(text);
    return verification.ok ? EXIT.ok : EXIT.failed;
  } catch (error) {
    // What can't be read, and nothing to hold it against, are answers too: it does not verify.
    if (error instanceof ProblemError) reportProblems(error.problems, environment);
    else {
      const detail = error instanceof Error ? error.message : String(error);
      reportProblems([{ code: 'file-unreadable', summary: `${build} can't be read`, detail }], environment);
    }
    return EXIT.failed;
  }
}

/** The file given, else the project's, else the one beside the user's own key. */
async function allowedSigners(environment: Environment, given: string | undefined): Promise<string> {
  if (given !== undefined) return resolve(environment.cwd, given);
  const { root } = await readConfig(environment.cwd, environment.home);
  const places = [join(root, 'allowed_signers'), join(dirname(proofKeyFile(environment)), 'allowed_signers')];
  for (const place of places) if (await stat(place).catch(() => undefined)) return place;
  throw new ProblemError([
    {
      code: 'proof',
      summary: 'Nothing says whose builds are trusted',
      detail: `There is no allowed_signers file. It was sought as:\n${places.map((place) => `  ${place}`).join('\n')}`,
      hint: 'Name one with --allowed-signers. vrun proof init prints the line of your own key.',
    },
  ]);
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readPlain(file);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new ProblemError([{ code: 'file-missing', summary: `can't read the allowed signers ‹${file}›`, detail }]);
  }
}

function resultOf({
  ok,
  signer,
  manifest,
  findings,
  faults,
  warnings,
}: BuildVerification): Readonly<Record<string, unknown>> {
  const files = manifest?.entries.length ?? null;
  return { ok, signer: signer ?? null, commit: manifest?.record.commit ?? null, files, findings, faults, warnings };
}

function textOf({ ok, signer, manifest, findings, faults, warnings }: BuildVerification, build: string): string {
  const counts = countFindings(findings);
  const lines = [
    ...findingLines(findings, counts, Number.POSITIVE_INFINITY),
    ...faults.map(visible),
    ...warnings.map(visible),
    ...(manifest ? [`${manifest.entries.length} files, commit ${manifest.record.commit}, signed by ${signer}`] : []),
    ok
      ? `${build} is as it was signed.`
      : `${build} does NOT verify${findings.length > 0 ? `: ${findings.length === 1 ? '1 finding' : `${totalOf(counts)} findings`}` : ''}.`,
  ];
  return `${lines.join('\n')}\n`;
}
