// Files that a command begins something with. Nothing that is there is written over.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../base/file-error.ts';
import { fail } from '../../language/problem/problem.ts';

/** Writes them below `directory`. @throws ProblemError `taken` when one of them is there, and then writes nothing */
export async function writeNew(
  directory: string,
  files: Readonly<Record<string, string>>,
  taken: string,
  hint?: string,
): Promise<void> {
  const paths = Object.keys(files);
  const there = await Promise.all(paths.map((path) => isThere(join(directory, path))));
  const found = paths.filter((_, index) => there[index]);
  if (found.length > 0) {
    const detail = `It has ${found.join(', ')}, and nothing is written over.`;
    fail({ code: 'usage', summary: taken, detail, ...(hint === undefined ? {} : { hint }) });
  }
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
  }
}

/** Whether anything is at the path. */
export async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
