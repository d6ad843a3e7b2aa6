// Why a module's file can't be imported, as a Problem with its place: never a stack trace.
import { execFile } from 'node:child_process';
import type { Position } from '../language/problem/position.ts';
import type { Problem } from '../language/problem/problem.ts';
import { exportIn, type ModuleFile, positionIn, thrownAt, wordsIn } from './source.ts';

/** Of what `import` threw. */
export async function importProblem(file: ModuleFile, error: unknown): Promise<Problem> {
  const message = error instanceof Error ? error.message : String(error);
  const refused = /^It imports ‹(.*)›$/s.exec(message)?.[1];
  if (refused !== undefined) return importsMore(file, refused);
  if (error instanceof SyntaxError) {
    const at = placeIn(file, error.stack ?? '') ?? placeIn(file, await compiledAgain(file)) ?? exportIn(file);
    return { code: 'module-definition', summary: `The module ‹${file.name}› can't be read`, detail: `${message}.`, at };
  }
  return {
    code: 'module-definition',
    summary: `The module ‹${file.name}› fails while it is loaded`,
    detail: message,
    at: thrownAt(file, error),
  };
}

function importsMore(file: ModuleFile, specifier: string): Problem {
  return {
    code: 'module-definition',
    summary: `The module ‹${file.name}› imports ‹${specifier}›`,
    detail: "A module is one file, of which the record has the digest: it imports 'vrun' and what comes with Node.",
    hint: 'Put what it needs into the file itself.',
    at: wordsIn(file, [`'${specifier}'`, `"${specifier}"`]),
  };
}

/** From Node's excerpt: `file:///…:3`, the line, and carets below it. */
function placeIn(file: ModuleFile, printed: string): Position | undefined {
  const [, line, indent, carets] = /:(\d+)\n.*\n( *)(\^+)/.exec(printed) ?? [];
  if (line === undefined || indent === undefined || carets === undefined) return undefined;
  return positionIn(file, Number(line), indent.length + 1, carets.length);
}

/**
 * What another Node prints of a text that doesn't compile: whoever catches the error of an `import` isn't told the place.
 * Nothing of the text is run, since it doesn't compile; its imports aren't even looked for.
 */
function compiledAgain({ text, format }: ModuleFile): Promise<string> {
  return new Promise((resolve) => {
    const node = execFile(process.execPath, [`--input-type=${format}`], { timeout: 10_000 }, (_error, _out, stderr) => {
      resolve(stderr);
    });
    node.stdin?.on('error', () => undefined).end(text);
  });
}
