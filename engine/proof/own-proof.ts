// The application's own build.json: it is kept as it is, and what is signed says the same, and more.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlain } from '../base/plain-file.ts';
import { fail } from '../language/problem/problem.ts';
import { type BuildRecord, buildJson, gateConflicts, isCommit, readBuildJson } from './build-record.ts';
import { readManifest } from './manifest.ts';
import { BUILD_FILES, MANIFEST_FILE } from './names.ts';

const [BUILD_FILE] = BUILD_FILES;

/** What the signer says of a build. */
export interface Said extends BuildRecord {
  /** Whether that time was asked for: without, the application's own holds. */
  readonly timeGiven?: boolean;
}

/**
 * The record to be signed, and whether it is already shown by a build.json that the application's build made. One that an
 * earlier signing wrote is not its own.
 * @throws ProblemError 'proof' where its own would have to be overwritten for what is said to be shown
 */
export async function joinOwnProof(
  root: string,
  said: Said,
): Promise<{ readonly record: BuildRecord; readonly shown: boolean }> {
  const { timeGiven = false, ...plain } = said;
  const text = await ownProof(root);
  if (text === undefined) return { record: plain, shown: false };
  const own = readOwn(root, text);
  const record: BuildRecord = {
    ownProof: true,
    ...(said.start !== undefined && { start: said.start }),
    commit: said.commit === 'unknown' ? own.commit : said.commit,
    builtAt: own.builtAt,
    depsSha256: said.depsSha256,
    gatesConfigured: [...new Set([...own.gatesConfigured, ...said.gatesConfigured])],
    gatesRan: [
      ...own.gatesRan,
      ...said.gatesRan.filter(({ name }) => !own.gatesRan.some((gate) => gate.name === name)),
    ],
  };
  const ran = { ...record, gatesRan: said.gatesRan, gatesConfigured: said.gatesConfigured };
  const lost = [
    ...(own.generated ? [] : ['generated is false']),
    ...(isCommit(own.commit, record.commit) ? [] : [`commit is ${own.commit}, and it is to be ${said.commit}`]),
    ...(timeGiven && said.builtAt !== own.builtAt
      ? [`builtAt is ${own.builtAt}, and it is to be ${said.builtAt}`]
      : []),
    ...(own.depsSha256 === said.depsSha256
      ? []
      : [`depsSha256 is ${own.depsSha256}, and the lock file has ${said.depsSha256}`]),
    ...gateConflicts(ran, record).map((name) => `gate ${name} has another result there`),
  ];
  return lost.length === 0 ? { record, shown: true } : refuse(root, lost);
}

/** The text of a build.json that no signing wrote: one that did stands in the manifest beside it, word for word. */
async function ownProof(root: string): Promise<string | undefined> {
  const file = join(root, BUILD_FILE);
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const text = (await readPlain(file)).toString('utf8');
  return (await signedBefore(root)) === text ? undefined : text;
}

async function signedBefore(root: string): Promise<string | undefined> {
  try {
    const { record } = readManifest(await readPlain(join(root, MANIFEST_FILE)));
    return record.ownProof ? undefined : buildJson(record);
  } catch (error) {
    if (error instanceof Error) return undefined; // it is missing, or nothing that signing wrote
    throw error;
  }
}

function readOwn(root: string, text: string) {
  try {
    return readBuildJson(text);
  } catch (error) {
    return refuse(root, [error instanceof Error ? error.message : String(error)]);
  }
}

function refuse(root: string, lost: readonly string[]): never {
  return fail({
    code: 'proof',
    summary: `${root} has a ${BUILD_FILE} of its own, which would be lost`,
    detail: `It differs from what is to be signed:\n${lost.map((line) => `  ${line}`).join('\n')}`,
    hint: 'Build anew, so that it says what holds; or remove it, where it is left over from another build.',
  });
}
